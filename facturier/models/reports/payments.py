"""Payments received in a period by day, month, method or account; credits and write-offs apart.

A payment of a customer counts once, with the part that is still credit. Its parts on invoices do not count again.

Plain SQL: indexes alone answer these queries, in the order of the index, for a million payments.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from facturier.models.books.status import PaymentKind
from facturier.models.reports.period import Period
from facturier.models.reports.report import Behind, CellKind, Report, ReportColumn, ReportRow, column_totals
from facturier.models.reports.sales import by_month, within
from facturier.models.store.store import Store

_FIGURES = (
    ReportColumn("payments", CellKind.COUNT),
    ReportColumn("received", CellKind.MONEY),
    ReportColumn("refunded", CellKind.MONEY),
    ReportColumn("credits", CellKind.MONEY),
    ReportColumn("written_off", CellKind.MONEY),
)
_FIRST = {
    "day": ReportColumn("day", CellKind.DAY),
    "month": ReportColumn("month", CellKind.MONTH),
    "method": ReportColumn("method", CellKind.TEXT),
    "account": ReportColumn("account", CellKind.TEXT),
}
_AT = {"day": 0, "month": 0, "method": 1, "account": 2}


def payments(store: Store, by: str, period: Period, currency: str) -> Report:
    """Return the payments by `day`, `month`, `method` or `account`. Refunds are negative."""
    columns = (_FIRST[by], *_FIGURES)
    found: dict[str, list[int]] = defaultdict(lambda: [0] * len(_FIGURES))
    for row in _paid(store, period, currency):
        figures = found[row[_AT[by]]]
        for at, more in enumerate(row[3:]):
            figures[at] += more
    rows = tuple(_rows(found, by, period, currency))
    return Report("payments", by, currency, period, columns, rows, column_totals(columns, rows), chart="received")


def _rows(found: dict[str, list[int]], by: str, period: Period, currency: str) -> Iterable[ReportRow]:
    if by == "month":
        for month, figures in by_month((day, *figures) for day, figures in found.items()).items():
            yield ReportRow((month, *figures), Behind("payment", currency, within(month, period)))
    elif by == "day":
        for text, figures in sorted(found.items()):
            day = date.fromisoformat(text)
            yield ReportRow((day, *figures), Behind("payment", currency, (day, day)))
    else:
        for text, figures in sorted(found.items(), key=lambda one: (-one[1][1], one[0])):
            yield ReportRow((text, *figures), Behind("payment", currency, period, ((by, text),)))


def _paid(store: Store, period: Period, currency: str) -> Iterable[tuple[Any, ...]]:
    """Yield day, method and account with the figures of the columns."""
    days = tuple(map(str, period))
    for day, method, account, count, received, refunded in store.rows(
        "SELECT date, method, account, count(*), sum(max(amount, 0)), sum(min(amount, 0)) FROM customer_payment"
        " WHERE date BETWEEN ? AND ? AND currency = ? GROUP BY date, method, account",
        *(*days, currency),
    ):
        yield day, method, account, count, received, refunded, 0, 0
    # A credit is two payments: the one on the credit note is negative.
    joined, only = ("", ()) if _one_currency(store, currency) else (_JOIN, (currency,))
    for day, kind, method, account, count, more, less in store.rows(
        "SELECT p.date, p.kind, p.method, p.account, count(*), sum(max(p.amount, 0)), sum(min(p.amount, 0))"
        f" FROM payment p INDEXED BY payment_date{joined} WHERE p.date BETWEEN ? AND ?"
        f" AND p.customer_payment_id IS NULL{' AND i.currency = ?' if joined else ''} GROUP BY 1, 2, 3, 4",
        *(*days, *only),
    ):
        if kind == PaymentKind.CREDIT:
            yield day, method, account, 0, 0, 0, more, 0
        elif kind == PaymentKind.WRITE_OFF:
            yield day, method, account, 0, 0, 0, 0, more + less
        else:
            yield day, method, account, count, more, less, 0, 0


_JOIN = " CROSS JOIN invoice i ON i.id = p.invoice_id"


def _one_currency(store: Store, currency: str) -> bool:
    """Return whether all documents are in this currency, so that payments need not be compared with their invoices."""
    return store.rows("SELECT DISTINCT currency FROM tally LIMIT 2") == [(currency,)]
