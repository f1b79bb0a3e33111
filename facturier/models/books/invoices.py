"""Invoices: read one, by its number or id."""

from collections.abc import Collection
from typing import Any

from peewee import Case, fn

from facturier.models.books.invoice import COPIED, ONE_LINE, Customer, Invoice, Source
from facturier.models.books.sent import state_to_customer
from facturier.models.books.status import InvoiceKind, PaymentKind, State
from facturier.models.errors import NoSuchInvoice
from facturier.models.settings.line import Line
from facturier.models.settings.tax import read_rates
from facturier.models.store import sqlite, tables
from facturier.models.store.damaged_rows import reading_row
from facturier.models.store.fields import Json
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _

_LONGEST_REF = 19  # "@" and as many digits as any id of SQLite's may have


_invoice, _line, _payment = tables.Invoice, tables.Line, tables.Payment
# The columns of an invoice that are fields of it, by the same name.
_OWN = (
    *(
        _invoice.number,
        _invoice.reserved,
        _invoice.book_status,
        _invoice.date,
        _invoice.terms,
        _invoice.due,
        _invoice.currency,
    ),
    *(getattr(_invoice, name) for name in ONE_LINE),
    *(_invoice.message, _invoice.per_line, _invoice.inclusive, _invoice.discount, _invoice.shipping),
    *(_invoice.shipping_tax, _invoice.deposit, _invoice.exchange_rate, _invoice.ship_to, _invoice.service_from),
    *(_invoice.service_to, _invoice.notes, _invoice.custom, _invoice.own_number, _invoice.handed_over),
    _invoice.terms_rule,
    *(_invoice.kind, _invoice.source_id, _invoice.answer, _invoice.answered, _invoice.paid, _invoice.version),
)
_OWN_NAMES = tuple(column.name for column in _OWN)
# What it keeps of its customer, in the order of COPIED.
_COPIED = (_invoice.customer, *(getattr(_invoice, name) for name in COPIED[1:]))


def _refunded() -> Any:
    """What of a credit note was paid back, as a column."""
    refunds = _payment.select(fn.SUM(_payment.amount) * -1).where(
        _payment.invoice_id == _invoice.id, _payment.kind == PaymentKind.PAYMENT
    )
    return Case(_invoice.kind, [(InvoiceKind.CREDIT_NOTE, fn.COALESCE(refunds, 0))], 0)


_by_id = Prepared(
    lambda: _invoice.select(
        *(_invoice.id, _invoice.customer_id, *_COPIED, _invoice.rates, state_to_customer(), _refunded()),
        *_OWN,
    ).where(_invoice.id == slot(_invoice.id))
)
_lines = Prepared(
    lambda: (
        _line.select(
            *(_line.invoice_id, _line.description, _line.item, _line.quantity, _line.rate, _line.tax, _line.kind),
            *(_line.unit, _line.discount, _line.service_from, _line.service_to),
        )
        .where(_line.invoice_id == slot(_line.invoice_id))
        .order_by(_line.position)
    )
)
_source = Prepared(
    lambda: _invoice.select(_invoice.id, _invoice.number, _invoice.date).where(_invoice.id == slot(_invoice.id))
)
_those = Prepared(lambda: _invoice.select(_invoice.id).where(sqlite.is_among(_invoice.id, slot(Json(), "ids"))))
_numbers = Prepared(
    lambda: _invoice.select(_invoice.id, _invoice.number).where(
        sqlite.is_among(_invoice.id, slot(Json(), "ids")), _invoice.number.is_null(False)
    )
)
_numbered = Prepared(lambda: _invoice.select(_invoice.id).where(_invoice.number == slot(_invoice.number)))
_reserving = Prepared(lambda: _invoice.select(_invoice.id).where(_invoice.reserved == slot(_invoice.reserved)))


def get_invoice(store: Store, invoice_id: int) -> Invoice:
    """One invoice with its lines. Raises NoSuchInvoice, DamagedRow."""
    with store.reading():
        row = store.first(_by_id(id=invoice_id))
        if row is None:
            raise NoSuchInvoice(_("Cannot find invoice @{id}.").format(id=invoice_id))
        with reading_row("invoice", invoice_id):
            head, own = row[: -len(_OWN)], row[-len(_OWN) :]
            _id, customer_id, *copied, rates, delivery, refunded = head
            named = dict(zip(_OWN_NAMES, own, strict=True))
            return Invoice(
                id=invoice_id,
                customer=Customer(customer_id, **dict(zip(COPIED, copied, strict=True))),
                lines=lines_of(store, invoice_id),
                rates=read_rates(rates),
                delivery=State(delivery) if delivery else None,
                refunded=refunded,
                source=_source_of(store, named["source_id"]),
                **named,
            )


def _source_of(store: Store, source_id: int | None) -> Source | None:
    row = store.first(_source(id=source_id)) if source_id is not None else None
    return Source(row[1] or "", row[2]) if row is not None else None


def existing(store: Store, ids: Collection[int]) -> set[int]:
    """Those of these invoices that are there still."""
    return {id_ for (id_,) in store.all(_those(ids=[*ids]))}


def numbers_of(store: Store, ids: Collection[int]) -> dict[int, str]:
    """Return the numbers of these invoices; a draft has none."""
    return dict(store.all(_numbers(ids=[*ids])))


def find_invoice(store: Store, ref: str, *, templates: bool = False) -> Invoice:
    """Return the invoice with this number, this reserved number or this `@id`.

    Raises NoSuchInvoice, also for the template of recurring invoices unless `templates` are wanted.
    """
    ref = clean(ref)
    if ref.startswith("@") and ref[1:].isdecimal() and len(ref) <= _LONGEST_REF:
        found = get_invoice(store, int(ref[1:]))
        if found.kind is InvoiceKind.RECURRING and not templates:
            raise NoSuchInvoice(_("{ref} is the template of recurring invoices.").format(ref=found.ref))
        return found
    invoice_id = store.value(_numbered(number=ref)) or store.value(_reserving(reserved=ref))
    if invoice_id is None:
        raise NoSuchInvoice(
            _("Cannot find invoice {ref}.").format(ref=ref),
            todo=_("A draft has no number yet. Use its id, such as @12. “facturier list” shows it."),
        )
    return get_invoice(store, invoice_id)


def lines_of(store: Store, invoice_id: int) -> tuple[Line, ...]:
    """Raises DamagedRow: with a line left out, the invoice would come to something else."""
    return tuple(Line(*texts) for _id, *texts in store.whole(_lines(invoice_id=invoice_id)))
