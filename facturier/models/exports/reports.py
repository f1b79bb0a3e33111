"""A report for programs: the cells of a CSV file, and the object that `--json` prints."""

from datetime import date
from decimal import Decimal
from typing import Any

from facturier.models.exports.formats import Cell
from facturier.models.reports.period import ALL_DATES
from facturier.models.reports.report import CellKind, Report
from facturier.models.text.decimals import plain
from facturier.models.text.money import Money


def column_names(report: Report) -> list[str]:
    """Return the names of the columns, which are the same in every language."""
    return [column.name for column in report.columns]


def plain_cells(report: Report, cells: tuple[Any, ...]) -> list[Cell]:
    """Return the cells of a row: amounts as decimal text, days and months in ISO format."""
    return [
        _cell(column.kind, value, report.currency) for column, value in zip(report.columns, cells, strict=bool(cells))
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
