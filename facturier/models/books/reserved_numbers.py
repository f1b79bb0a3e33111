"""What a draft whose send was undone leaves behind when it is deleted: its number and its cancelled deliveries."""

import json
from dataclasses import replace

from facturier.models.books.invoice import Invoice
from facturier.models.errors import NumberReserved
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.setting import write_setting
from facturier.models.store.store import Store
from facturier.models.text.i18n import _


def return_number(store: Store, number: str) -> None:
    """Make the last number that was given the next one again, inside the transaction that deletes its draft.

    Raises NumberReserved if later numbers have been given.
    """
    company = read_company(store)
    before = replace(company, next_number=company.next_number - 1)
    if before.number != number:
        error = NumberReserved(
            _("Number {number} is reserved for this draft, and later numbers have been used.").format(number=number),
            kept=_("The draft was not deleted: that would leave a gap in your invoice numbers."),
            todo=_("Void it instead."),
        )
        error.number = number
        raise error
    write_setting(store, "next_number", json.dumps(before.next_number))


def delete_unsent(store: Store, draft: Invoice) -> None:
    """Delete the cancelled deliveries of a draft with their messages, inside the transaction that deletes the draft."""
    delivery = tables.Delivery
    its_own = delivery.select(delivery.id).where(delivery.invoice_id == draft.id)
    for table in (tables.Message, tables.Seal):
        store.run(table.delete().where(table.delivery_id.in_(its_own)))
    store.run(delivery.delete().where(delivery.invoice_id == draft.id))
