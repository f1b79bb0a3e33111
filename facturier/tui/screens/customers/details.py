"""What is known of a customer, in words."""

from collections.abc import Iterator

from rich.text import Text

from facturier.models.books.contacts import Contact, Copy
from facturier.models.books.customers import contacts_of
from facturier.models.books.invoice import Customer
from facturier.models.customers.figures import Figures
from facturier.models.settings.tax import tax_names
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.dates.terms import Terms, terms_text
from facturier.models.text.i18n import LANGUAGES, N_, _, spoken
from facturier.models.text.money import Money
from facturier.tui.themes.theme import BOLD, ERROR, QUIET
from facturier.tui.words.formatting import with_currency

_COPIES = {Copy.TO: N_("To"), Copy.CC: N_("Cc"), Copy.BCC: N_("Bcc")}
_LABEL = 14  # cells


def balance_line(figures: Figures) -> Text:
    """What is owed, a line for each currency."""
    parts = []
    for currency, owed, overdue, not_sent, credit in figures.balances:
        part = Text.assemble((_("Owed"), QUIET), " ", (with_currency(Money(owed, currency)), BOLD))
        more = (_("Overdue"), overdue, ERROR), (_("Not sent"), not_sent, ""), (_("Credit"), credit, "")
        for label, minor, style in more:
            if minor:
                part.append(f"   {label} {with_currency(Money(minor, currency))}", style)
        parts.append(part)
    return Text("\n").join(parts) if parts else Text(_("Nothing is owed."), QUIET)


def customer_details(customer: Customer) -> Text:
    """The fields that are filled in, a line each."""
    return Text("\n").join(
        Text.assemble((f"{label:{_LABEL}}", QUIET), words) for label, words in _lines(customer) if words
    )


def _lines(customer: Customer) -> Iterator[tuple[str, str]]:
    yield _("Telephone"), clean(customer.telephone)
    for place, contact in enumerate(contacts_of(customer)):
        yield "" if place else _("Contacts"), _contact(contact)
    yield _("Address"), ", ".join(clean(line) for line in clean_lines(customer.address).split("\n") if line.strip())
    yield _("Ship to"), ", ".join(clean(line) for line in clean_lines(customer.ship_to).split("\n") if line.strip())
    usual = (
        "" if customer.terms is None else terms_text(Terms(customer.terms, customer.terms_rule)),
        customer.currency,
        clean(tax_names(customer.tax, spoken())),
        LANGUAGES.get(customer.language, ""),
    )
    yield _("Invoices"), ", ".join(filter(None, usual))
    numbers = (customer.business_number, customer.qst_number, customer.vat_id)
    yield _("Tax numbers"), ", ".join(clean(number) for number in numbers if number)
    yield _("Notes"), clean(customer.notes)


def _contact(contact: Contact) -> str:
    words = f"{clean(contact.name)}  {clean(contact.email)}  {clean(contact.telephone)}"
    copy = f"  ({_(_COPIES[contact.copy])})" if contact.copy in _COPIES else ""
    return " ".join(part for part in (*words.split("  "), copy.strip()) if part)
