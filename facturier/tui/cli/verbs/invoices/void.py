"""facturier void: void issued invoices that the customer does not have."""

import argparse

from facturier.models.books.invoices import find_invoice, get_invoice
from facturier.models.errors import FacturierError
from facturier.models.payments.voiding import void_invoice
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, labelled
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refs", nargs="+", type=clean, metavar="REF", help=_("an invoice number, or @id"))
    parser.add_argument("--reason", type=clean, required=True, metavar="TEXT", help=_("saved in the history"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    store = shell.workspace(looking=True).store
    status, objects = DONE, []
    for ref in dict.fromkeys(options.refs):
        try:
            invoice_id = find_invoice(store, ref).id or 0
            void_invoice(store, invoice_id, options.reason)
            voided = get_invoice(store, invoice_id)
        except FacturierError as error:
            shell.tell(labelled(ref, error))
            status = REFUSED
            continue
        objects.append({"id": voided.id, "number": voided.number, "status": str(voided.book_status)})
        if not options.json:
            shell.say(_("{ref}: void. Its number is not used again.").format(ref=ref))
    if options.json:
        shell.say_json(objects)
    return status
