"""The lists that can be exported, with their columns. The names of columns are the same in every language."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from facturier.models.books.invoice import Invoice, InvoiceRow, Item
from facturier.models.books.invoices import get_invoice
from facturier.models.books.sent import when_sent
from facturier.models.books.status import delivery_word
from facturier.models.errors import InputError
from facturier.models.exports.formats import Cell
from facturier.models.items.items import all_items
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.money import Money

_PAGE = 500
LISTS = ("invoices", "customers", "items", "payments")


@dataclass
class _OneInvoice:
    """An invoice of the list. What only some columns need is read when they ask for it."""

    store: Store
    row: InvoiceRow
    today: date
    sent: datetime | None

    @cached_property
    def whole(self) -> Invoice:
        return get_invoice(self.store, self.row.id)

    def amount(self, minor: int) -> str:
        return Money(minor, self.row.currency).plain()


class _Column(NamedTuple):
    name: str
    cell: Callable[[Any], Cell]
    usual: bool = True  # whether it is exported if nobody chooses columns


def _delivery(one: _OneInvoice) -> str:
    return delivery_word(one.row.book_status, one.row.delivery, one.row.handed_over)


_INVOICES = (
    _Column("number", lambda one: one.row.number or one.row.reserved),
    _Column("date", lambda one: one.row.date),
    _Column("due", lambda one: one.row.due),
    _Column("customer", lambda one: one.row.customer),
    _Column("currency", lambda one: one.row.currency),
    _Column("subtotal", lambda one: one.amount(one.whole.totals.subtotal)),
    _Column("discount", lambda one: one.amount(one.whole.totals.discount)),
    _Column("shipping", lambda one: one.amount(one.whole.totals.shipping)),
    _Column("tax", lambda one: one.amount(sum(tax.amount for tax in one.whole.totals.taxes))),
    _Column("total", lambda one: one.amount(one.row.total)),
    _Column("paid", lambda one: one.amount(one.row.paid)),
    _Column("balance", lambda one: one.amount(one.row.balance)),
    _Column("status", lambda one: str(one.row.owed(one.today).settlement)),
    _Column("delivery", _delivery),
    _Column("sent", lambda one: one.sent),
    _Column("reference", lambda one: one.whole.reference),
    _Column("project", lambda one: one.whole.project, usual=False),
    _Column("kind", lambda one: str(one.whole.kind), usual=False),
    _Column("email", lambda one: one.whole.customer.email, usual=False),
    _Column("exchange_rate", lambda one: one.whole.exchange_rate, usual=False),
    _Column("notes", lambda one: one.whole.notes, usual=False),
    _Column("id", lambda one: one.row.id, usual=False),
)


def _of_row(name: str, *, usual: bool = True) -> _Column:
    return _Column(name, lambda row: row[name], usual)


_CUSTOMERS = (
    *(_of_row(name) for name in ("name", "contact", "email", "cc", "bcc", "telephone", "address")),
    *(_of_row(name) for name in ("street", "city", "region", "postcode", "country")),
    *(_of_row(name) for name in ("language", "currency", "terms", "tax")),
    *(_of_row(name) for name in ("business_number", "qst_number", "vat_id")),
    *(_of_row(name, usual=False) for name in ("ship_to", "notes", "archived", "id")),
)


class _OneItem(NamedTuple):
    item: Item
    currency: str


_ITEMS = (
    _Column("name", lambda one: one.item.name),
    _Column("sku", lambda one: one.item.sku),
    _Column("description", lambda one: one.item.description),
    _Column("description_fr", lambda one: one.item.description_fr),
    _Column("unit", lambda one: one.item.unit),
    _Column("currency", lambda one: one.currency),
    _Column("rate", lambda one: one.item.rate),
    _Column("other_rates", lambda one: ", ".join(f"{code} {rate}" for code, rate in one.item.rates.items())),
    _Column("tax", lambda one: one.item.tax),
    _Column("archived", lambda one: one.item.archived),
)
_PAYMENTS = (
    _of_row("date"),
    _Column("invoice", lambda row: row["number"]),
    _of_row("customer"),
    _of_row("currency"),
    _Column("amount", lambda row: Money(row["amount"], row["currency"]).plain()),
    _Column("kind", lambda row: str(row["kind"])),
    *(_of_row(name) for name in ("method", "reference", "account")),
    _of_row("id", usual=False),
)
_COLUMNS: dict[str, tuple[_Column, ...]] = {
    "invoices": _INVOICES,
    "customers": _CUSTOMERS,
    "items": _ITEMS,
    "payments": _PAYMENTS,
}
DATED = ("invoices", "payments")  # the lists that can be limited to a period


def column_names(kind: str, *, usual: bool = False) -> list[str]:
    """Return the columns of one of LISTS; with `usual`, those that are exported if nobody chooses."""
    return [column.name for column in _COLUMNS[kind] if column.usual or not usual]


def check_columns(kind: str, names: Iterable[str]) -> list[str]:
    """Return the names, each once, or the usual ones if there are none. Raises InputError for an unknown column."""
    known = column_names(kind)
    chosen = list(dict.fromkeys(names))
    for name in chosen:
        if name not in known:
            raise InputError(
                _("Unknown column “{name}”. Available: {known}.").format(name=name, known=", ".join(known))
            )
    return chosen or column_names(kind, usual=True)


def list_rows(
    store: Store,
    kind: str,
    names: Sequence[str],
    today: date,
    *,
    since: date | None = None,
    until: date | None = None,
    view: View | None = None,
    among: Iterable[Any] | None = None,
) -> Iterator[list[Cell]]:
    """Return the rows of one of LISTS, a page at a time.

    `since` and `until` are the first and the last date of invoices and payments. `view` says which invoices and in
    which order, by default all by date. `among` limits the rows to these ids, or to these names of items. Raises
    InputError for an unknown column, and DamagedRow: an export without a row would be taken for a whole one.
    """
    columns = {column.name: column.cell for column in _COLUMNS[kind]}
    cells = [columns[name] for name in check_columns(kind, names)]
    for one in _sources(store, kind, today, since, until, view, among):
        yield [cell(one) for cell in cells]


def _sources(
    store: Store,
    kind: str,
    today: date,
    since: date | None,
    until: date | None,
    view: View | None,
    among: Iterable[Any] | None,
) -> Iterator[Any]:
    chosen = None if among is None else set(among)
    match kind:
        case "invoices":
            view = view or View(descending=False)
            if since is not None:
                view = replace(view, since=since.isoformat())
            if until is not None:
                view = replace(view, until=until.isoformat())
            yield from _invoices(store, view, today, chosen)
        case "customers":
            yield from _customers(store, chosen)
        case "items":
            currency = read_company(store).currency
            items = (item for item in all_items(store) if chosen is None or item.name in chosen)
            yield from (_OneItem(item, currency) for item in items)
        case "payments":
            yield from _payments(store, since, until)


def _invoices(store: Store, view: View, today: date, chosen: set[Any] | None) -> Iterator[_OneInvoice]:
    listing = Listing(store, view, today)
    page = listing.first(_PAGE)
    while page:
        rows = [row for row in page if chosen is None or row.id in chosen]
        sent = when_sent(store, [row.id for row in rows])
        for row in rows:
            if row.damaged:
                get_invoice(store, row.id)  # says what is damaged
            yield _OneInvoice(store, row, today, sent.get(row.id))
        page = listing.after(page[-1].id, _PAGE)


def _customers(store: Store, chosen: set[Any] | None) -> Iterator[dict[str, Any]]:
    customer = tables.Customer
    names = [column.name for column in _CUSTOMERS if column.name != "id"]
    query = customer.select(customer.id, *(getattr(customer, name) for name in names)).order_by(customer.folded)
    for row in store.whole(query):
        found = dict(zip(["id", *names], row, strict=True))
        if chosen is None or found["id"] in chosen:
            yield found


def _payments(store: Store, since: date | None, until: date | None) -> Iterator[dict[str, Any]]:
    """Yield the payments of invoices and what is not allocated to any, by date."""
    parts, rests = _parts(store, since, until), _unallocated(store, since, until)
    return heapq.merge(parts, rests, key=lambda row: str(row["date"]))


def _unallocated(store: Store, since: date | None, until: date | None) -> Iterator[dict[str, Any]]:
    paid, customer = tables.CustomerPayment, tables.Customer
    query = (
        paid.select(
            *(paid.date, paid.amount - paid.allocated, paid.method, paid.reference, paid.account, customer.name),
            paid.currency,
        )
        .join(customer, on=(paid.customer_id == customer.id))
        .where(paid.allocated != paid.amount)
        .order_by(paid.date, paid.id)
    )
    if since is not None:
        query = query.where(paid.date >= since)
    if until is not None:
        query = query.where(paid.date <= until)
    names = ("date", "amount", "method", "reference", "account", "customer", "currency")
    for row in store.whole(query):
        yield {**dict(zip(names, row, strict=True)), "kind": "unallocated", "number": "", "id": None}


def _parts(store: Store, since: date | None, until: date | None) -> Iterator[dict[str, Any]]:
    payment, invoice = tables.Payment, tables.Invoice
    columns = (payment.id, payment.date, payment.amount, payment.kind, payment.method, payment.reference)
    query = (
        payment.select(*columns, payment.account, invoice.number, invoice.customer, invoice.currency)
        .join(invoice, on=(payment.invoice_id == invoice.id))
        .order_by(payment.date, payment.id)
        .limit(_PAGE)
    )
    if since is not None:
        query = query.where(payment.date >= since)
    if until is not None:
        query = query.where(payment.date <= until)
    names = ("id", "date", "amount", "kind", "method", "reference", "account", "number", "customer", "currency")
    page = store.whole(query)
    while page:
        for row in page:
            yield dict(zip(names, row, strict=True))
        last, day = page[-1][0], page[-1][1]
        page = store.whole(query.where((payment.date > day) | ((payment.date == day) & (payment.id > last))))
