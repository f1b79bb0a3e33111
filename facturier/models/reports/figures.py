"""Compute the figures of issued invoices and credit notes for the reports, from their lines and payments.

Triggers put every document that is issued, or whose payments change, into `unreported`, and remove its figures when it
is void or a draft again. `catch_up` takes it out of there. It runs before a report is read, in several processes at
once if need be.

Plain SQL: a company of a million invoices that is upgraded has a million of them to catch up with.
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from facturier.models.errors import FacturierError
from facturier.models.reports.cash import paid_days
from facturier.models.reports.document_figures import Document, DocumentLine, figures_of
from facturier.models.store.damaged_rows import DAMAGE
from facturier.models.store.store import Store

_CHUNK = 400  # invoices in one transaction, which takes some 30 ms: others wait for it
_PAUSE = 0.008  # seconds after it: SQLite does not queue who waits to write, so each needs a moment when it is free

_AMONG = "(SELECT value FROM json_each(?))"
_NEXT = (
    "SELECT id, number, customer_id, date, currency, total, rates, per_line, inclusive, discount, shipping,"
    " shipping_tax FROM invoice WHERE id IN (SELECT invoice_id FROM unreported WHERE invoice_id > ?"
    " ORDER BY invoice_id LIMIT ?) ORDER BY id"
)
_LINES = (
    "SELECT invoice_id, item, quantity, rate, tax, kind, discount FROM line"
    f" WHERE invoice_id IN {_AMONG} ORDER BY invoice_id, position"
)
_PAYMENTS = (
    f"SELECT invoice_id, date, sum(amount) FROM payment WHERE invoice_id IN {_AMONG}"
    " AND kind != 'write_off' GROUP BY invoice_id, date ORDER BY invoice_id, date"
)
_TABLES = ("sale", "sale_item", "sale_tax", "paid_sale", "paid_tax")
_REPORTED = f"DELETE FROM unreported WHERE invoice_id IN {_AMONG}"
_SALE = "INSERT INTO sale (invoice_id, customer_id, date, currency, net, tax, total) VALUES (?, ?, ?, ?, ?, ?, ?)"
_ITEM = "INSERT INTO sale_item (invoice_id, item, date, currency, quantity, net) VALUES (?, ?, ?, ?, ?, ?)"
_TAX = (
    "INSERT INTO sale_tax (invoice_id, date, currency, code, percent, category, base, tax)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_PAID_SALE = "INSERT INTO paid_sale (invoice_id, date, previous, currency, net) VALUES (?, ?, ?, ?, ?)"
_PAID_TAX = (
    "INSERT INTO paid_tax (invoice_id, date, previous, currency, code, percent, category, base, tax)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class _Found:
    """The rows to write."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.sales: list[tuple[object, ...]] = []
        self.items: list[tuple[object, ...]] = []
        self.taxes: list[tuple[object, ...]] = []
        self.paid_sales: list[tuple[object, ...]] = []
        self.paid_taxes: list[tuple[object, ...]] = []

    @property
    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        return {
            _SALE: self.sales,
            _ITEM: self.items,
            _TAX: self.taxes,
            _PAID_SALE: self.paid_sales,
            _PAID_TAX: self.paid_taxes,
        }


def unreported(store: Store) -> int:
    """Return how many documents `catch_up` would compute."""
    found = store.row("SELECT count(*) FROM unreported")
    return int(found[0]) if found else 0


def catch_up(
    store: Store,
    told: Callable[[int, int], None] = lambda _done, _of: None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[str, ...]:
    """Compute the figures that are missing, in short transactions, until all are there or `stopped` returns True.

    `told` gets how many are done, and of how many. Return the numbers of the documents that are damaged, or whose lines
    do not come to their total: the reports leave them out, and the next call tries them again.
    """
    damaged: list[str] = []
    done = last = 0
    with store.reading():
        of = unreported(store)
        while of and not stopped():
            with store.writing():
                documents = [Document(*row) for row in store.rows(_NEXT, last, _CHUNK)]
                if not documents:
                    break
                damaged += _catch_up(store, documents)
            last = documents[-1].id
            done += len(documents)
            told(done, max(of, done))
            if len(documents) == _CHUNK:
                time.sleep(_PAUSE)
    return tuple(damaged)


def _catch_up(store: Store, documents: Sequence[Document]) -> list[str]:
    ids = json.dumps([document.id for document in documents])
    lines, payments = _by_document(store.rows(_LINES, ids)), _by_document(store.rows(_PAYMENTS, ids))
    found, damaged = _Found(), []
    for document in documents:
        try:
            _add(
                found,
                document,
                [DocumentLine(*row) for row in lines.get(document.id, ())],
                payments.get(document.id, ()),
            )
        except (*DAMAGE, FacturierError):
            damaged.append(document.number or f"@{document.id}")
    if store.row(f"SELECT 1 FROM sale WHERE invoice_id IN {_AMONG} LIMIT 1", ids) is not None:
        for table in _TABLES:
            store.write(f"DELETE FROM {table} WHERE invoice_id IN {_AMONG}", ids)
    for sql, rows in found.rows.items():
        store.database.connection().executemany(sql, rows)  # their texts were cleaned when they were read
    store.write(_REPORTED, json.dumps(found.ids))
    return damaged


def _by_document(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    return {invoice_id: [row[1:] for row in some] for invoice_id, some in groupby(rows, key=itemgetter(0))}


def _add(found: _Found, document: Document, lines: Sequence[DocumentLine], payments: Iterable[tuple[str, int]]) -> None:
    """Raises ValueError if the lines do not come to the total."""
    figures = figures_of(document, lines)
    id_, on, currency = document.id, document.date, document.currency
    found.ids.append(id_)
    found.sales.append((id_, document.customer_id, on, currency, figures.net, figures.tax, document.total))
    for item, (quantity, net) in figures.items.items():
        found.items.append((id_, item, on, currency, quantity, net))
    for tax in figures.taxes:
        found.taxes.append((id_, on, currency, *tax))
    for paid in paid_days(on, document.total, payments):
        found.paid_sales.append((id_, paid.day, paid.previous, currency, paid.part(figures.net)))
        for code, percent, category, base, amount in figures.taxes:
            rate = (code, percent, category)
            parts = (paid.part(base), paid.part(amount))
            found.paid_taxes.append((id_, paid.day, paid.previous, currency, *rate, *parts))
