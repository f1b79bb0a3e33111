"""A report as a file: CSV for spreadsheets, or a PDF in the reader's language."""

from datetime import date

from facturier.mail.document.table import Table, make_table
from facturier.models.exports.formats import BOM, csv_lines
from facturier.models.exports.reports import csv_names, csv_rows
from facturier.models.reports.report import CellKind, Report, without_empty
from facturier.models.settings.company import Company
from facturier.models.text.i18n import _
from facturier.tui.words.reports import cell_text, converted_text, heading, left_out_text, report_title, subtitle

_PRINTED = 200  # numbers of documents that a PDF names
RIGHT = (CellKind.MONEY, CellKind.COUNT, CellKind.PERCENT, CellKind.QUANTITY)


def report_csv(report: Report) -> bytes:
    """Return a report as CSV with the names of columns that are the same in every language, without the total."""
    return (BOM + "".join(csv_lines(csv_names(report), csv_rows(report)))).encode()


def report_pdf(report: Report, company: Company, day: date) -> bytes:
    """Return a report as PDF. Raises DocumentError."""
    report = without_empty(report)

    def texts(cells: tuple[object, ...]) -> tuple[str, ...]:
        return tuple(
            cell_text(column, value, report.currency) for column, value in zip(report.columns, cells, strict=True)
        )

    total: tuple[str, ...] = ()
    if report.total:
        sums = zip(report.columns, report.total, strict=True)
        shown = ["" if value is None else cell_text(column, value, report.currency) for column, value in sums]
        total = (_("Total"), *shown[1:])
    table = Table(
        report_title(report.name, report.by),
        subtitle(report),
        tuple(heading(column, report) for column in report.columns),
        tuple(column.kind in RIGHT for column in report.columns),
        tuple(texts(row.cells) for row in report.rows),
        total,
        empty=no_rows(report),
        note="\n".join(filter(None, [converted_text(report), left_out_text(report, _PRINTED)])),
    )
    return make_table(table, company, report.currency, day)


def no_rows(report: Report) -> str:
    """Return what is shown instead of rows."""
    if report.name == "numbers":
        return _("No gaps and no duplicates.")
    return _("No customer owes anything.") if report.name == "aging" else _("Nothing in this period.")


def file_name(report: Report, ending: str) -> str:
    """Return a proposal for the name of the file, such as `sales-by-month-2026-01-01-2026-12-31.csv`."""
    title = report_title(report.name, report.by).replace(" ", "-").replace("/", "-").casefold()
    since, until = report.period
    days = until.isoformat() if report.name == "aging" else f"{since.isoformat()}-{until.isoformat()}"
    return f"{title}.{ending}" if report.name == "numbers" else f"{title}-{days}.{ending}"
