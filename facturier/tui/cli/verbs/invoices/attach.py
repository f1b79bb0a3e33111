"""facturier attach: the files that are sent with an invoice."""

import argparse

from facturier.models.books.attachments import (
    Attachment,
    attach_file,
    attachments_of,
    find_attachment,
    remove_attachment,
)
from facturier.models.books.invoices import find_invoice
from facturier.models.errors import FacturierError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.models.text.paths import typed_path
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE
from facturier.tui.words.formatting import size_text


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", type=clean, metavar="REF", help=_("an invoice number, or @id"))
    parser.add_argument("files", metavar="FILE", nargs="*", help=_("a file to send with the invoice"))
    parser.add_argument(
        "--remove", metavar="NAME", action="append", default=[], help=_("remove a file; may be repeated")
    )
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    changes = bool(options.files or options.remove)
    ws = shell.workspace(looking=not changes)
    invoice = find_invoice(ws.store, options.ref, templates=True)
    assert invoice.id is not None
    if changes:
        try:
            with ws.store.writing():  # all of it, or nothing
                for name in options.remove:
                    found = find_attachment(attachments_of(ws.store, invoice.id), name)
                    remove_attachment(ws.store, invoice.id, found)
                for name in options.files:
                    attach_file(ws.store, invoice.id, typed_path(name), private=ws.locations.data)
        except FacturierError as error:
            error.kept = error.kept or _("Its files were not changed.")
            raise
    files = attachments_of(ws.store, invoice.id)
    if options.json:
        shell.say_json([as_object(one) for one in files])
    else:
        for one in files:
            shell.say(f"{clean(one.name)}  {size_text(one.size)}")
    return DONE


def as_object(file: Attachment) -> dict[str, object]:
    return {"id": file.id, "name": file.name, "type": file.type, "size": file.size}
