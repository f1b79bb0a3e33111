"""Undo a send or an issue: an invoice that was never handed to a sender is a draft again and keeps its number reserved.

Whether that is possible is decided in the transaction that undoes it. The triggers `number_stays` and
`reserved_stays` check it again.
"""

from typing import Any

from peewee import fn

from facturier.models.books.customers import with_present_vat_id
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal, write_journal
from facturier.models.books.status import Answer, BookStatus, DeliveryKind, PaymentKind, State
from facturier.models.drafts.drafts import tax_again
from facturier.models.errors import ChangedElsewhere, DamagedRow
from facturier.models.outbox.transitions import DeliveryEvent
from facturier.models.payments.applying import WITH_ISSUE
from facturier.models.payments.payments import take_from_source
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

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
    if invoice.handed_over or _is_final(store, invoice):
        return False
    _back_to_draft(store, invoice, delivery=str(delivery_id))
    return True


def undo_issue(store: Store, issued: Invoice) -> Invoice:
    """Make an invoice that was issued without sending it a draft again, which keeps its number.

    `issued` is the invoice as it was issued or marked as sent. Raises ChangedElsewhere if anything was done with it
    since.
    """
    assert issued.id is not None
    with store.writing():
        invoice = get_invoice(store, issued.id)
        if (
            invoice.version != issued.version
            or invoice.book_status is not BookStatus.ISSUED
            or _is_final(store, invoice)
        ):
            raise ChangedElsewhere(
                _("Issuing this invoice cannot be undone: something was done with it since."),
                kept=_("Nothing was changed."),
                todo=_("Void it, or correct it with a new draft."),
            )
        _back_to_draft(store, invoice)
        return get_invoice(store, issued.id)


def unmark_sent(store: Store, marked: Invoice) -> Invoice:
    """Undo that an issued invoice was marked as sent. `marked` is the invoice as it was after that.

    Raises ChangedElsewhere if anything was done with it since.
    """
    assert marked.id is not None
    with store.writing():
        invoice = get_invoice(store, marked.id)
        if invoice.version != marked.version or not invoice.handed_over:
            raise ChangedElsewhere(
                _("This cannot be undone: something was done with this invoice since."), kept=_("Nothing was changed.")
            )
        row = tables.Invoice
        changed = row.update(handed_over="", reached=row.reached - 1, version=row.version + 1, changed=store.clock())
        store.run(changed.where(row.id == marked.id))
        write_journal(store, "unmarked_sent", marked.id)
        return get_invoice(store, marked.id)


def undo_last_issue(store: Store, invoice_id: int) -> Invoice | None:
    """Undo that an invoice was issued without sending it, or marked as sent, if that was done last.

    An invoice that was marked as sent right after it was issued is a draft again. Return None, and change nothing, if
    something else was done last.
    """
    with store.writing():
        # A credit note is applied in the transaction that issues it. What was applied later is a step of its own.
        kinds = [entry.kind for entry in read_journal(store, invoice_id) if not entry.detail.get(WITH_ISSUE)]
        invoice = get_invoice(store, invoice_id)
        if kinds[-1:] == ["issued"] or kinds[-2:] == ["issued", "marked_sent"]:
            return undo_issue(store, invoice)
        return unmark_sent(store, invoice) if kinds[-1:] == ["marked_sent"] else None


def _back_to_draft(store: Store, invoice: Invoice, **detail: str) -> None:
    assert invoice.id is not None
    assert invoice.number is not None
    row = tables.Invoice
    customer = invoice.customer if invoice.is_credit else with_present_vat_id(store, invoice.customer)
    if invoice.is_credit:
        take_from_source(store, invoice)
    # The deposit of a draft becomes a payment when it gets its number.
    store.run(_payment.delete().where(_payment.invoice_id == invoice.id, _payment.kind == PaymentKind.DEPOSIT))
    store.run(
        row.update(
            number=None,
            reserved=invoice.number,
            book_status=BookStatus.DRAFT,
            handed_over="",
            vat_id=customer.vat_id,
            reached=row.reached - bool(invoice.handed_over),
            version=row.version + 1,
            changed=store.clock(),
        ).where(row.id == invoice.id)
    )
    write_journal(store, "draft_again", invoice.id, number=invoice.number, **detail)
    tax_again(store, get_invoice(store, invoice.id), read_company(store))


def _is_final(store: Store, invoice: Invoice) -> bool:
    """Return whether anyone outside these books may know of the invoice, or anything depends on its number."""
    row, invoice_id = tables.Invoice, invoice.id
    paid = _payment.select(_payment.id).where(_payment.invoice_id == invoice_id, _payment.kind != PaymentKind.DEPOSIT)
    if invoice.is_credit:  # it was applied to its invoice when it was issued
        paid = paid.where(_payment.other_id.is_null() | (_payment.other_id != invoice.source_id))
    if invoice.answer is not Answer.NONE:  # the customer has the estimate
        return True
    issued = _journal.select(fn.MAX(_journal.at)).where(_journal.invoice_id == invoice_id, _journal.kind == "issued")
    listed = (  # a statement is filed under one of the invoices that it lists
        _delivery.select(_delivery.id)
        .join(row, on=row.id == _delivery.invoice_id)
        .where(
            row.customer_id == invoice.customer.id,
            _delivery.kind == DeliveryKind.STATEMENT,
            _delivery.state != State.CANCELLED,
            _delivery.queued >= issued,
        )
    )
    reasons: tuple[Any, ...] = (
        listed,
        row.select(row.id).where(row.source_id == invoice_id),  # such as a credit note for it
        _delivery.select(_delivery.id).where(_delivery.invoice_id == invoice_id, _delivery.state != State.CANCELLED),
        _journal.select(_journal.id).where(
            _journal.invoice_id == invoice_id, _journal.kind == DeliveryEvent.HANDED_OVER.value
        ),
        paid,
        _alert.select(_alert.id).where(_alert.invoice_id == invoice_id),
    )
    return any(store.value(reason.limit(1)) is not None for reason in reasons)
