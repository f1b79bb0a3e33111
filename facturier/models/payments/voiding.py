"""Void an invoice."""

from facturier.models.books.alerts import settle_voided
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import OPEN, BookStatus, InvoiceKind, PaymentKind, State
from facturier.models.errors import StoreError
from facturier.models.payments.payments import take_from_source
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.limits import TEXT, check_length


def void_invoice(store: Store, invoice_id: int, reason: str) -> None:
    """Void an issued invoice, or a draft that has a number reserved. The number is not used again.

    Raises StoreError for any other draft, for an invoice that the customer has or that has a payment or a credit note,
    for an estimate that was billed, and while it is in the outbox.
    """
    check_length(reason, TEXT)
    with store.writing():
        invoice = get_invoice(store, invoice_id)
        _refuse(invoice, _refused_by_state(store, invoice))
        if invoice.is_credit and invoice.book_status is BookStatus.ISSUED:
            take_from_source(store, invoice)
            invoice = get_invoice(store, invoice_id)
        _refuse(invoice, _refused_by_bookings(store, invoice))
        invoices = tables.Invoice
        changed = invoices.update(
            number=invoice.known_number, reserved=None, book_status=BookStatus.VOID, version=invoices.version + 1
        )
        store.run(changed.where(invoices.id == invoice_id))
        settle_voided(store, invoice_id)
        write_journal(store, "voided", invoice_id, reason=reason)


def _refuse(invoice: Invoice, why: str) -> None:
    """Raises StoreError if there is a reason."""
    if why:
        words = _("{document} cannot be voided.") if invoice.number else _("This draft cannot be voided.")
        raise StoreError(words.format(document=invoice.called_first), kept=_("Nothing was changed."), todo=why)


def _refused_by_state(store: Store, invoice: Invoice) -> str:
    """Return why its state, or another document, does not allow it, and what to do instead."""
    if invoice.book_status is BookStatus.VOID:
        return _("It is already void.")
    if invoice.book_status is BookStatus.DRAFT and not invoice.reserved:
        return _("Delete it instead.")
    if invoice.delivery is State.QUEUED:
        return _("It is still in the outbox. Undo the send first.")
    if invoice.delivery is State.IN_DOUBT:
        return _("It is not known whether it was sent. Record that first.")
    if invoice.delivery in OPEN:
        return _("It is being sent right now. Try again when that is finished.")
    if invoice.is_estimate:
        billed = store.value(_billed(source=invoice.id)) is not None
        return _("Invoices were created from it. Void or delete them first.") if billed else ""
    if was_received(invoice):
        if invoice.is_credit:
            return _("The customer has it. Bill the amount again instead.")
        return _("The customer has it. Correct it with a credit note.")
    if store.value(_credited(source=invoice.id)) is not None:
        return _("A credit note was issued for it. If the customer does not have the credit note, void that first.")
    return ""


def _refused_by_bookings(store: Store, invoice: Invoice) -> str:
    """Return why what was booked for it does not allow it, and what to do first."""
    if invoice.is_credit:
        return _("It was applied to another invoice, or refunded. Remove that first.") if invoice.paid else ""
    if store.value(_written_off(id=invoice.id)) is not None:
        return _("Part of it was written off or paid with a credit. Remove that first.")
    return _("It has payments. Remove them first.") if invoice.paid else ""


def was_received(invoice: Invoice) -> bool:
    """Whether the customer has the invoice, as far as is known: by email that did not bounce, or without email."""
    return invoice.delivery in (State.SENT, State.PARTLY_SENT) or bool(invoice.handed_over)


_billed = Prepared(
    lambda: (
        tables.Invoice.select(tables.Invoice.id)
        .where(
            tables.Invoice.source_id == slot(tables.Invoice.source_id, "source"),
            tables.Invoice.book_status != BookStatus.VOID,
        )
        .limit(1)
    )
)
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
# What was written off may hide that the payments do not cancel out.
_written_off = Prepared(
    lambda: (
        tables.Payment.select(tables.Payment.id)
        .where(
            tables.Payment.invoice_id == slot(tables.Payment.invoice_id, "id"),
            tables.Payment.kind.in_((PaymentKind.WRITE_OFF, PaymentKind.CREDIT)),
        )
        .limit(1)
    )
)
