"""facturier apply: apply a credit note to an invoice of the same customer."""

import argparse

from facturier.models.books.invoices import find_invoice, get_invoice
from facturier.models.payments.applying import apply_credit
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.models.text.money import Money, read_amount
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE
from facturier.tui.words.formatting import with_currency


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("credit", type=clean, metavar="CREDIT", help=_("the number of a credit note"))
    parser.add_argument("invoice", type=clean, metavar="INVOICE", help=_("an invoice number, or @id"))
    parser.add_argument("--amount", metavar="A", help=_("apply only this amount, such as 25.00"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=True)
    note, invoice = find_invoice(ws.store, options.credit), find_invoice(ws.store, options.invoice)
    amount = read_amount(options.amount, invoice.currency) if options.amount is not None else None
    applied, _on_note = apply_credit(ws.store, note.id or 0, invoice.id or 0, ws.today(), amount)
    left = -get_invoice(ws.store, note.id or 0).balance.minor
    balance = get_invoice(ws.store, invoice.id or 0).balance
    if options.json:
        shell.say_json(
            {
                "credit": note.number,
                "invoice": invoice.number,
                "currency": invoice.currency,
                "amount": applied.amount,
                "amount_text": Money(applied.amount, invoice.currency).plain(),
                "credit_left": left,
                "balance": balance.minor,
            }
        )
    else:
        words = _("{amount} of {credit} applied to {invoice}. Balance: {balance}.")
        figures = {
            "amount": with_currency(Money(applied.amount, invoice.currency)),
            "balance": with_currency(balance),
        }
        shell.say(words.format(credit=note.number, invoice=invoice.number, **figures))
    return DONE
