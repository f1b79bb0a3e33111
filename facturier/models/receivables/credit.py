"""The credit of a customer: what was paid and is not allocated to invoices. It is applied to an invoice or paid back.

`facturier.models.payments.applying` applies the remaining amount of credit notes.
"""

from collections.abc import Sequence
from datetime import date

from facturier.models.books.invoice import Payment
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_booking
from facturier.models.errors import InputError, StoreError
from facturier.models.payments.changing import check_not_void, check_refunds
from facturier.models.payments.customer_payment import CustomerPayment, find_payments, get_payment
from facturier.models.payments.receiving import add_part, check_credit, check_seen, credit_left, receive_payment
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.money import Money

_row, _part = tables.CustomerPayment, tables.Payment
_MOST = 100_000


def apply_paid(store: Store, invoice_id: int, day: date, amount: int | None = None) -> list[Payment]:
    """Apply what the customer paid before to an invoice: `amount` in minor units, or as much as possible. The oldest
    payments are used first. Return the payments on the invoice.

    Raises InputError for more than the balance or the credit, and StoreError if the invoice has no balance or the
    customer no credit.
    """
    with store.writing():
        invoice = get_invoice(store, invoice_id)
        customer_id, currency = invoice.customer.id, invoice.currency
        credit = credit_left(store, customer_id, currency) if customer_id is not None else 0
        most = min(credit, invoice.balance.minor)
        if most <= 0:
            raise StoreError(
                _("The customer has no credit in {currency}.").format(currency=currency)
                if credit <= 0
                else _("Invoice {number} has no balance.").format(number=invoice.number),
                kept=_("Nothing was applied."),
            )
        left = most if amount is None else amount
        if not 0 < left <= most:
            words = _("Enter an amount above zero and at most {most} {currency}.")
            raise InputError(words.format(most=Money(most, currency).plain(), currency=currency))
        write_booking(store, "credit_applied", customer_id, invoice_id, amount=Money(left, currency).plain())
        parts = []
        for payment in _with_rest(store, customer_id or 0, currency):
            if left > 0 and payment.rest > 0:
                part = min(left, payment.rest)
                add_part(store, payment, invoice_id, max(day, payment.date), part)
                parts.append(get_payment(store, payment.id).parts[-1])
                left -= part
        return parts


def pay_with_credit(
    store: Store, payment: CustomerPayment | None, invoice_id: int, credit: int, *, seen: int
) -> tuple[CustomerPayment | None, list[Payment]]:
    """Apply credit to an invoice and record a payment of the rest, or of nothing. `seen` is the balance that the person
    saw. Return the payment and the parts from credit. Raises as `apply_paid` and `receive_payment` do."""
    with store.writing():
        invoice = get_invoice(store, invoice_id)
        check_seen(invoice, {invoice_id: seen})
        day = payment.date if payment is not None else store.clock().astimezone().date()
        parts = apply_paid(store, invoice_id, day, credit)
        if payment is not None:
            payment = receive_payment(store, payment, among=[invoice_id])
        return payment, parts


def take_off(store: Store, parts: Sequence[Payment]) -> int:
    """Take parts of payments off their invoices: they are the customer's credit again. Return how much, in minor units.

    Raises StoreError if one of them is gone or an invoice is void.
    """
    with store.writing():
        for part in parts:
            if store.value(_part.select(_part.id).where(_part.id == part.id)) is None:
                raise StoreError(
                    _("This payment no longer exists."),
                    kept=_("Nothing was changed."),
                    todo=_("Someone else may have removed it. Check the invoice."),
                )
            invoice = get_invoice(store, part.invoice_id)
            check_not_void(invoice)
            store.run(_part.delete().where(_part.id == part.id))
            assert part.customer_payment_id is not None
            if part.amount < 0:
                raise StoreError(_("A refund can only be removed in full."), kept=_("Nothing was changed."))
            check_refunds(store, [part])
            check_credit(store, get_payment(store, part.customer_payment_id))
            said = Money(part.amount, invoice.currency).plain()
            write_booking(store, "credit_taken_off", invoice.customer.id, part.invoice_id, amount=said)
        return sum(part.amount for part in parts)


def _with_rest(store: Store, customer_id: int, currency: str) -> list[CustomerPayment]:
    """Return the payments of a customer that are not fully allocated, the oldest first."""
    conditions = _row.customer_id == customer_id, _row.currency == currency, _row.allocated != _row.amount
    return find_payments(store, *conditions, limit=_MOST)[::-1]
