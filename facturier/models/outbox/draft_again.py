"""Undo a send completely: an invoice that was never handed to a sender is a draft again and keeps its number reserved.

Whether that is possible is decided in the transaction that cancels the delivery. The triggers `number_stays` and
`reserved_stays` check it again.
"""

from typing import Any

from facturier.models.books.drafts import tax_again
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import BookStatus, State
from facturier.models.errors import DamagedRow
from facturier.models.outbox.transitions import DeliveryEvent
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store

_delivery, _payment, _alert, _journal = tables.Delivery, tables.Payment, tables.Alert, tables.Journal
_gave_number = Prepared(
    lambda: _delivery.select(_delivery.id).where(
        _delivery.id == slot(_delivery.id), _delivery.gave_number, _delivery.state == State.CANCELLED
    )
)


def make_draft_again(store: Store, delivery_id: int, invoice_id: int) -> bool:
    """Make the invoice of a delivery that was just cancelled a draft again, inside the caller's transaction.

    Return False and change nothing if the invoice already had its number when this delivery was queued, or if anything
    of the invoice was handed to a sender, was paid, or raised an alert. The invoice then remains issued. A draft uses
    the company's current tax rates, so a change of rates since then applies to it.
    """
    if store.value(_gave_number(id=delivery_id)) is None:
        return False
    try:
        invoice = get_invoice(store, invoice_id)
    except DamagedRow as error:
        store.note(error)  # the send is undone anyway
        return False
    if invoice.book_status is not BookStatus.ISSUED or not invoice.number:
        return False
    if invoice.handed_over or _is_final(store, invoice_id):
        return False
    row = tables.Invoice
    store.run(
        row.update(
            number=None,
            reserved=invoice.number,
            book_status=BookStatus.DRAFT,
            version=row.version + 1,
            changed=store.clock(),
        ).where(row.id == invoice_id)
    )
    write_journal(store, "draft_again", invoice_id, number=invoice.number, delivery=str(delivery_id))
    tax_again(store, get_invoice(store, invoice_id), read_company(store))
    return True


def _is_final(store: Store, invoice_id: int) -> bool:
    """Return whether anyone outside these books may know of the invoice, or anything depends on its number."""
    row = tables.Invoice
    reasons: tuple[Any, ...] = (
        row.select(row.id).where(row.source_id == invoice_id),  # such as a credit note for it
        _delivery.select(_delivery.id).where(_delivery.invoice_id == invoice_id, _delivery.state != State.CANCELLED),
        _journal.select(_journal.id).where(
            _journal.invoice_id == invoice_id, _journal.kind == DeliveryEvent.HANDED_OVER.value
        ),
        _payment.select(_payment.id).where(_payment.invoice_id == invoice_id),
        _alert.select(_alert.id).where(_alert.invoice_id == invoice_id),
    )
    return any(store.value(reason.limit(1)) is not None for reason in reasons)
