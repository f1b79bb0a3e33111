"""The lists that can be exported, and their rows."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache, partial
from typing import Any, Protocol, TypeVar

from peewee import fn

from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.invoices import get_invoice
from facturier.models.books.sent import when_sent
from facturier.models.customers.figures import read_figures
from facturier.models.errors import InputError
from facturier.models.estimates.estimate_list import EstimateList, EstimateRow, progressing
from facturier.models.exports.columns import COLUMNS, CUSTOMER_FIELDS, OneCustomer, OneEstimate, OneInvoice, OneItem
from facturier.models.exports.formats import Cell
from facturier.models.items.items import all_items
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_PAGE = 500
_RowT = TypeVar("_RowT", InvoiceRow, EstimateRow)
LISTS = ("invoices", "estimates", "customers", "items", "payments")
DATED = ("invoices", "estimates", "payments")  # the lists that can be limited to a period


def column_names(kind: str, *, usual: bool = False) -> list[str]:
    """Return the columns of one of LISTS; with `usual`, those that are exported if nobody chooses."""
    return [column.name for column in COLUMNS[kind] if column.usual or not usual]


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

    `since` and `until` are the first and the last date of documents and payments. `view` says which invoices or
    estimates and in which order, by default all by date. `among` limits the rows to these ids, or to these names of
    items; for payments see `_payments`.

    Raises InputError for an unknown column, and DamagedRow: an export without a row would be taken for a whole one.
    """
    columns = {column.name: column.cell for column in COLUMNS[kind]}
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
        case "invoices" | "estimates":
            view = view or View(descending=False)
            if since is not None:
                view = replace(view, since=since.isoformat())
            if until is not None:
                view = replace(view, until=until.isoformat())
            yield from (_invoices if kind == "invoices" else _estimates)(store, view, today, chosen)
        case "customers":
            yield from _customers(store, today, chosen)
        case "items":
            currency = read_company(store).currency
            items = (item for item in all_items(store) if chosen is None or item.name in chosen)
            yield from (OneItem(item, currency) for item in items)
        case "payments":
            for row in _payments(store, since, until):
                if chosen is None or row["whole"] in chosen:
                    yield row


def _invoices(store: Store, view: View, today: date, chosen: set[Any] | None) -> Iterator[OneInvoice]:
    for row, sent in _documents(store, Listing(store, view, today), chosen):
        yield OneInvoice(store, row, today, sent)


def _estimates(store: Store, view: View, today: date, chosen: set[Any] | None) -> Iterator[OneEstimate]:
    for row, sent in _documents(store, EstimateList(store, view, today), chosen):
        yield OneEstimate(store, row.invoice, today, sent, row.billed, progressing(row, today))


class _Pages(Protocol[_RowT]):
    def first(self, limit: int, /) -> list[_RowT]: ...

    def after(self, row_id: int, limit: int, /) -> list[_RowT]: ...


def _documents(store: Store, pages: _Pages[_RowT], chosen: set[Any] | None) -> Iterator[tuple[_RowT, datetime | None]]:
    """Yield the rows of a list of documents, each with the time at which it was last sent. Raises DamagedRow."""
    page = pages.first(_PAGE)
    while page:
        rows = [row for row in page if chosen is None or row.id in chosen]
        sent = when_sent(store, [row.id for row in rows])
        for row in rows:
            if row.damaged:
                get_invoice(store, row.id)  # says what is damaged
            yield row, sent.get(row.id)
        page = pages.after(page[-1].id, _PAGE)


def _customers(store: Store, today: date, chosen: set[Any] | None) -> Iterator[OneCustomer]:
    customer, currency = tables.Customer, read_company(store).currency
    figures = cache(partial(read_figures, store, today))
    names = [name for name in CUSTOMER_FIELDS if name != "id"]
    query = customer.select(customer.id, *(getattr(customer, name) for name in names)).order_by(customer.folded)
    for row in store.whole(query):
        found = dict(zip(["id", *names], row, strict=True))
        if chosen is None or found["id"] in chosen:
            yield OneCustomer(found, figures, currency)


def _payments(store: Store, since: date | None, until: date | None) -> Iterator[dict[str, Any]]:
    """Yield the payments of invoices and what is not allocated to any, by date.

    `whole` is the id of what the customer paid at once, or below zero that of a payment of one invoice.
    """
    parts, rests = _parts(store, since, until), _unallocated(store, since, until)
    return heapq.merge(parts, rests, key=lambda row: str(row["date"]))


def _unallocated(store: Store, since: date | None, until: date | None) -> Iterator[dict[str, Any]]:
    paid, customer = tables.CustomerPayment, tables.Customer
    query = (
        paid.select(
            *(paid.date, paid.amount - paid.allocated, paid.method, paid.reference, paid.account, customer.name),
            *(paid.currency, paid.id),
        )
        .join(customer, on=(paid.customer_id == customer.id))
        .where(paid.allocated != paid.amount)
        .order_by(paid.date, paid.id)
    )
    if since is not None:
        query = query.where(paid.date >= since)
    if until is not None:
        query = query.where(paid.date <= until)
    names = ("date", "amount", "method", "reference", "account", "customer", "currency", "whole")
    for row in store.whole(query):
        yield {**dict(zip(names, row, strict=True)), "kind": "unallocated", "number": "", "id": None}


def _parts(store: Store, since: date | None, until: date | None) -> Iterator[dict[str, Any]]:
    payment, invoice = tables.Payment, tables.Invoice
    columns = (payment.id, payment.date, payment.amount, payment.kind, payment.method, payment.reference)
    query = (
        payment.select(
            *(*columns, payment.account, invoice.number, invoice.customer, invoice.currency),
            fn.COALESCE(payment.customer_payment_id, payment.id * -1),
        )
        .join(invoice, on=(payment.invoice_id == invoice.id))
        .order_by(payment.date, payment.id)
        .limit(_PAGE)
    )
    if since is not None:
        query = query.where(payment.date >= since)
    if until is not None:
        query = query.where(payment.date <= until)
    names = (
        "id",
        "date",
        "amount",
        "kind",
        "method",
        "reference",
        "account",
        "number",
        "customer",
        "currency",
        "whole",
    )
    page = store.whole(query)
    while page:
        for row in page:
            yield dict(zip(names, row, strict=True))
        last, day = page[-1][0], page[-1][1]
        page = store.whole(query.where((payment.date > day) | ((payment.date == day) & (payment.id > last))))
