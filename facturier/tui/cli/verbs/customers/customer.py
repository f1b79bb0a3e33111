"""facturier customer: one customer; archive, delete and merge."""

import argparse
from dataclasses import asdict

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Customer
from facturier.models.chasing.silence import are_off_for, turn_customer
from facturier.models.customers.figures import Figures, read_figures
from facturier.models.customers.history import invoice_count
from facturier.models.customers.merge import merge_customers
from facturier.models.customers.upkeep import archive_customer, delete_customer, find_customer
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.cli.verbs.customers.customers import as_line, as_object
from facturier.tui.terminal.exit_status import DONE


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("customer", type=clean, metavar="CUSTOMER", help=_("a name, or @id"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))
    act = parser.add_mutually_exclusive_group()
    act.add_argument("--archive", action="store_true", help=_("do not propose this customer for new invoices"))
    act.add_argument("--unarchive", action="store_true", help=_("propose this customer again"))
    act.add_argument("--delete", action="store_true", help=_("delete this customer, who has no invoice"))
    act.add_argument(
        "--reminders", choices=("on", "off"), help=_("turn the reminders of all this customer’s invoices on or off")
    )
    act.add_argument(
        "--merge",
        type=clean,
        metavar="OTHER",
        help=_("give the invoices of OTHER (a name, or @id) to this customer, then delete OTHER"),
    )


def run(options: argparse.Namespace, shell: Shell) -> int:
    acting = options.archive or options.unarchive or options.delete or options.merge is not None or options.reminders
    ws = shell.workspace(looking=not acting)
    customer = find_customer(ws.store, options.customer)
    customer_id = customer.id
    assert customer_id is not None
    if options.delete:
        delete_customer(ws.store, customer_id)
    elif options.reminders:
        turn_customer(ws.store, customer_id, off=options.reminders == "off")
    elif options.archive or options.unarchive:
        customer = archive_customer(ws.store, customer_id, archived=options.archive)
    elif options.merge is not None:
        other = find_customer(ws.store, options.merge)
        assert other.id is not None
        customer = merge_customers(ws.store, customer_id, other.id)
    if options.json:
        shell.say_json(_as_object(ws, customer))
    elif options.delete:
        shell.say(_("“{name}” was deleted.").format(name=customer.name))
    else:
        _say(ws, customer, shell)
    return DONE


def _figures(ws: Workspace, customer: Customer) -> Figures:
    assert customer.id is not None
    return read_figures(ws.store, ws.today(), customer.id).get(customer.id, Figures())


def _as_object(ws: Workspace, customer: Customer) -> dict[str, object]:
    assert customer.id is not None
    count = invoice_count(ws.store, customer.id)
    return {
        **asdict(customer),
        **as_object(customer, _figures(ws, customer)),
        "invoices": count,
        "reminders": not are_off_for(ws.store, customer.id),
    }


def _say(ws: Workspace, customer: Customer, shell: Shell) -> None:
    shell.say(as_line(customer, _figures(ws, customer)))
    if are_off_for(ws.store, customer.id or 0):
        shell.say(f"{'reminders':16}  off")
    for name, value in asdict(customer).items():
        if name == "contacts":
            for contact in customer.contacts:
                parts = (contact.name, contact.email, contact.telephone, str(contact.copy))
                shell.say(f"{'contact':16}  {', '.join(filter(None, parts))}")
        elif value not in ("", None, False) and name not in ("id", "name", "email"):
            shell.say(f"{name:16}  {str(value).replace(chr(10), ', ')}")
