"""Compare the reports of a generated company with figures that SQL adds up from the tables that people fill.

    python scripts/bench --only reports --check

It knows what `books.py` generates: one line for each invoice, GST and QST, and payments of whole invoices. It uses
neither the figures that the program keeps for the reports, nor the amounts that triggers keep in the invoices.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from facturier.models.issuing.number_check import check_numbers
from facturier.models.receivables.accounts import open_accounts
from facturier.models.reports.period import ALL_DATES
from facturier.models.reports.reading import Question, read_report
from facturier.models.reports.report import Basis
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store

Figures = dict[Any, Any]

# The net of each issued invoice, from its line: a whole quantity, and a rate with two decimals.
_NET = "CAST(l.quantity AS INTEGER) * CAST(replace(l.rate, '.', '') AS INTEGER)"
_SOLD = (
    f"(SELECT i.id, i.date, i.due, i.customer_id, l.item, l.quantity, {_NET} AS net, ({_NET} * 5 + 50) / 100 AS gst,"
    f" ({_NET} * 9975 + 50000) / 100000 AS qst FROM line l JOIN invoice i ON i.id = l.invoice_id"
    " WHERE i.number IS NOT NULL)"
)
_PAID = "(SELECT invoice_id, max(date) AS date, sum(amount) AS paid FROM payment GROUP BY invoice_id)"


def checks(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield what was compared, and whether it is equal."""
    store = open_company(path)
    today = datetime.now().astimezone().date()

    def report(name: str, by: str, basis: Basis = Basis.ACCRUAL) -> list[tuple[Any, ...]]:
        found = read_report(store, Question(name, by, ALL_DATES, "CAD", basis), today)
        return [row.cells for row in found.rows]

    names = dict(store.rows("SELECT id, name FROM customer"))
    yield (
        "sales by month",
        _by_month(report("sales", "month"), 0, (1, 2, 3))
        == _by_month(
            store.rows(f"SELECT date, count(*), sum(net), sum(gst + qst) FROM {_SOLD} GROUP BY 1"), 0, (1, 2, 3)
        ),
    )
    yield (
        "sales by customer",
        _figures(report("sales", "customer"), 0, (1, 2, 3))
        == _figures(
            store.rows(f"SELECT customer_id, count(*), sum(net), sum(gst + qst) FROM {_SOLD} GROUP BY 1"),
            *(0, (1, 2, 3), names.get),
        ),
    )
    yield (
        "sales by item",
        _figures(report("sales", "item"), 0, (1, 2, 3))
        == _figures(
            store.rows(f"SELECT item, count(*), sum(CAST(quantity AS INTEGER)), sum(net) FROM {_SOLD} GROUP BY 1"),
            *(0, (1, 2, 3)),
        ),
    )
    yield "tax by month", _taxes(report("tax", "month")) == _expected_taxes(store, _SOLD, "date")
    paid = f"(SELECT s.*, p.date AS paid_on FROM {_SOLD} s JOIN {_PAID} p ON p.invoice_id = s.id)"
    yield (
        "tax by month, cash basis",
        _taxes(report("tax", "month", Basis.CASH)) == _expected_taxes(store, paid, "paid_on"),
    )
    yield (
        "payments by month",
        _by_month(report("payments", "month"), 0, (2,))
        == _by_month(store.rows("SELECT date, sum(amount) FROM payment GROUP BY 1"), 0, (1,)),
    )
    yield (
        "payments by method",
        _figures(report("payments", "method"), 0, (2,))
        == _figures(store.rows("SELECT method, sum(amount) FROM payment GROUP BY 1"), 0, (1,)),
    )
    aging = _expected_aging(store, today, names)
    yield "aging", _figures(report("aging", "customer"), 0, (1, 2, 3, 4, 5, 7)) == aging
    owed = {account.name: account.owed for account in open_accounts(store, today)}
    yield "customers with a balance", owed == {name: figures[-1] for name, figures in aging.items()}
    (count,) = store.rows("SELECT count(*) FROM invoice WHERE number IS NOT NULL")[0]
    yield "numbers", check_numbers(store) == (count, (), ())


def _figures(
    rows: Iterable[tuple[Any, ...]], key: int, columns: tuple[int, ...], named: Callable[[Any], Any] = lambda key: key
) -> Figures:
    """Add up columns of rows with the same key."""
    found: Figures = defaultdict(lambda: [0] * len(columns))
    for row in rows:
        sums = found[named(row[key])]
        for place, column in enumerate(columns):
            sums[place] += row[column]
    return {key: sums for key, sums in found.items() if any(sums)}


def _by_month(rows: Iterable[tuple[Any, ...]], key: int, columns: tuple[int, ...]) -> Figures:
    return _figures(rows, key, columns, lambda day: str(day)[:7])


def _taxes(rows: Iterable[tuple[Any, ...]]) -> Figures:
    """Documents, base and tax by month and code."""
    return {(str(row[0])[:7], row[1]): [*row[4:]] for row in rows if row[2] in (5, Decimal("9.975"))}


def _expected_taxes(store: Store, source: str, day: str) -> Figures:
    found = {}
    for code in ("gst", "qst"):
        for month, *figures in store.rows(
            f"SELECT substr({day}, 1, 7), count(*), sum(net), sum({code}) FROM {source} GROUP BY 1"
        ):
            found[month, code.upper()] = figures
    return found


def _expected_aging(store: Store, today: date, names: dict[int, str]) -> Figures:
    """What each customer owes: not due, four buckets, and all."""
    ends = [str(today - timedelta(days)) for days in (0, 30, 60, 90)]
    bucket = f"(due < '{ends[0]}') + (due < '{ends[1]}') + (due < '{ends[2]}') + (due < '{ends[3]}')"
    found: Figures = defaultdict(lambda: [0] * 6)
    for customer_id, place, owed in store.rows(
        f"SELECT customer_id, {bucket}, sum(net + gst + qst - coalesce(paid, 0)) FROM {_SOLD} s"
        f" LEFT JOIN {_PAID} p ON p.invoice_id = s.id GROUP BY 1, 2"
    ):
        found[names[customer_id]][place] += owed
        found[names[customer_id]][-1] += owed
    return {name: figures for name, figures in found.items() if any(figures)}
