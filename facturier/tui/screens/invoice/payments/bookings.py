"""What was booked, as a sentence with its undo. These functions write nothing; their undo does."""

from collections.abc import Mapping, Sequence

from facturier.models.books.customers import get_customer
from facturier.models.books.invoice import Payment
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import PaymentKind
from facturier.models.payments.applying import apply_again
from facturier.models.payments.changing import change_payment, remove_customer_payment
from facturier.models.payments.customer_payment import CustomerPayment, get_payment
from facturier.models.payments.payments import remove_payment
from facturier.models.payments.receiving import receive_again, receive_payment
from facturier.models.receivables.credit import apply_paid, take_off
from facturier.models.receivables.write_off import write_off
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, ngettext
from facturier.models.text.money import Money
from facturier.tui.widgets.done_line import Booking
from facturier.tui.words.formatting import counted, with_currency

# By what the payment is.
_RECORDED = {
    "payment": N_("Payment of {amount} recorded for invoice {number}."),
    "credit": N_("Payment of {amount} recorded as credit for {customer}."),
    "credit paid back": N_("Credit of {amount} paid back to {customer}."),
    "refund": N_("Refund of {amount} recorded for invoice {number}."),
    "refund of a credit note": N_("Refund of {amount} recorded for credit note {number}."),
}
_REMOVED = {
    "payment": N_("Payment of {amount} removed from invoice {number}."),
    "credit": N_("Payment of {amount} from {customer} removed."),
    "credit paid back": N_("Refund of {amount} to {customer} removed."),
    "refund": N_("Refund of {amount} removed from invoice {number}."),
    "refund of a credit note": N_("Refund of {amount} removed from credit note {number}."),
}


def recorded(store: Store, payment: CustomerPayment, more: str = "") -> Booking:
    """A payment was recorded. `more` is a sentence about something else that was done with it."""

    def undo() -> Booking:
        return removed(store, remove_customer_payment(store, payment.id))

    words = _recorded(store, payment)
    return Booking(f"{words} {more}" if more else words, undo)


def removed(store: Store, payment: CustomerPayment) -> Booking:
    """A payment was removed from all its invoices. Its undo records it again."""

    def undo() -> Booking:
        return recorded(store, receive_again(store, payment))

    return Booking(_removed(store, payment), undo)


def changed(store: Store, before: CustomerPayment, after: CustomerPayment) -> Booking:
    """A payment was changed."""

    def undo() -> Booking:
        return changed(store, after, change_payment(store, after, before, before.allocation))

    return Booking(_("Payment of {amount} changed.").format(amount=_amount(after.amount, after.currency)), undo)


def applied_credit(store: Store, parts: Sequence[Payment]) -> Booking:
    """What a customer paid before was applied to an invoice."""
    invoice = get_invoice(store, parts[0].invoice_id)
    amount = sum(part.amount for part in parts)

    def undo() -> Booking:
        return taken_off(store, parts, take_off(store, parts))

    words = _("Credit of {amount} applied to {other}.")
    return Booking(words.format(amount=_amount(amount, invoice.currency), other=invoice.number), undo)


def taken_off(store: Store, parts: Sequence[Payment], amount: int) -> Booking:
    """A part of a payment was taken off an invoice and is credit again."""
    invoice = get_invoice(store, parts[0].invoice_id)

    def undo() -> Booking:
        return applied_credit(store, apply_paid(store, parts[0].invoice_id, parts[0].date, amount))

    words = _("Credit of {amount} removed from {number}.")
    return Booking(words.format(amount=_amount(amount, invoice.currency), number=invoice.number), undo)


def with_credit(store: Store, payment: CustomerPayment | None, parts: Sequence[Payment]) -> Booking:
    """Credit was applied to an invoice, and the rest of it was paid."""
    credit = applied_credit(store, parts)
    if payment is None:
        return credit

    def undo() -> Booking:
        with store.writing():
            taken = take_off(store, parts)
            before = remove_customer_payment(store, payment.id)
            both = f"{removed(store, before).words} {taken_off(store, parts, taken).words}"

        def again() -> Booking:
            with store.writing():
                applied = apply_paid(store, parts[0].invoice_id, parts[0].date, taken)
                return with_credit(store, receive_again(store, before), applied)

        return Booking(both, again)

    return Booking(f"{_recorded(store, payment)} {credit.words}", undo)


