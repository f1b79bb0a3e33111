"""Compute the figures of issued invoices and credit notes for the reports, from their lines and payments.

Triggers put every document that is issued, or whose payments change, into `unreported`, and remove its figures when it
is void or a draft again. `catch_up` takes it out of there. It runs before a report is read, in several processes at
once if need be.

Plain SQL: a company of a million invoices that is upgraded has a million of them to catch up with.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from facturier.models.errors import FacturierError
from facturier.models.reports.cash import paid_days
from facturier.models.settings.line import Line, LineKind
from facturier.models.settings.tax import TaxRate, read_rates
from facturier.models.settings.totals import Pricing, nets, totals
from facturier.models.store.damaged_rows import DAMAGE
from facturier.models.store.store import Store
from facturier.models.text.decimals import parse_decimal, plain

_CHUNK = 400  # invoices in one transaction, which takes some 40 ms: others wait for it

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


class _Document(NamedTuple):
    """A row of `_NEXT`."""

    id: int
    number: str
    customer_id: int | None
    date: str
    currency: str
    total: int
    rates: str
    per_line: int
    inclusive: int
    discount: str
    shipping: str
    shipping_tax: str

    @property
    def pricing(self) -> Pricing:
        return Pricing(bool(self.per_line), bool(self.inclusive), self.discount, self.shipping, self.shipping_tax)


class _Found:
    """The rows to write."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[object, ...]]] = {
            sql: [] for sql in (_SALE, _ITEM, _TAX, _PAID_SALE, _PAID_TAX)
        }
        self.ids: list[int] = []


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
                documents = [_Document(*row) for row in store.rows(_NEXT, last, _CHUNK)]
                if not documents:
                    break
                damaged += _catch_up(store, documents)
            last = documents[-1].id
            done += len(documents)
            told(done, max(of, done))
    return tuple(damaged)


def _catch_up(store: Store, documents: Sequence[_Document]) -> list[str]:
    ids = json.dumps([document.id for document in documents])
    lines, payments = _by_document(store.rows(_LINES, ids)), _by_document(store.rows(_PAYMENTS, ids))
    found, damaged = _Found(), []
    for document in documents:
        try:
            _add(found, document, [_line(*row) for row in lines.get(document.id, ())], payments.get(document.id, ()))
        except (*DAMAGE, FacturierError):
            damaged.append(document.number or f"@{document.id}")
    if store.row(f"SELECT 1 FROM sale WHERE invoice_id IN {_AMONG} LIMIT 1", ids) is not None:
        for table in _TABLES:
            store.write(f"DELETE FROM {table} WHERE invoice_id IN {_AMONG}", ids)
    for sql, rows in found.rows.items():
        store.write_many(sql, rows)
    store.write(_REPORTED, json.dumps(found.ids))
    return damaged


def _by_document(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    return {invoice_id: [row[1:] for row in some] for invoice_id, some in groupby(rows, key=itemgetter(0))}


def _line(item: str, quantity: str, rate: str, tax: str, kind: str, discount: str) -> Line:
    return Line(item=item, quantity=quantity, rate=rate, tax=tax, kind=LineKind(kind), discount=discount)


@lru_cache(256)
def _rates(stored: str) -> dict[str, TaxRate]:
    return {rate.code: rate for rate in read_rates(json.loads(stored))}


def _add(found: _Found, document: _Document, lines: Sequence[Line], payments: Iterable[tuple[str, int]]) -> None:
    """Raises ValueError if the lines do not come to the total."""
    rates = _rates(document.rates)
    sums = totals(lines, rates, document.currency, document.pricing)
    if sums.total != document.total:
        raise ValueError("the lines do not come to the total")
    tax = sum(tax.amount for tax in sums.taxes)
    net = sums.total - tax
    items = _items(document, lines, rates, net)
    id_, where = document.id, (document.date, document.currency)
    taxes = [(one.code, str(one.percent), rates[one.code].category, one.net, one.amount) for one in sums.taxes]
    found.ids.append(id_)
    found.rows[_SALE].append((id_, document.customer_id, *where, net, tax, sums.total))
    found.rows[_ITEM] += [(id_, item, *where, plain(quantity), share) for item, (quantity, share) in items.items()]
    found.rows[_TAX] += [(id_, *where, *one) for one in taxes]
    for paid in paid_days(document.date, document.total, payments):
        on = (id_, paid.day, paid.previous, document.currency)
        found.rows[_PAID_SALE].append((*on, paid.part(net)))
        found.rows[_PAID_TAX] += [(*on, *rate, paid.part(base), paid.part(amount)) for *rate, base, amount in taxes]


def _items(
    document: _Document, lines: Sequence[Line], rates: dict[str, TaxRate], net: int
) -> dict[str, tuple[Decimal, int]]:
    """Return quantity and net by item. What is not an item has no quantity."""
    shares = nets(lines, rates, document.currency, document.pricing, net)
    found: dict[str, tuple[Decimal, int]] = {}
    for line, share in zip(lines, shares.lines, strict=True):
        if line.kind is LineKind.ITEM:
            quantity, before = found.get(line.item, (Decimal(), 0))
            more = parse_decimal(line.quantity.strip() or "1") if line.item else Decimal()
            found[line.item] = quantity + more, before + share
    if shares.rest:
        found[""] = Decimal(), found.get("", (Decimal(), 0))[1] + shares.rest
    return found
