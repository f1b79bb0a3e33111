"""The keys of the preview."""

from textual.binding import Binding, BindingType

from facturier.models.text.i18n import N_

KEYS: list[BindingType] = [
    Binding("f9", "send", N_("Send"), tooltip=N_("Queue the invoice for sending."), id="preview.send"),
    # F9 may still be held from the screen before. In that time, it only shows a message, and is not among the keys.
    Binding("f9", "too_early", "", id="preview.too_early", show=False),
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
    Binding(
        "ctrl+g",
        "write",
        N_("Editor"),
        tooltip=N_("Edit the message in your own editor ($VISUAL or $EDITOR)."),
        id="preview.write",
    ),
    Binding(
        "ctrl+f",
        "files",
        N_("Files"),
        tooltip=N_("Add files to the email, or remove them."),
        id="preview.files",
        priority=True,  # an input has a Ctrl+F of its own
    ),
    Binding("o", "open_pdf", N_("Open PDF"), tooltip=N_("Open the PDF in the system’s viewer."), id="preview.open"),
    Binding("w", "save_pdf", N_("Save PDF"), tooltip=N_("Save the PDF in a file."), id="preview.save_pdf"),
    Binding("escape", "back", N_("Back"), tooltip=N_("Go back. What you typed is kept."), id="preview.back"),
]
