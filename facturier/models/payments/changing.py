"""Change and remove what customers paid."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from facturier.models.books.invoice import Invoice, Payment
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus
from facturier.models.errors import ChangedElsewhere, InputError, StoreError
from facturier.models.payments.customer_payment import CustomerPayment, get_payment
from facturier.models.payments.receiving import add_part, check_credit, check_details, details, money_received, tell
from facturier.models.payments.removed_keys import keep_key
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.money import Money

_part, _row = tables.Payment, tables.CustomerPayment


def change_payment(
    store: Store, before: CustomerPayment, after: CustomerPayment, allocation: Mapping[int, int]
) -> CustomerPayment:
    """Change the amount, date, method, reference, account, note or allocation of a payment. Return it as it is now.

    `before` is the payment as the person saw it. Raises ChangedElsewhere if it has changed since, InputError if what is
    entered is not valid, and StoreError if an invoice is void or what was paid was paid back.
    """
    check_details(after)
    with store.writing():
        if get_payment(store, before.id) != before:
            raise ChangedElsewhere(
                _("This payment was changed in another window."),
                kept=_("Nothing was changed."),
                todo=_("Check it, then change it again."),
            )
        if (before.amount < 0) != (after.amount < 0):
            raise InputError(_("A payment cannot become a refund. Remove it and record the refund."))
        if same(before, after, allocation):
            return before
        days = {part.invoice_id: part.date for part in before.parts if part.date != before.date}
        _remove_parts(store, before)
        store.run(_row.update(**details(after)).where(_row.id == after.id))
        for invoice_id, amount in allocation.items():
            # What was allocated later stays on that day.
            add_part(store, after, invoice_id, max(days.get(invoice_id, after.date), after.date), amount)
        _check_not_overpaid(store, before)
        less = {one for one, amount in before.allocation.items() if allocation.get(one, 0) < amount}
        check_refunds(store, [part for part in before.parts if part.invoice_id in less])
        changed = get_payment(store, before.id)
        check_credit(store, changed)
        both = before.allocation.keys() & changed.allocation.keys()
        tell(store, before, "payment_removed", "credit_payment_removed", without=both)
        tell(store, changed, "payment_changed", "credit_received", without=changed.allocation.keys() - both)
        tell(store, replace(changed, amount=changed.allocated), "paid", "", without=both)
        return changed


def same(before: CustomerPayment, after: CustomerPayment, allocation: Mapping[int, int]) -> bool:
    """Return whether nothing was changed."""
    return replace(before, parts=()) == replace(after, parts=()) and before.allocation == dict(allocation)


def remove_customer_payment(store: Store, payment_id: int) -> CustomerPayment:
    """Remove a payment from all its invoices. The history keeps it. Return it as it was.

    Raises StoreError if it is gone, if an invoice is void, or if it was paid back.
    """
    with store.writing():
        payment = get_payment(store, payment_id)
        remove_whole_payment(store, payment)
        return payment


def remove_whole_payment(store: Store, payment: CustomerPayment) -> None:
    """Remove a payment with its parts. The history keeps it. Raises StoreError."""
    with store.writing():
        _remove_parts(store, payment)
        store.run(_row.delete().where(_row.id == payment.id))
        if payment.key is not None:
            keep_key(store, payment.key, payment.date, Money(payment.amount, payment.currency))
        _check_not_overpaid(store, payment)
        check_refunds(store, payment.parts)
        if payment.customer_id is not None:
            check_credit(store, payment)
        tell(store, payment, "payment_removed", "credit_payment_removed")


def _remove_parts(store: Store, payment: CustomerPayment) -> None:
    """Remove a payment from all its invoices, inside the transaction. Raises StoreError if one of them is void."""
    for part in payment.parts:
        check_not_void(get_invoice(store, part.invoice_id))
    store.run(_part.delete().where(_part.customer_payment_id == payment.id))


def _check_not_overpaid(store: Store, refund: CustomerPayment) -> None:
    """Raises StoreError if an invoice was settled again since this refund, which is removed or changed, so that more
    than its total would be paid."""
    for part in refund.parts:
        if part.amount < 0:
            invoice = get_invoice(store, part.invoice_id)
            if invoice.balance.minor < 0 and not invoice.is_credit:
                raise StoreError(
                    _("Invoice {number} was paid again since this refund.").format(number=invoice.number),
                    kept=_("Nothing was changed."),
                    todo=_("Remove that payment first."),
                )


def check_refunds(store: Store, removed: Iterable[Payment]) -> None:
    """Raises StoreError if more was refunded for an invoice than is paid for it now, inside the transaction that
    removed these parts of payments, or made them smaller."""
    for part in removed:
        invoice = get_invoice(store, part.invoice_id)
        if part.amount > 0 and not invoice.is_credit and money_received(store, part.invoice_id) < 0:
            words = _("The refund would be more than what was paid for invoice {number}.")
            raise StoreError(
                words.format(number=invoice.number),
                kept=_("Nothing was changed."),
                todo=_("Remove the refund first."),
            )


def check_not_void(invoice: Invoice) -> None:
    if invoice.book_status is not BookStatus.ISSUED:
        raise StoreError(
            _("{document} is void. Its payments cannot be changed.").format(document=invoice.called_first),
            kept=_("Nothing was changed."),
        )
