"""facturier report: aging, sales, payments, taxes and the check of numbers, for a period."""

import argparse
from dataclasses import replace
from datetime import date

from facturier.models.errors import InputError
from facturier.models.exports.reports import as_object
from facturier.models.reports.period import PeriodName, check_period, named_period
from facturier.models.reports.reading import GROUPINGS, Question, question, read_report
from facturier.models.reports.report import Basis, Report, without_empty
from facturier.models.store.files import saving_file
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.dates.dates import FIRST, LAST
from facturier.models.text.i18n import _
from facturier.models.text.paths import typed_path
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED
from facturier.tui.words.report_files import RIGHT, no_rows, report_csv, report_pdf
from facturier.tui.words.reports import (
    cell_text,
    converted_text,
    heading,
    left_out_text,
    report_title,
    subtitle,
    told_every,
)

_NAMED = 50  # documents of each kind that are named
_SECONDS = 5  # between two lines about the preparation of reports


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "report", metavar="WHAT", choices=[*GROUPINGS], help=_("aging, sales, payments, tax or numbers")
    )
    groupings = sorted({by for some in GROUPINGS.values() for by in some if by})
    parser.add_argument(
        "--by",
        choices=groupings,
        default="",
        help=_(
            "sales by month, customer or item; payments by day, month, method or account; tax by rate, month or return"
        ),
    )
    parser.add_argument("--from", dest="since", type=_day, metavar="DATE", help=_("from this date, such as 2026-01-01"))
    parser.add_argument("--to", dest="until", type=_day, metavar="DATE", help=_("up to this date, including it"))
    parser.add_argument(
        "--period",
        choices=[str(name) for name in PeriodName],
        metavar="NAME",
        help=_("this-month, last-month, this-quarter, last-quarter, this-year, last-year or all"),
    )
    parser.add_argument(
        "--basis",
        choices=[str(basis) for basis in Basis],
        help=_("for tax: accrual (by invoice date) or cash (by payment)"),
    )
    parser.add_argument("--currency", type=_currency, metavar="C", help=_("by default the currency of the company"))
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", metavar="FILE", help=_("write a CSV file, for spreadsheets"))
    form.add_argument("--pdf", metavar="FILE", help=_("write a PDF"))
    form.add_argument("--json", action="store_true", help=_("as JSON, for programs"))
    parser.add_argument("--force", action="store_true", help=_("replace an existing file"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("a date looks like 2026-11-24")) from None


def _currency(text: str) -> str:
    return clean(text).strip().upper()


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=True)
    today = ws.today()
    asked = _asked(options, ws.store, today)
    report = read_report(ws.store, asked, today, told_every(_SECONDS, shell.tell))
    if options.csv or options.pdf:
        made = report_csv(report) if options.csv else report_pdf(report, ws.company(), today)
        path = typed_path(options.csv or options.pdf)
        with saving_file(path, force=options.force, company=ws.store.path, private=ws.locations.data) as file:
            file.write(made)
    elif options.json:
        shell.say_json(as_object(report))
    else:
        for line in _lines(report):
            shell.say(line)
    if left_out := left_out_text(report, _NAMED):
        shell.tell(left_out)
    return REFUSED if report.damaged or (report.name == "numbers" and report.rows) else DONE


def _asked(options: argparse.Namespace, store: Store, today: date) -> Question:
    """Raises InputError for options that do not go together."""
    asked = question(store, options.report, options.by, today)
    if options.period and (options.since or options.until):
        raise InputError(_("Use either --period, or --from and --to."))
    if options.basis and options.report != "tax":
        raise InputError(_("--basis applies only to tax reports."))
    period = asked.period
    if options.period:
        period = named_period(PeriodName(options.period), today)
    elif options.since or options.until:
        period = check_period(options.since or FIRST, options.until or LAST)
    return replace(
        asked,
        period=period,
        currency=options.currency or asked.currency,
        basis=Basis(options.basis or Basis.ACCRUAL),
    )


def _lines(report: Report) -> list[str]:
    """Return the report as a table of text."""
    report = without_empty(report)
    texts = [
        [cell_text(column, value, report.currency) for column, value in zip(report.columns, row.cells, strict=True)]
        for row in report.rows
    ]
    if report.total:
        sums = zip(report.columns, report.total, strict=True)
        shown = ["" if value is None else cell_text(column, value, report.currency) for column, value in sums]
        texts.append([_("Total"), *shown[1:]])
    lines = [report_title(report.name, report.by), *filter(None, [subtitle(report), converted_text(report)]), ""]
    if not report.rows:
        return [*lines, no_rows(report)]
    rows = [[heading(column, report) for column in report.columns], *texts]
    widths = [max(len(row[place]) for row in rows) for place in range(len(report.columns))]
    for row in rows:
        cells = (
            text.rjust(width) if column.kind in RIGHT else text.ljust(width)
            for text, width, column in zip(row, widths, report.columns, strict=True)
        )
        lines.append("  ".join(cells).rstrip())
    return lines
