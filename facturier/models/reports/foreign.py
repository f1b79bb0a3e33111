"""Documents in other currencies, in the company's currency, for the tax reports.

Each document is converted at its own exchange rate, as its PDF shows its taxes: every tax, its base and the net are
rounded by themselves. A credit note without a rate has the one of its invoice. On the cash basis, what was paid up to a
day is converted, less what was paid before: a document that is paid in full gives exactly its converted tax.

Documents without a rate cannot be converted. They are counted and named.

Plain SQL: the rows are read one by one, because each is rounded by itself, and there may be a million of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from facturier.models.reports.drill import MOST, RATE, WITH_RATE
from facturier.models.reports.period import Period
from facturier.models.reports.report import Basis, Behind, Scope, Unconverted
from facturier.models.reports.tax_days import DayTax
from facturier.models.store.store import Store
from facturier.models.text.money import exchange_rate


class Foreign(NamedTuple):
    """The documents of a period in other currencies. `net` is without taxes, in the company's currency, as `taxes` are.

    `converted` has the number of documents by currency.
    """

    net: int
    taxes: list[DayTax]
    converted: tuple[tuple[str, int], ...]
    unconverted: tuple[Unconverted, ...]


def foreign(store: Store, period: Period, home: str, others: Iterable[str], basis: Basis) -> Foreign:
    """Return the documents in the currencies `others`, converted to the company's."""
    net = 0
    taxes: list[DayTax] = []
    converted: list[tuple[str, int]] = []
    unconverted: list[Unconverted] = []
    for currency in others:
        sold, documents, missing = _sales(store, period, currency, home, basis)
        net += sold
        if documents:
            taxes += _taxes(store, period, currency, home, basis)
            converted.append((currency, documents))
        if missing is not None:
            unconverted.append(missing)
    return Foreign(net, taxes, tuple(converted), tuple(unconverted))


def _sales(store: Store, period: Period, currency: str, home: str, basis: Basis) -> tuple[int, int, Unconverted | None]:
    """Return the sales without taxes, how many documents they are of, and those that cannot be converted."""
    net = documents = missing = 0
    numbers: list[str] = []
    if basis is Basis.CASH:
        table, index = "paid_sale", "paid_sale_date"
        columns = f"s.previous < ?2, s.net, {_before('paid_sale', 'net')}"
    else:
        table, index = "sale", "sale_date"
        columns = "1, s.net, 0"
    sql = f"SELECT {RATE}, i.number, {columns} FROM {table} s INDEXED BY {index}{_ORDERED}"
    for text, number, first, amount, before in _rows(store, sql, currency, period):
        rate = exchange_rate(text, currency, home)
        if rate is not None:
            documents += first
            net += rate.of(before + amount) - rate.of(before)
        elif first:
            missing += 1
            if len(numbers) < MOST:
                numbers.append(number)
    if not missing:
        return net, documents, None
    behind = Behind(table, currency, period, scope=Scope.NO_RATE)
    return net, documents, Unconverted(currency, missing, tuple(numbers), behind)


def _taxes(store: Store, period: Period, currency: str, home: str, basis: Basis) -> Iterator[DayTax]:
    if basis is Basis.CASH:
        source = "paid_tax s INDEXED BY paid_tax_date"
        same = " AND e.code = s.code AND e.percent = s.percent"
        before = f"{_before('paid_tax', 'base', same)}, {_before('paid_tax', 'tax', same)}"
        columns = f"s.previous < ?2, s.base, s.tax, {before}"
    else:
        source, columns = "sale_tax s INDEXED BY sale_tax_date", "1, s.base, s.tax, 0, 0"
    sql = f"SELECT {RATE}, s.date, s.code, s.percent, s.category, {columns} FROM {source}{_ORDERED}"
    sums: dict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for text, *key, first, base, tax, base_before, tax_before in _rows(store, sql, currency, period):
        rate = exchange_rate(text, currency, home)
        if rate is not None:
            figures = sums[tuple(key)]
            figures[0] += first
            figures[1] += rate.of(base_before + base) - rate.of(base_before)
            figures[2] += rate.of(tax_before + tax) - rate.of(tax_before)
    return (DayTax(*key, *figures) for key, figures in sums.items())


_ORDERED = f"{WITH_RATE} WHERE s.currency = ?1 AND s.date BETWEEN ?2 AND ?3 ORDER BY s.date"


def _before(table: str, column: str, same: str = "") -> str:
    """Return SQL for what a document gave before a day. Most documents are paid on one day."""
    return (
        f"CASE s.previous WHEN '' THEN 0 ELSE (SELECT coalesce(sum(e.{column}), 0) FROM {table} e"
        f" WHERE e.invoice_id = s.invoice_id AND e.date < s.date{same}) END"
    )


def _rows(store: Store, sql: str, currency: str, period: Period) -> Iterator[tuple[Any, ...]]:
    """Yield the rows as they are read, so that a million of them are never in memory at once."""
    with store.reading():
        yield from store.database.execute_sql(sql, (currency, *map(str, period)))
