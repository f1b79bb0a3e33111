"""The invoices of one customer."""

from peewee import fn

from facturier.models.store import tables
from facturier.models.store.store import Store

_invoice = tables.Invoice


def invoice_ids(store: Store, customer_id: int) -> list[int]:
    """The invoices and drafts of a customer, the latest first."""
    mine = _invoice.select(_invoice.id).where(_invoice.customer_id == customer_id)
    mine = mine.order_by(_invoice.date.desc(), _invoice.id.desc())
    return [found for (found,) in store.all(mine)]


def invoice_count(store: Store, customer_id: int) -> int:
    """How many invoices and drafts are for this customer."""
    return int(store.value(_invoice.select(fn.COUNT(_invoice.id)).where(_invoice.customer_id == customer_id)) or 0)
