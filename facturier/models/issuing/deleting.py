"""Delete a draft. If its send was undone, its number becomes the next one, and its cancelled deliveries are deleted."""

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import BookStatus
from facturier.models.errors import NumberReserved, StoreError
from facturier.models.issuing.numbering import save_series
from facturier.models.settings.series import KINDS
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_invoice = tables.Invoice


def delete_draft(store: Store, invoice_id: int) -> None:
    """Delete a draft. The journal remembers that there was one.

    A number that is reserved for it is used for the next invoice. Raises NumberReserved if later numbers have been
    given, because that would leave a gap, and StoreError for an issued invoice.
    """
    with store.writing():
        draft = get_invoice(store, invoice_id)
        if draft.reserved is not None:
            _return_number(store, draft)
            _delete_unsent(store, draft)
        deleted = _invoice.delete().where(_invoice.id == invoice_id, _invoice.book_status == BookStatus.DRAFT)
        if not store.run(deleted):
            raise StoreError(
                _("Invoice {number} has been issued.").format(number=draft.number),
                kept=_("It was kept: an issued invoice cannot be deleted."),
                todo=_("Void it instead."),
            )
        write_journal(
            store,
            "deleted",
            invoice_id,
            customer=draft.customer.name,
            total=draft.total.plain(),
            number=draft.reserved or "",
        )


def _return_number(store: Store, draft: Invoice) -> None:
    """Make the last number that was given the next one again, inside the transaction that deletes its draft.

    A number that was typed for the draft needs nothing, unless a series has reached it. Raises NumberReserved if later
    numbers have been given, or if the number is of an earlier pattern.
    """
    number = draft.reserved or ""
    company = before = read_company(store)
    in_series = False
    for kind in KINDS:
        series = before.series_of(kind)
        if (place := series.find(number)) is None:
            continue
        in_series = True
        after = series.next.get(place.period, 1)
        if place.n < after - 1:
            raise _reserved(number)
        if place.n == after - 1:
            company = company.with_series(kind, series.continued(place))
    if not in_series and number != draft.own_number:
        raise _reserved(number)
    if company is not before:
        save_series(store, company)


def _reserved(number: str) -> NumberReserved:
    error = NumberReserved(
        _("Number {number} is reserved for this draft, and later numbers have been used.").format(number=number),
        kept=_("The draft was not deleted: that would leave a gap in your invoice numbers."),
        todo=_("Void it instead."),
    )
    error.number = number
    return error


def _delete_unsent(store: Store, draft: Invoice) -> None:
    """Delete the cancelled deliveries of a draft with their messages, inside the transaction that deletes the draft."""
    delivery = tables.Delivery
    its_own = delivery.select(delivery.id).where(delivery.invoice_id == draft.id)
    for table in (tables.Message, tables.Seal):
        store.run(table.delete().where(table.delivery_id.in_(its_own)))
    store.run(delivery.delete().where(delivery.invoice_id == draft.id))
