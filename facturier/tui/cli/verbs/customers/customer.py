"""facturier customer: show, create or change a customer; archive, delete and merge."""

import argparse
from dataclasses import asdict, replace
from typing import Any

from facturier.mail.vault.schedule_approval import keeping_approval
from facturier.mail.workspace import Workspace
from facturier.models.books.contacts import Copy, with_address
from facturier.models.books.customers import check_customer, contacts_of, customers_named
from facturier.models.books.invoice import Customer
from facturier.models.chasing.silence import are_off_for, turn_customer
from facturier.models.customers.figures import Figures, read_figures
from facturier.models.customers.history import invoice_count
from facturier.models.customers.merge import merge_customers
from facturier.models.customers.saving import save_customer
from facturier.models.customers.upkeep import archive_customer, delete_customer, find_customer
from facturier.models.errors import InputError
from facturier.models.settings.tax import check_tax
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.dates.terms import Terms, parse_terms, terms_text
from facturier.models.text.i18n import N_, _
from facturier.tui.cli.shell import Shell
from facturier.tui.cli.verbs.customers.customers import as_line, as_object
from facturier.tui.terminal.exit_status import DONE, WRONG_USAGE
from facturier.tui.words.columns import column_words

_POSTAL = ("street", "city", "region", "postcode", "country")
_TEXTS = (*_POSTAL, "telephone", "language", "currency", "business_number", "qst_number", "vat_id", "ship_to", "notes")
_CONTACTS = {"contact": (Copy.TO, "name"), "email": (Copy.TO, "email"), "cc": (Copy.CC, "email")} | {
    "bcc": (Copy.BCC, "email")
}
# The options that change a customer, with their placeholders and help.
_FIELDS = {
    "contact": ("NAME", N_("the person who receives the emails")),
    "email": ("ADDRESSES", N_("email addresses, separated by commas")),
    "cc": ("ADDRESSES", N_("addresses that get a copy")),
    "bcc": ("ADDRESSES", N_("addresses that get a blind copy")),
    "telephone": ("TEXT", N_("the telephone number")),
    "address": ("TEXT", N_("the address as it is printed, instead of its parts")),
    "street": ("TEXT", N_("the street and number")),
    "city": ("TEXT", N_("the city")),
    "region": ("TEXT", N_("the province or state")),
    "postcode": ("TEXT", N_("the postal code")),
    "country": ("COUNTRY", N_("the country, such as CA")),
    "ship_to": ("TEXT", N_("the shipping address")),
    "language": ("en|fr", N_("the language of invoices and emails")),
    "currency": ("CURRENCY", N_("the currency of new invoices")),
    "terms": ("TERMS", N_("payment terms, such as 30 or “2/10 net 30”")),
    "tax": ("TAX", N_("the default tax, such as GST+QST")),
    "business_number": ("TEXT", N_("the business number of the Canada Revenue Agency")),
    "qst_number": ("TEXT", N_("the QST number")),
    "vat_id": ("TEXT", N_("the VAT ID")),
    "notes": ("TEXT", N_("private notes, never printed")),
}
_LINES = ("address", "street", "ship_to", "notes")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("customer", type=clean, metavar="CUSTOMER", help=_("a name, or @id"))
    parser.add_argument("--new", action="store_true", help=_("create the customer"))
    parser.add_argument("--rename", type=clean, metavar="NAME", help=_("give the customer another name"))
    for name, (placeholder, about) in _FIELDS.items():
        read = clean_lines if name in _LINES else clean
        parser.add_argument(f"--{name.replace('_', '-')}", type=read, metavar=placeholder, help=_(about))
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
    typed = {name: text for name in _FIELDS if (text := getattr(options, name)) is not None}
    changing = bool(typed) or options.new or options.rename is not None
    acting = options.archive or options.unarchive or options.delete or options.merge is not None or options.reminders
    if changing and acting:
        shell.tell(_("Change the customer first, then archive, delete or merge."))
        return WRONG_USAGE
    ws = shell.workspace(looking=not (acting or changing))
    customer = _save(ws, options, typed) if changing else _act(ws, options)
    if options.json:
        shell.say_json(_as_object(ws, customer))
    elif options.delete:
        shell.say(_("“{name}” was deleted.").format(name=customer.name))
    else:
        _say(ws, customer, shell)
    return DONE


def _act(ws: Workspace, options: argparse.Namespace) -> Customer:
    customer = find_customer(ws.store, options.customer)
    customer_id = customer.id
    assert customer_id is not None
    if options.delete:
        delete_customer(ws.store, customer_id)
    elif options.reminders:
        turn_customer(ws.store, customer_id, off=options.reminders == "off")
    elif options.archive or options.unarchive:
        return archive_customer(ws.store, customer_id, archived=options.archive)
    elif options.merge is not None:
        other = find_customer(ws.store, options.merge)
        assert other.id is not None
        return merge_customers(ws.store, customer_id, other.id)
    return customer


def _save(ws: Workspace, options: argparse.Namespace, typed: dict[str, str]) -> Customer:
    """Create or change a customer. Raises InputError."""
    with keeping_approval(ws), ws.store.writing():  # templates of recurring invoices follow
        before = Customer(name=options.customer) if options.new else find_customer(ws.store, options.customer)
        name = options.rename if options.rename is not None else before.name
        if (options.new or options.rename is not None) and (
            known := [one for one in customers_named(ws.store, name) if one.id != before.id]
        ):
            raise InputError(_("A customer named “{name}” already exists.").format(name=known[0].name))
        return save_customer(ws.store, check_customer(_changed(ws, replace(before, name=name), typed)))


def _changed(ws: Workspace, customer: Customer, typed: dict[str, str]) -> Customer:
    said: dict[str, Any] = {name: typed[name] for name in _TEXTS if name in typed}
    if "address" in typed:
        said |= {"address": typed["address"], **{name: typed.get(name, "") for name in _POSTAL}}
    if "tax" in typed:
        said["tax"] = check_tax(typed["tax"], {rate.code: rate for rate in ws.company().rates})
    if "terms" in typed:
        terms = parse_terms(typed["terms"]) if typed["terms"] else None
        said |= {"terms": terms.days if terms else None, "terms_rule": terms.rule if terms else ""}
    contacts = contacts_of(customer)
    for name, (copy, part) in _CONTACTS.items():
        if name in typed:
            contacts = with_address(contacts, copy, **{part: typed[name]})
    if contacts != contacts_of(customer):
        said["contacts"] = contacts
        if not contacts:  # nothing derives these from the contacts any more
            said |= dict.fromkeys(_CONTACTS, "")
    return replace(customer, **said)


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
    def row(name: str, text: str) -> None:
        shell.say(f"{name:16}  {text}")

    shell.say(as_line(customer, _figures(ws, customer)))
    if are_off_for(ws.store, customer.id or 0):
        row(_("Reminders"), _("off"))
    terms = "" if customer.terms is None else terms_text(Terms(customer.terms, customer.terms_rule))
    for name, value in (asdict(customer) | {"terms": terms}).items():
        if name == "contacts":
            for contact in customer.contacts:
                parts = (contact.name, contact.email, contact.telephone, str(contact.copy))
                row(_("Contact"), ", ".join(filter(None, parts)))
        elif value not in ("", None, False) and name not in ("id", "name", "email", "terms_rule"):
            row(column_words(name)[0], _("Yes") if value is True else str(value).replace("\n", ", "))
