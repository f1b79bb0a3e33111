"""facturier credit: create a draft credit note for an invoice."""

import argparse

from facturier.models.books.invoices import find_invoice
from facturier.models.drafts.credit_notes import Part, credit_invoice
from facturier.models.errors import InputError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.models.text.money import Money, read_amount
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, WRONG_USAGE
from facturier.tui.words.formatting import with_currency


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", type=clean, metavar="REF", help=_("an invoice number, or @id"))
    parser.add_argument("--lines", metavar="1,3", help=_("credit only these lines, counted from 1"))
    parser.add_argument("--amount", metavar="A", help=_("credit only this amount, taxes included, such as 25.00"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    if options.lines is not None and options.amount is not None:
        shell.tell(_("Give either --lines or --amount."))
        return WRONG_USAGE
    ws = shell.workspace(looking=True)
    invoice = find_invoice(ws.store, options.ref)
    note = credit_invoice(
        ws.store,
        invoice.id or 0,
        ws.today(),
        {place: Part() for place in line_places(options.lines)} if options.lines is not None else None,
        amount=read_amount(options.amount, invoice.currency) if options.amount is not None else None,
    )
    if options.json:
        shell.say_json(
            {"id": note.id, "invoice": invoice.id, "total": note.total.minor, "total_text": note.total.plain()}
        )
    else:
        amount = with_currency(Money(-note.total.minor, note.currency))
        words = _("{ref}: draft credit note for {amount}. Send it with: facturier send {ref}")
        shell.say(words.format(ref=note.ref, amount=amount))
    return DONE


def line_places(lines: str) -> list[int]:
    """Return the places of the chosen lines, from 0. Raises InputError."""
    numbers = [number.strip() for number in lines.split(",")]
    if not all(number.isdecimal() and len(number) < 6 and int(number) for number in numbers):
        raise InputError(_("“{text}” is not a list of line numbers such as 1,3.").format(text=clean(lines)))
    return [int(number) - 1 for number in numbers]
