"""facturier duplicate: create drafts with the customer and lines of other invoices."""

import argparse

from facturier.models.books.invoices import find_invoice
from facturier.models.drafts.drafts import copy_invoice
from facturier.models.errors import FacturierError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, labelled
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED
from facturier.tui.words.formatting import with_currency


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refs", nargs="+", type=clean, metavar="REF", help=_("an invoice number, or @id"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=True)
    status, objects = DONE, []
    for ref in dict.fromkeys(options.refs):
        try:
            source = find_invoice(ws.store, ref)
            draft = copy_invoice(ws.store, source.id or 0, ws.today())
        except FacturierError as error:
            shell.tell(labelled(ref, error))
            status = REFUSED
            continue
        total = draft.total
        objects.append(
            {
                "id": draft.id,
                "source": source.id,
                "customer": draft.customer.name,
                "total": total.minor,
                "total_text": total.plain(),
            }
        )
        if not options.json:
            words = _("{ref}: draft for {customer}, {amount}.")
            customer = clean(draft.customer.name) or _("an unnamed customer")
            shell.say(words.format(ref=draft.ref, customer=customer, amount=with_currency(total)))
    if options.json:
        shell.say_json(objects)
    return status
