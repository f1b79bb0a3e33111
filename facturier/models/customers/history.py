"""The invoices and payments of one customer."""

from datetime import date
from typing import NamedTuple

from peewee import fn

from facturier.models.books.status import InvoiceKind, PaymentKind
from facturier.models.store import tables
from facturier.models.store.store import Store

_invoice, _payment = tables.Invoice, tables.Payment
_listed = _invoice.kind << (InvoiceKind.INVOICE, InvoiceKind.CREDIT_NOTE)
_MOST = 1_000  # payments that are shown


class CustomerPayment(NamedTuple):
    """A payment with the number and the currency of its invoice; `amount` in minor units."""

    id: int
    invoice_id: int
    number: str
    date: date
    amount: int
    currency: str
    method: str
    kind: PaymentKind
    reference: str


def invoice_ids(store: Store, customer_id: int) -> list[int]:
    """The invoices, credit notes and drafts of a customer, the latest first."""
    mine = _invoice.select(_invoice.id).where(_invoice.customer_id == customer_id, _listed)
    mine = mine.order_by(_invoice.date.desc(), _invoice.id.desc())
    return [found for (found,) in store.all(mine)]


def invoice_count(store: Store, customer_id: int) -> int:
    """How many invoices and drafts are for this customer."""
    mine = _invoice.customer_id == customer_id
    return int(store.value(_invoice.select(fn.COUNT(_invoice.id)).where(mine, _listed)) or 0)


def payments_of_customer(store: Store, customer_id: int, limit: int = _MOST) -> list[CustomerPayment]:
    """The payments for the invoices of a customer, the latest first."""
    found = (
        _payment.select(
            *(_payment.id, _payment.invoice_id, fn.COALESCE(_invoice.number, "").alias("number"), _payment.date),
            *(_payment.amount, _invoice.currency, _payment.method, _payment.kind, _payment.reference),
        )
        .join(_invoice, on=(_payment.invoice_id == _invoice.id))
        .where(_invoice.customer_id == customer_id)
        .order_by(_payment.date.desc(), _payment.id.desc())
        .limit(limit)
    )
    return store.all(found.objects(CustomerPayment))
