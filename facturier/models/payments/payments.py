"""The payments of one invoice: record, remove, list."""

from datetime import date

from facturier.models.books.invoice import Invoice, Payment
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_booking
from facturier.models.books.status import PaymentKind
from facturier.models.errors import InputError, StoreError
from facturier.models.payments.changing import check_not_void, check_refunds, remove_whole_payment
from facturier.models.payments.customer_payment import CustomerPayment, get_payment, parts_query
from facturier.models.payments.receiving import receive_payment
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.money import Money


def record_payment(
    store: Store, invoice_id: int, day: date, amount: int, method: str = "", *, seen: int | None = None
) -> Payment:
    """Record a payment of one invoice: `amount` in minor units, negative for a refund. `seen` is the balance that the
    person saw. Return the part on the invoice, which is at most its balance: the rest is the customer's credit.

    Raises InputError, also if the invoice has no balance, and StoreError, as `receive_payment` does.
    """
    invoice = get_invoice(store, invoice_id)
    payment = CustomerPayment(
        customer_id=invoice.customer.id, date=day, currency=invoice.currency, amount=amount, method=method
    )
    with store.writing():
        booked = receive_payment(
            store,
            payment,
            {invoice_id: amount} if amount < 0 else None,
            among=[invoice_id],
            seen=None if seen is None else {invoice_id: seen},
        )
        if not booked.parts:
            raise InputError(_("Invoice {number} has no balance.").format(number=invoice.number))
        return booked.parts[0]


def remove_payment(store: Store, payment_id: int) -> Invoice:
    """Remove a payment that was recorded by mistake. The history keeps it.

    Of a credit that was applied, both sides are removed. Of a payment of several invoices, all parts are removed.
    Raises StoreError if the payment is gone or the invoice is void.
    """
    with store.writing():
        payment: Payment | None = store.first(parts_query().where(tables.Payment.id == payment_id))
        if payment is None:
            raise StoreError(
                _("This payment no longer exists."),
                kept=_("Nothing was changed."),
                todo=_("Someone else may have removed it. Check the invoice."),
            )
        if payment.customer_payment_id is not None:
            remove_whole_payment(store, get_payment(store, payment.customer_payment_id))
            return get_invoice(store, payment.invoice_id)
        invoice = get_invoice(store, payment.invoice_id)
        check_not_void(invoice)
        if payment.kind is PaymentKind.CREDIT and payment.other_id is not None:
            _remove_other_side(store, payment, invoice)
        store.run(tables.Payment.delete().where(tables.Payment.id == payment_id))
        if payment.kind in (PaymentKind.PAYMENT, PaymentKind.DEPOSIT):
            check_refunds(store, [payment])
        _tell_removed(store, payment, invoice, get_invoice(store, payment.other_id) if payment.other_id else None)
        return get_invoice(store, payment.invoice_id)


def take_from_source(store: Store, note: Invoice) -> None:
    """Remove what of a credit note is applied to the invoice that it corrects. Inside the transaction that makes the
    credit note void, or a draft again."""
    assert note.id is not None
    for payment in payments_of(store, note.id):
        if payment.kind is PaymentKind.CREDIT and payment.other_id == note.source_id:
            remove_payment(store, payment.id)


def _remove_other_side(store: Store, payment: Payment, invoice: Invoice) -> None:
    """Remove the opposite of a credit from the other document. Of several alike, it does not matter which."""
    row = tables.Payment
    other: Payment | None = store.first(
        parts_query()
        .where(
            row.invoice_id == payment.other_id,
            row.other_id == payment.invoice_id,
            row.kind == PaymentKind.CREDIT,
            row.amount == -payment.amount,
            row.date == payment.date,
        )
        .limit(1)
    )
    if other is not None:
        store.run(row.delete().where(row.id == other.id))
        _tell_removed(store, other, get_invoice(store, other.invoice_id), invoice)


def _tell_removed(store: Store, payment: Payment, invoice: Invoice, other: Invoice | None) -> None:
    is_write_off = payment.kind is PaymentKind.WRITE_OFF
    write_booking(
        store,
        "credit_removed" if other is not None else "write_off_removed" if is_write_off else "payment_removed",
        invoice.customer.id,
        payment.invoice_id,
        amount=Money(payment.amount, invoice.currency).plain(),
        day=payment.date.isoformat(),
        method=payment.method,
        reason=payment.reference if is_write_off else "",
        other=(other.number or "") if other is not None else "",
    )


def payments_of(store: Store, invoice_id: int) -> list[Payment]:
    return store.all(_of_invoice(invoice_id=invoice_id))


_of_invoice = Prepared(
    lambda: (
        parts_query()
        .where(tables.Payment.invoice_id == slot(tables.Payment.invoice_id))
        .order_by(tables.Payment.date, tables.Payment.id)
    )
)
