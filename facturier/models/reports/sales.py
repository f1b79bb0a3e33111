"""Sales of a period by month, customer or item: invoices less credit notes, without taxes.

Plain SQL: indexes alone answer these queries, in the order of the index, for a million invoices.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from facturier.models.reports.period import Period
from facturier.models.reports.report import Behind, CellKind, Report, ReportColumn, ReportRow, column_totals
from facturier.models.store.store import Store

_SUMS = (
    ReportColumn("documents", CellKind.COUNT),
    ReportColumn("net", CellKind.MONEY),
    ReportColumn("tax", CellKind.MONEY),
    ReportColumn("total", CellKind.MONEY),
)
_MONTH = (ReportColumn("month", CellKind.MONTH), *_SUMS)
_CUSTOMER = (ReportColumn("customer", CellKind.CUSTOMER), *_SUMS)
_ITEM = (
    ReportColumn("item", CellKind.ITEM),
    ReportColumn("documents", CellKind.COUNT),
    ReportColumn("quantity", CellKind.QUANTITY),
    ReportColumn("net", CellKind.MONEY),
)


def sales(store: Store, by: str, period: Period, currency: str) -> Report:
    """Return the sales by `month`, `customer` or `item`."""
    columns, read = {"month": (_MONTH, _by_month), "customer": (_CUSTOMER, _by_customer), "item": (_ITEM, _by_item)}[by]
    rows = tuple(read(store, period, currency))
    return Report("sales", by, currency, period, columns, rows, column_totals(columns, rows), chart="net")


def by_month(days: Iterable[tuple[Any, ...]]) -> dict[date, list[int]]:
    """Add up rows of a day and figures by month. Months between the first and the last that have none get zeros."""
    found: dict[date, list[int]] = {}
    width = 0
    for day, *figures in days:
        month = date.fromisoformat(day).replace(day=1)
        width = len(figures)
        before = found.get(month, [0] * width)
        found[month] = [one + more for one, more in zip(before, figures, strict=True)]
    if not found:
        return {}
    at, last, filled = min(found), max(found), {}
    while at <= last:
        filled[at] = found.get(at, [0] * width)
        at = next_month(at)
    return filled


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def within(month: date, period: Period) -> tuple[date, date]:
    """Return the days of a month that are in a period."""
    last = date.fromordinal(next_month(month).toordinal() - 1)
    return max(month, period.since), min(last, period.until)


def _by_month(store: Store, period: Period, currency: str) -> Iterable[ReportRow]:
    days = store.rows(
        "SELECT date, count(*), sum(net), sum(tax), sum(total) FROM sale"
        " WHERE currency = ? AND date BETWEEN ? AND ? GROUP BY date",
        *(currency, *map(str, period)),
    )
    for month, figures in by_month(days).items():
        yield ReportRow((month, *figures), Behind("sale", currency, within(month, period)))


def _by_customer(store: Store, period: Period, currency: str) -> Iterable[ReportRow]:
    found = store.rows(
        "SELECT customer_id, count(*), sum(net), sum(tax), sum(total) FROM sale INDEXED BY sale_customer"
        " WHERE currency = ? AND date BETWEEN ? AND ? GROUP BY customer_id",
        *(currency, *map(str, period)),
    )
    names = customer_names(store)
    for customer_id, *figures in sorted(found, key=lambda row: -row[2]):
        match = (("customer_id", customer_id),)
        yield ReportRow((names.get(customer_id), *figures), Behind("sale", currency, period, match))


def customer_names(store: Store) -> dict[int | None, str]:
    """Return the names of all customers by id."""
    return dict(store.rows("SELECT id, name FROM customer"))


def _by_item(store: Store, period: Period, currency: str) -> Iterable[ReportRow]:
    found: dict[str, list[Any]] = defaultdict(lambda: [0, Decimal(), 0])
    for item, quantity, count, net in store.rows(
        "SELECT item, quantity, count(*), sum(net) FROM sale_item INDEXED BY sale_item_item"
        " WHERE currency = ? AND date BETWEEN ? AND ? GROUP BY item, quantity",
        *(currency, *map(str, period)),
    ):
        figures = found[item]
        figures[0] += count
        figures[1] += Decimal(quantity) * count
        figures[2] += net
    for item, (count, quantity, net) in sorted(found.items(), key=lambda one: -one[1][2]):
        cells = (item, count, quantity if item else None, net)
        yield ReportRow(cells, Behind("sale_item", currency, period, (("item", item),)))
