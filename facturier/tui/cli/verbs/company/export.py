"""facturier export: lists as CSV or JSON, the whole company as JSON, and PDFs as a zip file."""

import argparse
from collections.abc import Iterator

from facturier.models.errors import InputError
from facturier.models.exports.formats import BOM, csv_lines, json_lines
from facturier.models.exports.lists import DATED, LISTS, check_columns, list_rows
from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.store.files import saving_file
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.models.text.paths import typed_path
from facturier.tui.cli.arguments import day
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        metavar="WHAT",
        choices=[*LISTS, "company", "pdfs"],
        help=_("invoices, estimates, customers, items, payments, company or pdfs"),
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help=_("as CSV, for spreadsheets (the default for lists)"))
    form.add_argument("--json", action="store_true", help=_("as JSON, for programs"))
    parser.add_argument("--from", dest="since", type=day, metavar="DATE", help=_("from this date, such as 2026-01-01"))
    parser.add_argument("--to", dest="until", type=day, metavar="DATE", help=_("up to this date, including it"))
    parser.add_argument(
        "--status", choices=[str(show) for show in InvoiceFilter], help=_("only invoices with this status")
    )
    parser.add_argument(
        "--search", type=clean, metavar="TEXT", help=_("only invoices or estimates that contain all these words")
    )
    parser.add_argument("--columns", type=clean, default="", metavar="NAMES", help=_("columns, separated by commas"))
    parser.add_argument("-o", "--output", metavar="FILE", help=_("the file to write; by default standard output"))
    parser.add_argument("--force", action="store_true", help=_("replace an existing file"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    _check(options)
    ws = shell.workspace(looking=True)
    if options.what == "pdfs":
        from facturier.mail.sending.pdf_archive import write_pdfs

        with saving_file(
            typed_path(options.output), force=options.force, company=ws.store.path, private=ws.locations.data
        ) as file:
            count = write_pdfs(ws, file, options.since, options.until)
        shell.tell(ngettext("{count} PDF was written.", "{count} PDFs were written.", count).format(count=count))
        return DONE
    with ws.store.reading():
        if options.what == "company":
            from facturier.models.exports.company_file import company_lines

            lines = company_lines(ws.store)
        else:
            names = check_columns(options.what, [name for part in options.columns.split(",") if (name := part.strip())])
            view = View(InvoiceFilter(options.status or "all"), options.search or "", descending=False)
            rows = list_rows(
                ws.store, options.what, names, ws.today(), since=options.since, until=options.until, view=view
            )
            lines = json_lines(names, rows) if options.json else csv_lines(names, rows)
        if options.output is None:
            for line in lines:
                shell.write(line)
                if shell.lost:
                    break
            return DONE
        # one machine: an export must not be written over the company’s file.
        with saving_file(
            typed_path(options.output), force=options.force, company=ws.store.path, private=ws.locations.data
        ) as file:
            for line in lines if options.json or options.what == "company" else _marked(lines):
                file.write(line.encode())
    return DONE


def _marked(lines: Iterator[str]) -> Iterator[str]:
    yield BOM
    yield from lines


def _check(options: argparse.Namespace) -> None:
    """Raises InputError for options that do not go together."""
    what = options.what
    if (options.since or options.until) and what not in (*DATED, "pdfs"):
        raise InputError(_("--from and --to are for {lists}.").format(lists="invoices, estimates, payments, pdfs"))
    if options.status and what != "invoices":
        raise InputError(_("--status is for {lists}.").format(lists="invoices"))
    if options.search and what not in ("invoices", "estimates"):
        raise InputError(_("--search is for {lists}.").format(lists="invoices, estimates"))
    if options.columns and what not in LISTS:
        raise InputError(_("--columns is for {lists}.").format(lists=", ".join(LISTS)))
    if what == "company" and options.csv:
        raise InputError(_("A company is exported as JSON."))
    if what == "pdfs" and (options.output is None or options.csv or options.json):
        raise InputError(_("PDFs are written into a zip file. Name it with -o FILE.zip"))
