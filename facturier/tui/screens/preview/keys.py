"""The keys of the preview."""

from textual.binding import Binding, BindingType

from facturier.models.text.i18n import N_
from facturier.tui import keys

KEYS: list[BindingType] = [
    Binding("f9", "send", N_("Send"), tooltip=N_("Queue the invoice for sending."), id="preview.send"),
    # F9 may still be held from the screen before. In that time, it only shows a message, and is not among the keys.
    Binding("f9", "too_early", "", id="preview.too_early", show=False),
    Binding("f8", "send_at", N_("Send at…"), tooltip=N_("Send it at a time that you choose."), id="preview.send_at"),
    keys.NEXT_VIEW.on("preview.turn", N_("Switch between the email, the PDF and the headers.")),
    Binding(
        "f7",
        "ask",
        N_("Request access"),
        tooltip=N_("Request permission to send for this company."),
        id="preview.ask",
    ),
    Binding(
        "ctrl+g",
        "write",
        N_("Editor"),
        tooltip=N_("Edit the message in your own editor ($VISUAL or $EDITOR)."),
        id="preview.write",
    ),
    keys.FILES.on("preview.files", N_("Add files to the email, or remove them."), priority=True),
    keys.OPEN_PDF.on("preview.open"),
    keys.SAVE_PDF.on("preview.save_pdf", N_("Save the PDF in a file.")),
    keys.BACK_FROM_FORM.on("preview.back", N_("Go back. What you typed is kept.")),
]
