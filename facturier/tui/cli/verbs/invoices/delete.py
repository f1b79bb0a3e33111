"""facturier delete: delete drafts."""

import argparse

from facturier.models.books.invoices import find_invoice
from facturier.models.errors import FacturierError
from facturier.models.issuing.deleting import delete_draft
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, labelled
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refs", nargs="+", type=clean, metavar="REF", help=_("@ and the id of a draft"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    store = shell.workspace(looking=True).store
    status, objects = DONE, []
    for ref in dict.fromkeys(options.refs):
        try:
            draft = find_invoice(store, ref)
            delete_draft(store, draft.id or 0)
        except FacturierError as error:
            shell.tell(labelled(ref, error))
            status = REFUSED
            continue
        objects.append({"id": draft.id, "customer": draft.customer.name})
        if not options.json:
            shell.say(_("{ref}: deleted.").format(ref=ref))
    if options.json:
        shell.say_json(objects)
    return status
