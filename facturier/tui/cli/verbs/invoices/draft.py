"""facturier draft: drafts from JSON."""

import argparse
from collections.abc import Sequence
from typing import Any

from facturier.mail.workspace import Workspace
from facturier.models.books.attachments import attach_file
from facturier.models.books.invoice import Invoice
from facturier.models.drafts.draft_json import read_draft
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import InputError
from facturier.models.text.i18n import _
from facturier.models.text.json_text import decode_text, read_json
from facturier.models.text.paths import typed_path
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE

_LARGEST = 64 << 20  # bytes of a file


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.json", help=_("the file, or - for standard input"))
    parser.add_argument(
        "--attach",
        metavar="FILE",
        action="append",
        default=[],
        help=_("a file to send with each of these invoices; may be repeated"),
    )
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace()
    wanted = _read(options.file, shell)
    with ws.store.writing():  # all of them, or none
        made = [_save(ws, fields, place, options.attach) for place, fields in enumerate(wanted, 1)]
    if options.json:
        shell.say_json([{"id": invoice.id, "total_text": invoice.total.plain()} for invoice in made])
    else:
        for invoice in made:
            shell.say(invoice.ref)
    return DONE


def _read(name: str, shell: Shell) -> list[dict[str, Any]]:
    called = _("standard input") if name == "-" else name
    try:
        found = read_json(decode_text(_bytes(name, shell), called), called)
    except InputError as error:
        error.kept = error.kept or _("No draft was created.")
        raise
    except OSError as error:
        raise InputError(_("Cannot read “{name}”: {reason}.").format(name=name, reason=error.strerror)) from error
    found = found if isinstance(found, list) else [found]
    if not all(isinstance(fields, dict) for fields in found):
        raise InputError(_("A draft is one JSON object. Several drafts are a list of objects."))
    return found


def _bytes(name: str, shell: Shell) -> bytes:
    if name == "-":
        raw = getattr(shell.stdin, "buffer", None)
        found: bytes = raw.read(_LARGEST + 1) if raw is not None else shell.stdin.read().encode()
    else:
        with typed_path(name).open("rb") as file:
            found = file.read(_LARGEST + 1)
    if len(found) > _LARGEST:
        raise InputError(_("“{name}” is too large: {most} MB at most.").format(name=name, most=_LARGEST >> 20))
    return found


def _save(ws: Workspace, fields: dict[str, Any], place: int, files: Sequence[str]) -> Invoice:
    try:
        draft = save_draft(ws.store, read_draft(ws.store, fields, ws.today()))
        assert draft.id is not None
        for name in files:
            attach_file(ws.store, draft.id, typed_path(name), private=ws.locations.data)
    except InputError as error:
        raise InputError(
            _("Draft {place}: {problem}").format(place=place, problem=error.happened),
            kept=_("No draft was created."),
            todo=error.todo,
        ) from None
    return draft
