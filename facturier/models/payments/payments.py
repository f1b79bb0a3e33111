"""Payments, and voiding an invoice that is not to be paid."""

from datetime import date
from typing import Any

from facturier.models.books.alerts import settle_voided
from facturier.models.books.invoice import Invoice, Payment
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import BookStatus, InvoiceKind, PaymentKind, State
from facturier.models.errors import InputError, StoreError
from facturier.models.payments.amount_limits import check_room
from facturier.models.settings.line import LARGEST
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.limits import NAME, TEXT, check_length
from facturier.models.text.money import Money


def record_payment(
    store: Store, invoice_id: int, day: date, amount: int, method: str = "", *, seen: int | None = None
) -> Payment:
    """Money came in: `amount` in minor units, negative for a refund; `seen` is the balance that the person saw when
    they said so. Raises InputError for nothing, StoreError for a draft or a void invoice, and where the balance is
    another one by now: somebody else may have recorded the same payment."""
    if amount == 0:
        raise InputError(_("A payment cannot be zero."))
    if abs(amount) > LARGEST:
        raise InputError(_("This amount is too large."))
    check_length(method, NAME)
    with store.writing():
        invoice = get_invoice(store, invoice_id)
        if invoice.book_status is not BookStatus.ISSUED:
            raise StoreError(
                _("Only an issued invoice can be paid."),
                todo=_("Send it first, or issue it without sending it."),
            )
        if invoice.is_credit and not invoice.balance.minor <= amount < 0:
            raise InputError(_("A refund can be at most the rest of the credit note."))
        check_room(store, amount)
        if abs(invoice.paid + amount) > LARGEST:
            raise InputError(_("The total of this invoice’s payments is too large."))
        if seen is not None and invoice.balance.minor != seen:
            raise StoreError(
                _("The balance of this invoice has changed in the meantime."),
                kept=_("Nothing was recorded."),
                todo=_("Someone else may have recorded this payment. Check the balance."),
            )
        payment_id = store.run(
            tables.Payment.insert(invoice_id=invoice_id, date=day, amount=amount, method=method),
        )
        write_journal(store, "paid", invoice_id, amount=Money(amount, invoice.currency).plain(), method=method)
        return Payment(payment_id, invoice_id, day, amount, method)


def remove_payment(store: Store, payment_id: int) -> Invoice:
    """Remove a payment that was recorded by mistake. The history keeps it.

    Of a credit that was applied, both sides are removed. Raises StoreError if the payment is gone or the invoice is
    void.
    """
    with store.writing():
        payment: Payment | None = store.first(_payments().where(tables.Payment.id == payment_id))
        if payment is None:
            raise StoreError(
                _("This payment no longer exists."),
                kept=_("Nothing was changed."),
                todo=_("Someone else may have removed it. Check the invoice."),
            )
        invoice = get_invoice(store, payment.invoice_id)
        if invoice.book_status is not BookStatus.ISSUED:
            raise StoreError(
                _("Invoice {number} is void. Its payments cannot be changed.").format(number=invoice.number),
                kept=_("Nothing was changed."),
            )
        if payment.kind is PaymentKind.CREDIT and payment.other_id is not None:
            _remove_other_side(store, payment, invoice)
        store.run(tables.Payment.delete().where(tables.Payment.id == payment_id))
        _tell_removed(store, payment, invoice, get_invoice(store, payment.other_id) if payment.other_id else None)
        return get_invoice(store, payment.invoice_id)


def _remove_other_side(store: Store, payment: Payment, invoice: Invoice) -> None:
    """Remove the opposite of a credit from the other document. Of several alike, it does not matter which."""
    row = tables.Payment
    other: Payment | None = store.first(
        _payments()
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
    write_journal(
        store,
        "payment_removed" if other is None else "credit_removed",
        payment.invoice_id,
        amount=Money(payment.amount, invoice.currency).plain(),
        day=payment.date.isoformat(),
        method=payment.method,
        other=(other.number or "") if other is not None else "",
    )


def payments_of(store: Store, invoice_id: int) -> list[Payment]:
    return store.all(_of_invoice(invoice_id=invoice_id))


def _payments() -> Any:
    payment = tables.Payment
    return payment.select(
        *(payment.id, payment.invoice_id, payment.date, payment.amount, payment.method, payment.kind),
        *(payment.reference, payment.account, payment.other_id),
    ).objects(Payment)


_of_invoice = Prepared(
    lambda: (
        _payments()
        .where(tables.Payment.invoice_id == slot(tables.Payment.invoice_id))
        .order_by(tables.Payment.date, tables.Payment.id)
    )
)


def void_invoice(store: Store, invoice_id: int, reason: str) -> None:
    """Void an issued invoice, or a draft that has a number reserved. The number is not used again.

    Raises StoreError for any other draft, for an invoice that the customer has or that has a payment or a credit note,
    and while it is in the outbox.
    """
    from facturier.models.books.status import OPEN

    check_length(reason, TEXT)
    with store.writing():
        invoice = get_invoice(store, invoice_id)
        if was_received(invoice) or store.value(_credited(source=invoice_id)) is not None:
            raise StoreError(
                _("The customer has {number}. It cannot be voided.").format(number=invoice.number),
                kept=_("Nothing was changed."),
                todo=_("Bill the amount again instead.") if invoice.is_credit else _("Correct it with a credit note."),
            )
        issued = invoice.book_status is BookStatus.ISSUED
        if not (issued or invoice.reserved) or invoice.paid or invoice.delivery in OPEN:
            raise StoreError(
                _("This invoice cannot be voided now."),
                kept=_("Nothing was changed."),
                todo=_("You can void an issued invoice only if it has no payments and is not in the outbox."),
            )
        invoices = tables.Invoice
        changed = invoices.update(
            number=invoice.known_number, reserved=None, book_status=BookStatus.VOID, version=invoices.version + 1
        )
        store.run(changed.where(invoices.id == invoice_id))
        settle_voided(store, invoice_id)
        write_journal(store, "voided", invoice_id, reason=reason)


def was_received(invoice: Invoice) -> bool:
    """Whether the customer has the invoice, as far as is known: by email that did not bounce, or without email."""
    return invoice.delivery in (State.SENT, State.PARTLY_SENT) or bool(invoice.handed_over)


_credited = Prepared(
    lambda: (
        tables.Invoice.select(tables.Invoice.id)
        .where(
            tables.Invoice.source_id == slot(tables.Invoice.source_id, "source"),
            tables.Invoice.kind == InvoiceKind.CREDIT_NOTE,
            tables.Invoice.book_status == BookStatus.ISSUED,
        )
        .limit(1)
    )
)
