"""A report for programs: the cells of a CSV file, and the object that `--json` prints."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from facturier.models.exports.formats import Cell
from facturier.models.reports.period import ALL_DATES
from facturier.models.reports.report import CellKind, Report
from facturier.models.text.decimals import plain
from facturier.models.text.money import Money


def csv_names(report: Report) -> list[str]:
    """Return the names of the columns, which are the same in every language.

    A report on taxes has two more: the currency, and the numbers of the documents that could not be converted.
    """
    more = ["currency", "not_converted"] if report.name == "tax" else []
    return [*(column.name for column in report.columns), *more]


def csv_rows(report: Report) -> Iterator[list[Cell]]:
    """Yield the rows: amounts as decimal text, days and months in ISO format. Documents that could not be converted
    are in a last row for each currency."""
    more: list[Cell] = [report.currency, None] if report.name == "tax" else []
    for row in report.rows:
        pairs = zip(report.columns, row.cells, strict=True)
        yield [*(_cell(column.kind, value, report.currency) for column, value in pairs), *more]
    for currency, count, numbers, _behind in report.unconverted:
        yield [
            *(count if column.name == "documents" else None for column in report.columns),
            currency,
            " ".join(numbers),
        ]


def as_object(report: Report) -> dict[str, object]:
    """Return a report as an object: amounts in minor units, with decimal text beside them in `…_text`."""
    since, until = report.period
    return {
        "report": report.name,
        "by": report.by,
        "currency": report.currency,
        "from": None if since == ALL_DATES.since else since.isoformat(),
        "to": None if until == ALL_DATES.until else until.isoformat(),
        "basis": None if report.basis is None else str(report.basis),
        "rows": [_named(report, row.cells) for row in report.rows],
        "total": _named(report, report.total) if report.total else None,
        "left_out": list(report.damaged),
        "converted": [{"currency": currency, "documents": count} for currency, count in report.converted],
        "not_converted": [
            {"currency": currency, "documents": count, "numbers": list(numbers)}
            for currency, count, numbers, _behind in report.unconverted
        ],
        "other_currencies": list(report.others),
    }


def _named(report: Report, cells: tuple[Any, ...]) -> dict[str, object]:
    found: dict[str, object] = {}
    for column, value in zip(report.columns, cells, strict=True):
        if column.kind is CellKind.MONEY:
            found[column.name] = value
            found[f"{column.name}_text"] = None if value is None else Money(value, report.currency).plain()
        else:
            cell = _cell(column.kind, value, report.currency)
            found[column.name] = cell.isoformat() if isinstance(cell, date) else cell
    return found


def _cell(kind: CellKind, value: Any, currency: str) -> Cell:
    if value is None:
        return None
    if kind is CellKind.MONEY:
        return Money(value, currency).plain()
    if kind is CellKind.MONTH:
        return f"{value:%Y-%m}"
    if isinstance(value, Decimal):
        return plain(value)
    found: Cell = value
    return found
