"""Import customers and items from the files of other programs, on the command line."""

import argparse
from typing import Any

from facturier.models.imports.fields import FIELDS, Kind
from facturier.models.imports.importing import Import, plan_import, write_import
from facturier.models.imports.plan import Planned, Status, counts
from facturier.models.imports.reading import Source, read_source
from facturier.models.imports.row import MOST_BYTES
from facturier.models.imports.text_file import read_import
from facturier.models.text.i18n import _
from facturier.models.text.paths import typed_path
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED
from facturier.tui.words.imports import counts_words, row_words


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--map",
        metavar="FIELD=COLUMN,…",
        default="",
        help=_("read a field from a column, such as name=Company,email=E-mail"),
    )
    parser.add_argument("--dry-run", action="store_true", help=_("show what each row would change; write nothing"))
    parser.add_argument("--doubtful", action="store_true", help=_("import doubtful rows too"))
    parser.add_argument("--skip-faulty", action="store_true", help=_("import the other rows if some have faults"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def import_files(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=True)
    kind = Kind(options.what)
    data = _bytes(options.file, shell)
    source = read_source(data, _("standard input") if options.file == "-" else options.file, kind, options.map)
    if not source.ready:
        shell.tell(_columns(source))
        return REFUSED
    plan = plan_import(ws.store, source)
    doubtful = [row.line for row in plan.rows if row.status is Status.DOUBTFUL] if options.doubtful else []
    blocked = bool(plan.faulty()) and not options.skip_faulty
    written = 0
    if not options.dry_run and not blocked:
        written = write_import(ws.store, plan, doubtful=doubtful, skip_faulty=options.skip_faulty).count
    if options.json:
        shell.say_json(_as_object(plan, written))
    else:
        _say(plan, shell)
    if blocked:
        shell.tell(_("Nothing was imported. Correct the file, or use --skip-faulty to import the other rows."))
        return REFUSED
    if not options.dry_run:
        shell.tell(_("Imported: {count}.").format(count=written))
    return DONE


def _bytes(name: str, shell: Shell) -> bytes:
    if name != "-":
        return read_import(typed_path(name))
    raw = getattr(shell.stdin, "buffer", None)
    found: bytes = raw.read(MOST_BYTES + 1) if raw is not None else shell.stdin.read().encode()
    return found


def _columns(source: Source) -> str:
    """Return what to do about columns that nobody knows."""
    assert source.table is not None
    return _(
        "Cannot tell which column has the name. Use --map, such as --map name=COLUMN. Columns: {columns}. "
        "Fields: {fields}."
    ).format(columns=", ".join(source.table.header)[:2_000], fields=", ".join(FIELDS[source.kind]))


def _as_object(plan: Import, written: int) -> dict[str, Any]:
    return {
        "layout": plan.source.layout,
        "counts": {str(status): count for status, count in counts(plan.rows).items()},
        "imported": written,
        "rows": [_row(row) for row in plan.rows],
    }


def _row(row: Planned[Any]) -> dict[str, Any]:
    return {
        "line": row.line,
        "status": str(row.status),
        "name": row.name,
        "email": row.email,
        "changes": {field: {"before": before, "after": after} for field, (before, after) in row.changes.items()},
        "reasons": list(row.reasons),
    }


def _say(plan: Import, shell: Shell) -> None:
    for row in plan.rows:
        if row.status is not Status.UNCHANGED:
            shell.say(f"{row.line:>6}  {row.status:10} {row.name[:32]:32}  {row_words(row)}".rstrip())
    shell.say(counts_words(plan))
