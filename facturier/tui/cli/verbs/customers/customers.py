"""facturier customers: the customers, and what each of them owes."""

import argparse
from datetime import date

from facturier.models.books.customers import get_customer
from facturier.models.books.invoice import Customer
from facturier.models.customers.customer_list import customer_ids
from facturier.models.customers.figures import Figures, read_figures
from facturier.models.customers.merge import duplicates
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--search", type=clean, default="", metavar="TEXT", help=_("only customers that contain this text")
    )
    parser.add_argument("--archived", action="store_true", help=_("archived customers, too"))
    parser.add_argument(
        "--duplicates", action="store_true", help=_("only customers who may be the same: one name, or one address")
    )
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    store = (ws := shell.workspace(looking=True)).store
    with store.reading():
        ids = customer_ids(store, options.search, archived=options.archived)
        if options.duplicates:
            kept = {*ids}
            ids = [one for group in duplicates(store) for one in group if one in kept]
        figures = read_figures(store, ws.today())
        found = [(customer, figures.get(one, Figures())) for one in ids if (customer := get_customer(store, one))]
    if options.json:
        shell.say_json([as_object(customer, owes) for customer, owes in found])
    else:
        for customer, owes in found:
            shell.say(as_line(customer, owes))
    return DONE


def as_object(customer: Customer, figures: Figures) -> dict[str, object]:
    """A customer for programs in short: amounts in minor units, and as decimal text beside them."""
    return {
        "id": customer.id,
        "name": customer.name,
        "email": customer.email,
        "archived": customer.archived,
        "balances": [
            {
                "currency": balance.currency,
                "owed": balance.owed,
                "owed_text": Money(balance.owed, balance.currency).plain(),
                "overdue": balance.overdue,
                "overdue_text": Money(balance.overdue, balance.currency).plain(),
                "not_sent": balance.not_sent,
                "credit": balance.credit,
                "credit_text": Money(balance.credit, balance.currency).plain(),
                "not_sent_text": Money(balance.not_sent, balance.currency).plain(),
            }
            for balance in figures.balances
        ],
        "last_invoice": _day(figures.last),
    }


def as_line(customer: Customer, figures: Figures) -> str:
    owed = ", ".join(
        f"{Money(balance.owed, balance.currency).text(spoken())} {balance.currency}" for balance in figures.balances
    )
    parts = (f"@{customer.id:<6}", f"{customer.name[:32]:32}", f"{owed:>18}", _day(figures.last) or "", customer.email)
    return "  ".join(parts).rstrip()


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
