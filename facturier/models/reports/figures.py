"""Compute the figures of issued invoices and credit notes for the reports, from their lines.

Triggers put every document that is issued into `unreported`, and remove its figures when it is void or a draft again.
`catch_up` takes it out of there. It runs before a report is read, in several processes at once if need be.

Plain SQL: a company of a million invoices that is upgraded has a million of them to catch up with.
"""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from facturier.models.errors import FacturierError
from facturier.models.settings.line import Line, LineKind
from facturier.models.settings.tax import TaxRate, read_rates
from facturier.models.settings.totals import Pricing, Totals, nets, totals
from facturier.models.store.damaged_rows import DAMAGE
from facturier.models.store.store import Store
from facturier.models.text.decimals import parse_decimal, plain

_CHUNK = 400  # invoices in one transaction, which takes some 40 ms: others wait for it

_NEXT = (
    "SELECT id, number, customer_id, date, currency, total, rates, per_line, inclusive, discount, shipping,"
    " shipping_tax FROM invoice WHERE id IN (SELECT invoice_id FROM unreported WHERE invoice_id > ?"
    " ORDER BY invoice_id LIMIT ?) ORDER BY id"
)
_LINES = (
    "SELECT invoice_id, item, quantity, rate, tax, kind, discount FROM line"
    " WHERE invoice_id IN (SELECT value FROM json_each(?)) ORDER BY invoice_id, position"
)
_REPORTED = "DELETE FROM unreported WHERE invoice_id IN (SELECT value FROM json_each(?))"
_SALE = (
    "INSERT INTO sale (invoice_id, customer_id, date, currency, net, tax, total) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT DO NOTHING"
)
_ITEM = "INSERT INTO sale_item (invoice_id, item, date, currency, quantity, net) VALUES (?, ?, ?, ?, ?, ?)"
_TAX = (
    "INSERT INTO sale_tax (invoice_id, code, percent, date, currency, base, tax, category)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
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


class _Found(NamedTuple):
    """The rows to write."""

    sales: list[tuple[object, ...]]
    items: list[tuple[object, ...]]
    taxes: list[tuple[object, ...]]
    ids: list[int]


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
    rows = groupby(store.rows(_LINES, ids), key=lambda row: row[0])
    lines = {invoice_id: [row[1:] for row in some] for invoice_id, some in rows}
    found, damaged = _Found([], [], [], []), []
    for document in documents:
        try:
            _add(found, document, [_line(*row) for row in lines.get(document.id, ())])
        except (*DAMAGE, FacturierError):
            damaged.append(document.number or f"@{document.id}")
    for sql, written in ((_SALE, found.sales), (_ITEM, found.items), (_TAX, found.taxes)):
        store.write_many(sql, written)
    store.write(_REPORTED, json.dumps(found.ids))
    return damaged


def _line(item: str, quantity: str, rate: str, tax: str, kind: str, discount: str) -> Line:
    return Line(item=item, quantity=quantity, rate=rate, tax=tax, kind=LineKind(kind), discount=discount)


@lru_cache(256)
def _rates(stored: str) -> dict[str, TaxRate]:
    return {rate.code: rate for rate in read_rates(json.loads(stored))}


def _add(found: _Found, document: _Document, lines: Sequence[Line]) -> None:
    """Raises ValueError if the lines do not come to the total."""
    rates = _rates(document.rates)
    sums = totals(lines, rates, document.currency, document.pricing)
    if sums.total != document.total:
        raise ValueError("the lines do not come to the total")
    tax = sum(tax.amount for tax in sums.taxes)
    items = _items(document, lines, rates, sums.total - tax)
    where = (document.date, document.currency)
    found.taxes.extend(_taxes(document, sums, rates))
    found.items.extend((document.id, item, *where, plain(quantity), net) for item, (quantity, net) in items.items())
    found.sales.append((document.id, document.customer_id, *where, sums.total - tax, tax, sums.total))
    found.ids.append(document.id)


def _taxes(document: _Document, sums: Totals, rates: dict[str, TaxRate]) -> list[tuple[Any, ...]]:
    return [
        (
            *(document.id, tax.code, str(tax.percent), document.date, document.currency),
            *(tax.net, tax.amount, rates[tax.code].category),
        )
        for tax in sums.taxes
    ]


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