def written_off(store: Store, payment: Payment) -> Booking:
    """A part of the balance of an invoice was written off."""
    invoice = get_invoice(store, payment.invoice_id)

    def undo() -> Booking:
        remove_payment(store, payment.id)
        return removed_part(store, payment)

    words = _("{amount} of invoice {number} written off.")
    return Booking(words.format(amount=_amount(payment.amount, invoice.currency), number=invoice.number), undo)


def applied(store: Store, payment: Payment) -> Booking:
    """A credit note was applied. `payment` is the one on the document that the person looks at."""
    invoice, other = get_invoice(store, payment.invoice_id), get_invoice(store, payment.other_id or 0)

    def undo() -> Booking:
        remove_payment(store, payment.id)
        return removed_part(store, payment)

    words = _("Credit of {amount} applied to {other}.")
    return Booking(words.format(amount=_amount(abs(payment.amount), invoice.currency), other=other.number), undo)


def removed_part(store: Store, payment: Payment) -> Booking:
    """A credit, a write-off, or a payment of an earlier version was removed."""
    invoice = get_invoice(store, payment.invoice_id)

    def undo() -> Booking:
        if payment.kind is PaymentKind.CREDIT:
            return applied(store, apply_again(store, payment))
        if payment.kind is PaymentKind.WRITE_OFF:
            again = write_off(store, payment.invoice_id, payment.date, payment.reference, payment.amount)
            return written_off(store, again)
        whole = CustomerPayment(
            customer_id=invoice.customer.id,
            date=payment.date,
            currency=invoice.currency,
            amount=payment.amount,
            method=payment.method,
            reference=payment.reference,
            account=payment.account,
        )
        return recorded(store, receive_payment(store, whole, {payment.invoice_id: payment.amount}))

    amount = _amount(abs(payment.amount), invoice.currency)
    if payment.kind is PaymentKind.CREDIT:
        words = _("Credit of {amount} removed from {number}.")
    elif payment.kind is PaymentKind.WRITE_OFF:
        words = _("Write-off of {amount} removed from invoice {number}.")
    elif payment.amount < 0:
        words = _("Refund of {amount} removed from invoice {number}.")
    else:
        words = _("Payment of {amount} removed from invoice {number}.")
    return Booking(words.format(amount=amount, number=invoice.number), undo)


def remove_one(store: Store, payment: Payment) -> Booking:
    """Remove a payment of an invoice: what the customer paid at once is removed from all its invoices. Raises
    StoreError."""
    if payment.customer_payment_id is not None:
        whole = get_payment(store, payment.customer_payment_id)
        remove_payment(store, payment.id)
        return removed(store, whole)
    remove_payment(store, payment.id)
    return removed_part(store, payment)


def _recorded(store: Store, payment: CustomerPayment) -> str:
    figures = _figures(store, payment)
    if len(payment.allocation) > 1:
        words = ngettext(
            "Payment of {amount} recorded for {count} invoice.",
            "Payment of {amount} recorded for {count} invoices.",
            len(payment.allocation),
        )
    else:
        words = _(_RECORDED[_what(payment, figures)])
    if payment.parts and payment.rest:
        rest = _("Of this, {rest} is credit.")
        words = f"{words} {rest}"
    return words.format(**figures)


def _removed(store: Store, payment: CustomerPayment) -> str:
    figures = _figures(store, payment)
    if len(payment.allocation) > 1:
        words = ngettext(
            "Payment of {amount} removed from {count} invoice.",
            "Payment of {amount} removed from {count} invoices.",
            len(payment.allocation),
        )
    else:
        words = _(_REMOVED[_what(payment, figures)])
    return words.format(**figures)


def _what(payment: CustomerPayment, figures: Mapping[str, object]) -> str:
    """Return what a payment is that is for one document, or for none."""
    refund = payment.amount < 0
    if not payment.parts:
        return "credit paid back" if refund else "credit"
    if refund:
        return "refund of a credit note" if figures["credit_note"] else "refund"
    return "payment"


def _figures(store: Store, payment: CustomerPayment) -> dict[str, object]:
    invoice = get_invoice(store, payment.parts[0].invoice_id) if payment.parts else None
    customer = None
    if invoice is None and payment.customer_id is not None:
        customer = get_customer(store, payment.customer_id)
    return {
        "amount": _amount(abs(payment.amount), payment.currency),
        "rest": _amount(abs(payment.rest), payment.currency),
        "count": counted(len(payment.allocation)),
        "number": invoice.number if invoice is not None else "",
        "credit_note": invoice is not None and invoice.is_credit,
        "customer": clean(customer.name) if customer is not None else "",
    }


def _amount(minor: int, currency: str) -> str:
    return with_currency(Money(minor, currency))
