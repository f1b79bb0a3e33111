"""The keys of the preview."""

from textual.binding import Binding, BindingType

from facturier.models.text.i18n import N_

KEYS: list[BindingType] = [
    Binding("f9", "send", N_("Send"), tooltip=N_("Queue the invoice for sending."), id="preview.send"),
    Binding("f8", "send_at", N_("Send at…"), tooltip=N_("Send it at a time that you choose."), id="preview.send_at"),
    Binding(
        "ctrl+t",
        "turn",
        N_("Next view"),
        tooltip=N_("Switch between the email, the PDF and the headers."),
        id="preview.turn",
    ),
    Binding(
        "f7",
        "ask",
        N_("Request access"),
        tooltip=N_("Request permission to send for this company."),
        id="preview.ask",
    ),
    Binding("escape", "back", N_("Back"), tooltip=N_("Go back. What you typed is kept."), id="preview.back"),
]
