"""What every report is: columns, rows and a total, and the documents behind each row."""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from facturier.models.reports.period import Period


class Basis(StrEnum):
    """When a tax counts."""

    ACCRUAL = "accrual"  # on the date of the invoice
    CASH = "cash"  # on the dates of the payments, in proportion


class CellKind(StrEnum):
    """What a cell of a column holds. Any may be None, where nothing applies."""

    TEXT = "text"
    CUSTOMER = "customer"  # the name; None for invoices without a customer record
    ITEM = "item"  # the name; empty for lines without an item, and for shipping
    TAX = "tax"  # the code
    CATEGORY = "category"  # of VAT, or empty
    PART = "part"  # of a tax return: the words are the screens'
    PROBLEM = "problem"  # of numbers: gap or duplicate
    DOCUMENT = "document"  # a kind of document
    DAY = "day"
    MONTH = "month"  # its first day
    MONEY = "money"  # minor units of the report's currency
    COUNT = "count"
    PERCENT = "percent"  # Decimal
    QUANTITY = "quantity"  # Decimal


class ReportColumn(NamedTuple):
    """A column. `name` is the same in every language: it is the column of the CSV and the field of the JSON."""

    name: str
    kind: CellKind


class Scope(StrEnum):
    """Which documents a figure comes from, by their currency."""

    CURRENCY = "currency"  # those in the currency of the report
    CONVERTED = "converted"  # and those in other currencies that have an exchange rate
    NO_RATE = "no_rate"  # those in the currency that have no exchange rate


class Behind(NamedTuple):
    """Which documents a figure comes from. `source` is a table, or `owed`; `match` are columns and values there.

    `days` are the first and the last day, None for no limit.
    """

    source: str
    currency: str
    days: tuple[date | None, date | None] = (None, None)
    match: tuple[tuple[str, object], ...] = ()
    scope: Scope = Scope.CURRENCY


class Unconverted(NamedTuple):
    """Documents in another currency that have no exchange rate, so that a report leaves them out.

    `numbers` are those of the first ones, by date.
    """

    currency: str
    documents: int
    numbers: tuple[str, ...]
    behind: Behind


class ReportRow(NamedTuple):
    cells: tuple[Any, ...]
    behind: Behind | None = None


@dataclass(frozen=True)
class Report:
    """A report in one currency. `total` has a cell for each column, None where nothing is added up.

    `chart` is the column whose amounts are drawn, or empty. `damaged` and `unconverted` are the documents that it
    leaves out. `converted` has the number of documents in each other currency that it includes. `others` are the
    currencies that it does not include, because each has a report of its own.
    """

    name: str
    by: str
    currency: str
    period: Period
    columns: tuple[ReportColumn, ...]
    rows: tuple[ReportRow, ...]
    total: tuple[Any, ...] = ()
    chart: str = ""
    basis: Basis | None = None
    damaged: tuple[str, ...] = field(default=())
    converted: tuple[tuple[str, int], ...] = ()
    unconverted: tuple[Unconverted, ...] = ()
    others: tuple[str, ...] = ()


_OFTEN_EMPTY = (CellKind.TAX, CellKind.PERCENT, CellKind.CATEGORY)
_ADDED = (CellKind.MONEY, CellKind.COUNT)


def column_totals(columns: tuple[ReportColumn, ...], rows: tuple[ReportRow, ...]) -> tuple[Any, ...]:
    """Add up the columns with amounts and counts. Empty without rows."""
    if not rows:
        return ()
    return tuple(
        sum(row.cells[place] or 0 for row in rows) if column.kind in _ADDED else None
        for place, column in enumerate(columns)
    )


def label_column(report: Report) -> ReportColumn | None:
    """Return the column of a tax report that names what a row is about."""
    for kind in (CellKind.PART, CellKind.TAX):
        for column in report.columns:
            if column.kind is kind:
                return column
    return None


def without_empty(report: Report) -> Report:
    """Return a report for people, without columns about taxes in which no row has anything. The label stays."""
    label = label_column(report)
    kept = [
        place
        for place, column in enumerate(report.columns)
        if column.kind not in _OFTEN_EMPTY
        or column is label
        or any(row.cells[place] not in (None, "") for row in report.rows)
    ]
    if len(kept) == len(report.columns):
        return report

    def some(cells: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(cells[place] for place in kept) if cells else ()

    rows = tuple(row._replace(cells=some(row.cells)) for row in report.rows)
    return replace(report, columns=some(report.columns), rows=rows, total=some(report.total))
