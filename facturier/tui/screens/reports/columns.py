"""The columns of a report, with a bar for the size of each amount."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from facturier.models.reports.aging import BUCKETS
from facturier.models.reports.report import CellKind, Report, ReportRow, label_column
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money
from facturier.tui.themes.theme import ACTIVE, BOLD, ERROR, QUIET, WARNING
from facturier.tui.widgets.rows.columns import GAP, Column
from facturier.tui.words.report_files import RIGHT
from facturier.tui.words.reports import cell_text, heading, unconverted_label

_MEASURED = 300  # rows whose width is measured; the largest amounts are first in most reports
_BAR = 10  # cells, at least
_LABELS = (CellKind.CUSTOMER, CellKind.ITEM, CellKind.PART, CellKind.CATEGORY)
_LABEL, _SHORT = 20, 12  # cells that a label has at least, and where there is little room
_GUTTER = 4
_LAST_RANK = 4  # of the columns that are left out first
_LESS = ("category", "credits", "documents", "payments", "percent")


class ShownRow(NamedTuple):
    """A row of the table. `share` is its amount in the chart, from -1 to 1. A row with a `label` has no figures."""

    id: int
    row: ReportRow
    share: float
    label: str = ""


def shown_rows(report: Report) -> list[ShownRow]:
    names = [column.name for column in report.columns]
    place = names.index(report.chart) if report.chart else None
    amounts = [0 if place is None else row.cells[place] or 0 for row in report.rows]
    most = max(map(abs, amounts), default=0) or 1
    rows = [ShownRow(at, row, amounts[at] / most) for at, row in enumerate(report.rows)]
    return [
        *rows,
        *(
            ShownRow(len(rows) + at, ReportRow((None,) * len(names), one.behind), 0, unconverted_label(one))
            for at, one in enumerate(report.unconverted)
        ),
    ]


def report_columns(report: Report, room: int) -> tuple[Column[ShownRow], ...]:
    """Return the columns for a table of this width: with short labels rather than without the bars, and without the
    bars rather than without the cents of the amounts."""
    for most in (_LAST_RANK + 1, _LAST_RANK - 1):
        for label in (_LABEL, _SHORT):
            found = tuple(_columns(report, label, whole=False))
            if sum(column.width + GAP for column in found if column.rank <= most) - GAP + _GUTTER <= room:
                return found
    return tuple(_columns(report, _SHORT, whole=True))


def _columns(report: Report, most: int, *, whole: bool) -> Iterator[Column[ShownRow]]:
    last = len(report.columns) - 1
    labelled = label_column(report)
    for place, column in enumerate(report.columns):
        texts = [cell_text(column, row.cells[place], report.currency, whole=whole) for row in report.rows[:_MEASURED]]
        title = heading(column, report)
        width = max(map(cell_len, [title, *texts]))
        label = column.kind in _LABELS
        if report.unconverted and column is labelled:
            label = True
            width = max(width, *(cell_len(unconverted_label(one)) for one in report.unconverted))
        yield Column(
            title,
            partial(_cell, report, place, whole, column is labelled),
            min(width, most) if label else width,
            rank=_LAST_RANK if column.name in _LESS and not _needed(report, place) else 0 if place in (0, last) else 2,
            flex=label,
            right=column.kind in RIGHT,
        )
    if report.chart and len(report.rows) > 1:
        yield Column(
            "", _bar, _BAR, rank=_LAST_RANK + 1, flex=not any(column.kind in _LABELS for column in report.columns)
        )


def _needed(report: Report, place: int) -> bool:
    """Return whether the rows would not add up without this column."""
    return report.columns[place].name == "credits" and any(row.cells[place] for row in report.rows)


def _cell(report: Report, place: int, whole: bool, labelled: bool, shown: ShownRow) -> Text:
    if shown.label:
        return Text(shown.label if labelled else "", WARNING)
    column, value = report.columns[place], shown.row.cells[place]
    text = cell_text(column, value, report.currency, whole=whole)
    if column.kind is CellKind.MONEY and value == 0:
        return Text("–")
    if column.name == "over_90" and value:
        return Text(text, ERROR)
    return Text(text, BOLD if column.name == report.chart else "")


def _bar(shown: ShownRow) -> Text:
    """Return a bar of up to ten cells; a negative amount is empty."""
    return Text("▇" * (round(shown.share * _BAR) or (shown.share > 0)) if shown.share > 0 else "", ACTIVE)


def total_line(report: Report) -> Text:
    """Return the totals of a report in one line, the one of the chart first."""
    if report.name == "aging":
        return _aging_line(report)
    sums = zip(report.columns, report.total, strict=bool(report.total))
    parts = []
    for column, value in sorted(sums, key=lambda one: one[0].name != report.chart):
        if value is not None and (value or column.name == report.chart):
            style = BOLD if column.name == report.chart else ""
            amount = cell_text(column, value, report.currency)
            parts.append(Text.assemble(f"{heading(column, report)} ", (amount, style)))
    return Text("   ").join(parts)


def _aging_line(report: Report) -> Text:
    if not report.total:
        return Text()
    sums = {column.name: value for column, value in zip(report.columns, report.total, strict=True)}
    overdue = sum(sums[name] for name in BUCKETS if name != "not_due")
    parts: list[tuple[str, int, str | Style]] = [
        (_("Owed"), sums["owed"], BOLD),
        (_("Not due"), sums["not_due"], ""),
        (_("Overdue"), overdue, ""),
    ]
    if sums["credits"]:
        parts.append((_("Credits"), sums["credits"], ""))
    texts = []
    for words, value, style in parts:
        texts.append(Text.assemble(f"{words} ", (Money(value, report.currency).text(spoken()), style)))
    # In the list of invoices, what was not sent is neither overdue nor not due.
    return Text("   ").join([*texts, Text(_("(includes unsent invoices)"), QUIET)])
