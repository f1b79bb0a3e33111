"""facturier rate: enter the exchange rate of an issued invoice in another currency that has none."""

import argparse

from facturier.mail.document.formatting import exchange
from facturier.models.books.exchange_rates import set_rate
from facturier.models.books.invoices import find_invoice
from facturier.models.text.clean import clean
from facturier.models.text.decimals import parse_rate, plain
from facturier.models.text.i18n import _, spoken
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", type=clean, metavar="REF", help=_("an invoice number, or @id"))
    per = _("what one unit of the invoice’s currency is worth in the company’s, such as 1.364")
    parser.add_argument("rate", metavar="RATE", help=per)
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=True)
    invoice = find_invoice(ws.store, options.ref)
    noted = set_rate(ws.store, invoice.id or 0, plain(parse_rate(options.rate)))
    home = ws.company().currency
    if options.json:
        shell.say_json(
            {"number": noted.number, "currency": noted.currency, "home": home, "exchange_rate": noted.exchange_rate}
        )
    else:
        rate = exchange(noted.exchange_rate, noted.currency, home, spoken())
        shell.say(_("{document}: {rate}.").format(document=noted.called_first, rate=rate))
    return DONE
