"""Taxes on the cash basis: on the days of the payments, in proportion to what was paid of the document.

Each payment counts the part of the tax for all that was paid so far, rounded, less what the earlier ones counted. So a
document that is paid in full gives exactly its tax. A credit that is applied counts on the invoice and, negative, on
the credit note. What was written off was not paid, and an overpayment is not a sale.

Plain SQL: it reads the payments of a period and, of the same documents, all earlier ones.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

from facturier.models.reports.day_tax import DaySales, DayTax
from facturier.models.reports.period import Period
from facturier.models.store.store import Store

_CHUNK = 2_000  # documents that are read at once
# Whatever has a payment in the period. Write-offs are none.
PAID = (
    "SELECT DISTINCT invoice_id FROM payment INDEXED BY payment_date WHERE date BETWEEN ? AND ? AND kind != 'write_off'"
)
_AMONG = "(SELECT value FROM json_each(?))"
# The plus keeps SQLite from the index by currency, which finds all sales.
_PAYMENTS = (
    "SELECT p.invoice_id, p.date, sum(p.amount), s.total, s.net FROM sale s CROSS JOIN payment p"
    f" ON p.invoice_id = s.invoice_id WHERE s.invoice_id IN {_AMONG} AND +s.currency = ? AND p.date <= ?"
    " AND p.kind != 'write_off' AND s.total != 0 GROUP BY p.invoice_id, p.date ORDER BY p.invoice_id, p.date"
)
_TAXES = f"SELECT invoice_id, code, percent, category, base, tax FROM sale_tax WHERE invoice_id IN {_AMONG}"
# A document that comes to nothing is never paid. It counts on its date.
_NOTHING = (
    "SELECT t.date, t.code, t.percent, t.category, 1, t.base, t.tax FROM sale s CROSS JOIN sale_tax t"
    " ON t.invoice_id = s.invoice_id WHERE s.currency = ? AND s.date BETWEEN ? AND ? AND s.total = 0"
)
_NOTHING_SOLD = "SELECT date, 1, net FROM sale WHERE currency = ? AND date BETWEEN ? AND ? AND total = 0 AND net != 0"


def cash_taxes(
    store: Store, period: Period, currency: str, stopped: Callable[[], bool]
) -> tuple[list[DayTax], list[DaySales]]:
    """Return the taxes and sales that were paid on the days of a period.

    What was read is returned once `stopped` returns True.
    """
    since, until = map(str, period)
    taxes: dict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    sold: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    with store.reading():
        ids = [row[0] for row in store.rows(f"{PAID} ORDER BY invoice_id", since, until)]
        for at in range(0, len(ids), _CHUNK):
            if stopped():
                break
            _add(store, ids[at : at + _CHUNK], since, until, currency, taxes, sold)
        nothing = store.rows(_NOTHING, currency, since, until)
        nothing_sold = store.rows(_NOTHING_SOLD, currency, since, until)
    found = [DayTax(*key, *figures) for key, figures in sorted(taxes.items())]
    found += [DayTax(*row) for row in nothing]
    days = [DaySales(day, *figures) for day, figures in sorted(sold.items())]
    return found, days + [DaySales(*row) for row in nothing_sold]


def _add(
    store: Store,
    ids: Sequence[int],
    since: str,
    until: str,
    currency: str,
    taxes: dict[tuple[str, str, str, str], list[int]],
    sold: dict[str, list[int]],
) -> None:
    among = json.dumps(ids)
    rates: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for invoice_id, *rate in store.rows(_TAXES, among):
        rates[invoice_id].append(tuple(rate))
    for invoice_id, rows in groupby(store.rows(_PAYMENTS, among, currency, until), key=lambda row: row[0]):
        first = True
        for day, before, after, total, net in _paid(rows, since):
            _count(sold[day], _between(net, before, after, total))
            for code, percent, category, base, tax in rates[invoice_id]:
                figures = taxes[day, code, percent, category]
                figures[0] += first  # a document counts once in a period
                figures[1] += _between(base, before, after, total)
                figures[2] += _between(tax, before, after, total)
            first = False


def _count(figures: list[int], net: int) -> None:
    figures[0] += 1
    figures[1] += net


def _paid(rows: Iterator[tuple[Any, ...]], since: str) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield the days from `since` on which the paid part changed: what was paid before and after, total and net."""
    received = 0
    for _id, day, amount, total, net in rows:
        before, received = received, received + amount
        was, now = (min(max(paid, min(total, 0)), max(total, 0)) for paid in (before, received))
        if day >= since and was != now:
            yield day, was, now, total, net


def _between(amount: int, before: int, after: int, total: int) -> int:
    if before == 0 and after == total:  # nearly always
        return amount
    return _part(amount, after, total) - _part(amount, before, total)


def _part(amount: int, paid: int, total: int) -> int:
    """Return the part of an amount for what is paid of a total, with halves rounded away from zero."""
    product = amount * paid * (1 if total > 0 else -1)
    part = (2 * abs(product) + abs(total)) // (2 * abs(total))
    return part if product >= 0 else -part
