"""The keys of an issued invoice, in the order in which they are likely to be wanted."""

from textual.binding import Binding, BindingType

from facturier.models.text.i18n import N_

KEYS: list[BindingType] = [
    Binding(
        "u", "undo_send", N_("Undo send"), tooltip=N_("Cancel the delivery before it is sent."), id="invoice.undo_send"
    ),
    Binding(
        "d",
        "doubt",
        N_("In doubt"),
        tooltip=N_("See what is known, and record whether it was sent."),
        id="invoice.doubt",
    ),
    Binding("d", "dismiss_alert", N_("Dismiss"), tooltip=N_("Dismiss the alert."), id="invoice.deal"),
    Binding(
        "r",
        "send_to_refused",
        N_("Send to refused"),
        tooltip=N_("Send again only to the recipients that the mail server refused."),
        id="invoice.refused",
    ),
    Binding("s", "send", N_("Send"), tooltip=N_("Preview it, then send it."), id="invoice.send"),
    Binding("p", "pay", N_("Payment"), tooltip=N_("Record a payment."), id="invoice.pay"),
    Binding(
        "k",
        "correct",
        N_("Correct…"),
        tooltip=N_("An issued invoice cannot be changed. Void it and continue with a draft of the same lines."),
        id="invoice.correct",
    ),
    Binding(
        "x",
        "remove_payment",
        N_("Undo payment"),
        tooltip=N_("Undo the payment you just recorded, or choose a payment to remove."),
        id="invoice.remove_payment",
        show=False,
    ),
    Binding(
        "c", "copy", N_("Duplicate"), tooltip=N_("Create a draft with the same lines."), id="invoice.copy", show=False
    ),
    Binding("m", "message", N_("Message"), tooltip=N_("See exactly what was sent."), id="invoice.message"),
    Binding("f", "save_pdf", N_("Save PDF"), tooltip=N_("Save the PDF as it was sent."), id="invoice.pdf"),
    Binding("e", "save_eml", N_("Save email"), tooltip=N_("Save the whole message as it was sent."), id="invoice.eml"),
    Binding(
        "v",
        "void",
        N_("Void invoice"),
        tooltip=N_("Nothing will be due on it. Its number is not used again."),
        id="invoice.void",
        show=False,
    ),
    Binding("b", "bounce", N_("Bounce"), tooltip=N_("Record a bounced email."), id="invoice.bounce", show=False),
    Binding("escape,q", "dismiss", N_("Back"), id="invoice.back"),
]
