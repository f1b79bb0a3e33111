"""The keys of an issued invoice, most likely ones first."""

from textual.binding import Binding, BindingType

from facturier.models.text.i18n import N_
from facturier.tui import keys

KEYS: list[BindingType] = [
    Binding(
        "u,ctrl+z",
        "undo",
        N_("Undo"),
        tooltip=N_("Undo the payment that you just recorded or removed, or cancel a delivery before it is sent."),
        id="invoice.undo",
    ),
    keys.IN_DOUBT.on("invoice.doubt"),
    keys.DISMISS.on("invoice.deal"),
    keys.SEND_TO_REFUSED.on("invoice.refused"),
    keys.TRY_AGAIN.on("invoice.remind_again"),
    keys.SEND.on("invoice.send", N_("Preview it, then send it.")),
    Binding(
        "number_sign",
        "mark_sent",
        N_("Mark as sent…"),
        tooltip=N_("Record that the customer got the invoice without email."),
        id="invoice.mark_sent",
    ),
    keys.PAY.on("invoice.pay", N_("Record a payment. A negative amount is a refund.")),
    keys.ACCEPTED.on("invoice.accepted"),
    keys.DECLINED.on("invoice.declined"),
    keys.CONVERT.on("invoice.turn_into_invoice"),
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
    keys.APPLY_CREDIT.on("invoice.apply_credit"),
    keys.PROMISE_OR_DISPUTE.on("invoice.silence"),
    Binding("m", "message", N_("Message"), tooltip=N_("See exactly what was sent."), id="invoice.message"),
    keys.OPEN_PDF.on("invoice.open"),
    keys.SAVE_PDF.on("invoice.pdf"),
    keys.HISTORY.on("invoice.history"),
    keys.DUPLICATE.on("invoice.copy"),
    keys.MAKE_RECURRING.on("invoice.make_recurring", show=False),
    keys.COPY.on("invoice.clipboard"),
    keys.REMOVE_PAYMENT.on("invoice.remove_payment"),
    keys.WRITE_OFF.on(
        "invoice.write_off", N_("Write off the part of the invoice that will not be paid, and give a reason.")
    ),
    Binding(
        "percent_sign",
        "exchange_rate",
        N_("Exchange rate…"),
        tooltip=N_("Enter the rate of an issued invoice in another currency that has none. The tax reports need it."),
        id="invoice.exchange_rate",
    ),
    keys.VOID_INVOICE.on("invoice.void"),
    keys.VOID_ESTIMATE.on("invoice.void", action="void_estimate"),
    Binding("b", "bounce", N_("Bounce"), tooltip=N_("Record a bounced email."), id="invoice.bounce"),
    keys.SAVE_EMAIL.on("invoice.eml"),
    keys.OUTBOX.on("invoice.outbox", action="app.outbox", show=False),
    keys.BACK.on("invoice.back"),
]
