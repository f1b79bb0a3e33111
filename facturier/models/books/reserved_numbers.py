"""What a draft whose send was undone leaves behind when it is deleted: its number and its cancelled deliveries."""

from facturier.models.books.invoice import Invoice
from facturier.models.books.numbering import save_series
from facturier.models.errors import NumberReserved
from facturier.models.settings.series import KINDS
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _


def return_number(store: Store, number: str) -> None:
    """Make the last number that was given the next one again, inside the transaction that deletes its draft.

    A number that its series has not reached, or that is in no series, was typed for the draft and needs nothing. Raises
    NumberReserved if later numbers have been given.
    """
    company = before = read_company(store)
    for kind in KINDS:
        series = before.series_of(kind)
        place = series.find(number)
        next_one = series.next.get(place.period, 1) if place is not None else 0
        if place is None or place.n >= next_one:
            continue
        if place.n < next_one - 1:
            error = NumberReserved(
                _("Number {number} is reserved for this draft, and later numbers have been used.").format(
                    number=number
                ),
                kept=_("The draft was not deleted: that would leave a gap in your invoice numbers."),
                todo=_("Void it instead."),
            )
            error.number = number
            raise error
        company = company.with_series(kind, series.continued(place))
    if company is not before:
        save_series(store, company)


def delete_unsent(store: Store, draft: Invoice) -> None:
    """Delete the cancelled deliveries of a draft with their messages, inside the transaction that deletes the draft."""
    delivery = tables.Delivery
    its_own = delivery.select(delivery.id).where(delivery.invoice_id == draft.id)
    for table in (tables.Message, tables.Seal):
        store.run(table.delete().where(table.delivery_id.in_(its_own)))
    store.run(delivery.delete().where(delivery.invoice_id == draft.id))
