"""The keys of an issued invoice, most likely ones first."""

from textual.binding import Binding, BindingType

from facturier.models.text.i18n import N_

KEYS: list[BindingType] = [
    Binding(
        "u,ctrl+z",
        "undo",
        N_("Undo"),
        tooltip=N_("Undo the payment that you just recorded or removed, or cancel a delivery before it is sent."),
        id="invoice.undo",
    ),
    Binding(
        "i",
        "doubt",
        N_("In doubt"),
        tooltip=N_("See what is known, and record whether it was sent."),
        id="invoice.doubt",
    ),
    Binding("d,delete", "dismiss_alert", N_("Dismiss"), tooltip=N_("Dismiss the alert."), id="invoice.deal"),
    Binding(
        "r",
        "send_to_refused",
        N_("Send to refused"),
        tooltip=N_("Send again only to the recipients that were refused."),
        id="invoice.refused",
    ),
    Binding(
        "r",
        "remind_again",
        N_("Try again"),
        tooltip=N_("Send the last reminder again after a refusal or a bounce."),
        id="invoice.remind_again",
    ),
    Binding("s", "send", N_("Send"), tooltip=N_("Preview it, then send it."), id="invoice.send"),
    Binding(
        "number_sign",
        "mark_sent",
        N_("Mark as sent…"),
        tooltip=N_("Record that the customer got the invoice without email."),
        id="invoice.mark_sent",
    ),
    Binding(
        "p", "pay", N_("Payment"), tooltip=N_("Record a payment. A negative amount is a refund."), id="invoice.pay"
    ),
    Binding(
        "plus",
        "answer('accepted')",
        N_("Accepted"),
        tooltip=N_("Record that the customer accepted it. Press the key again to remove the answer."),
        id="invoice.accepted",
    ),
    Binding(
        "minus",
        "answer('declined')",
        N_("Declined"),
        tooltip=N_("Record that the customer declined it. Press the key again to remove the answer."),
        id="invoice.declined",
    ),
    Binding(
        "T",
        "turn_into_invoice",
        N_("Convert…"),
        tooltip=N_("Create an invoice for the whole estimate, a percentage such as a deposit, or some lines."),
        id="invoice.turn_into_invoice",
    ),
    Binding(
        "e",
        "correct",
        N_("Correct…"),
        tooltip=N_(
            "Void the invoice, or credit it if the customer has it, and continue with a draft of the same lines."
        ),
        id="invoice.correct",
    ),
    Binding(
        "E",
        "credit",
        N_("Credit…"),
        tooltip=N_("Create a credit note for the invoice, for some lines or for an amount."),
        id="invoice.credit",
    ),
    Binding(
        "P",
        "apply_credit",
        N_("Apply credit…"),
        tooltip=N_("Apply a credit note, or what the customer paid before, to an invoice of the same customer."),
        id="invoice.apply_credit",
    ),
    Binding(
        "D",
        "silence",
        N_("Promise or dispute…"),
        tooltip=N_("Record a promise or a dispute, or turn reminders off."),
        id="invoice.silence",
    ),
    Binding("m", "message", N_("Message"), tooltip=N_("See exactly what was sent."), id="invoice.message"),
    Binding("o", "open_pdf", N_("Open PDF"), tooltip=N_("Open the PDF in the system’s viewer."), id="invoice.open"),
    Binding("w", "save_pdf", N_("Save PDF"), tooltip=N_("Save the PDF as it was sent."), id="invoice.pdf"),
    Binding("h", "history", N_("History"), tooltip=N_("Show or hide the history."), id="invoice.history"),
    Binding("c", "copy", N_("Duplicate"), tooltip=N_("Create a draft with the same lines."), id="invoice.copy"),
    Binding(
        "l",
        "make_recurring",
        N_("Make recurring…"),
        tooltip=N_("Create invoices like this one on a schedule, or change its schedule."),
        id="invoice.make_recurring",
        show=False,
    ),
    Binding(
        "y",
        "clipboard",
        N_("Copy"),
        tooltip=N_("Copy the number, an amount or an address to the clipboard."),
        id="invoice.clipboard",
    ),
    Binding(
        "x",
        "remove_payment",
        N_("Remove payment…"),
        tooltip=N_("Choose a payment to remove."),
        id="invoice.remove_payment",
    ),
    Binding(
        "B",
        "write_off",
        N_("Write off…"),
        tooltip=N_("Write off the part of the invoice that will not be paid, and give a reason."),
        id="invoice.write_off",
    ),
    Binding(
        "v",
        "void",
        N_("Void invoice"),
        tooltip=N_("Nothing will be due on it. Its number is not used again."),
        id="invoice.void",
    ),
    Binding(
        "v",
        "void_estimate",
        N_("Void estimate"),
        tooltip=N_("Withdraw an issued estimate. Its number is not used again."),
        id="invoice.void",
    ),
    Binding("b", "bounce", N_("Bounce"), tooltip=N_("Record a bounced email."), id="invoice.bounce"),
    Binding("W", "save_eml", N_("Save email"), tooltip=N_("Save the whole message as it was sent."), id="invoice.eml"),
    Binding(
        "O",
        "app.outbox",
        N_("Outbox"),
        tooltip=N_("See what is waiting, being sent and sent."),
        id="invoice.outbox",
        show=False,
    ),
    Binding("escape,q", "dismiss", N_("Back"), id="invoice.back"),
]
