"""Find, read, check and write customers."""

import re
from dataclasses import asdict, fields, replace
from typing import Any

from peewee import fn

from facturier.models.books.contacts import Contact, copied, older_contacts, read_contacts
from facturier.models.books.invoice import Customer
from facturier.models.books.journal import write_booking
from facturier.models.errors import InputError
from facturier.models.store import sqlite, tables
from facturier.models.store.prepared import Prepared, slot, slots
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.dates.dates import LONGEST
from facturier.models.text.i18n import LANGUAGES, N_, _
from facturier.models.text.limits import ADDRESSES, CONTACTS, NAME, TEXT, check_lengths
from facturier.models.text.search_text import fold

_customer, _journal = tables.Customer, tables.Journal
# Every field of a customer but its id is a column of the same name.
_KEPT = tuple(getattr(_customer, field.name) for field in fields(Customer) if field.name != "id")
_POSTAL = ("street", "city", "region", "postcode", "country")


def _customers() -> Any:
    return _customer.select(_customer.id, *_KEPT).objects(_made)


def _made(contacts: Any, **columns: Any) -> Customer:
    return Customer(contacts=read_contacts(contacts), **columns)


def _containing() -> Any:
    sought: Any = slot(_customer.folded)
    begins = sqlite.begins_with(_customer.folded, sought)
    found = _customers().where(sqlite.contains(_customer.folded, sought), _customer.archived == sqlite.literal(0))
    return found.order_by(begins.desc(), _customer.folded).limit(slot(_customer.id, "limit"))


def _between() -> Any:
    least, most = slot(_customer.folded, "least"), slot(_customer.folded, "most")
    return _customers().where(_customer.folded >= least, _customer.folded < most).order_by(_customer.id)


_find = Prepared(_containing)
_by_id = Prepared(lambda: _customers().where(_customer.id == slot(_customer.id)))
_named = Prepared(_between)
_insert = Prepared(lambda: _customer.insert(slots(_customer.id, *_KEPT, _customer.folded)))
_last_id = Prepared(lambda: _customer.select(fn.MAX(_customer.id)))
_last_told = Prepared(lambda: _journal.select(fn.MAX(_journal.customer_id)).where(_journal.customer_id.is_null(False)))
_update = Prepared(lambda: _customer.update(slots(*_KEPT, _customer.folded)).where(_customer.id == slot(_customer.id)))


def find_customers(store: Store, text: str = "", limit: int = 20) -> list[Customer]:
    """Customers whose name, contacts, addresses or telephone contain `text`, those whose name begins with it first.
    Archived customers are not included."""
    return store.all(_find(folded=fold(text), limit=limit))


def all_customers(store: Store) -> list[Customer]:
    """Every customer, archived ones too, the first one first."""
    return store.all(_customers().order_by(_customer.id))


def get_customer(store: Store, customer_id: int) -> Customer | None:
    """Raises DamagedRow."""
    found: Customer | None = store.first(_by_id(id=customer_id))
    return found


def customer_named(store: Store, name: str) -> Customer | None:
    """The customer of exactly that name, whatever its case and accents; of several, the first."""
    return next(iter(customers_named(store, name)), None)


def customers_named(store: Store, name: str) -> list[Customer]:
    """The customers of exactly that name, whatever its case and accents, the first one first. There can be several: two
    windows may have made them at the same time."""
    return _exactly(store, name) or _exactly(store, one_name(name))


def _exactly(store: Store, name: str) -> list[Customer]:
    folded = fold(name)
    # The name ends at the first line end; \x0b is the next character after a line end.
    return store.all(_named(least=f"{folded}\n", most=f"{folded}\x0b"))


def one_name(text: str) -> str:
    """Return the name of a customer without double spaces, which nobody sees: it would be another customer."""
    return re.sub(r"\s{2,}", " ", clean(text))


def check_sizes(customer: Customer) -> None:
    """Raises InputError for a text that is too long to be kept."""
    check_lengths(
        (N_("Customer"), customer.name, NAME),
        (N_("Contact"), customer.contact, NAME),
        (N_("Email"), customer.email, ADDRESSES),
        (N_("Cc"), customer.cc, ADDRESSES),
        (N_("Bcc"), customer.bcc, ADDRESSES),
        (N_("Address"), customer.address, TEXT),
        (N_("Tax"), customer.tax, NAME),
        (N_("Telephone"), customer.telephone, NAME),
        (N_("Street"), customer.street, TEXT),
        (N_("City"), customer.city, NAME),
        (N_("Province"), customer.region, NAME),
        (N_("Postal code"), customer.postcode, NAME),
        (N_("Ship to"), customer.ship_to, TEXT),
        (N_("Notes"), customer.notes, TEXT),
    )
    if len(customer.contacts) > CONTACTS:
        raise InputError(_("A customer can have at most {most} contacts.").format(most=CONTACTS))
    for contact in customer.contacts:
        check_lengths((N_("Contact"), contact.name, NAME), (N_("Telephone"), contact.telephone, NAME))


def check_name(name: str) -> None:
    """Raises InputError if there is no name, or only characters that are not kept."""
    if not clean(name):
        raise InputError(_("A customer needs a name."))


def check_language(language: str) -> None:
    """Raises InputError for one that Facturier does not speak; none is the company's own."""
    if language and language not in LANGUAGES:
        raise InputError(
            _("Unknown language “{language}”. Available: {known}.").format(
                language=language, known=", ".join(LANGUAGES)
            )
        )


def check_customer(customer: Customer) -> Customer:
    """The customer with codes and numbers as they are kept. Raises InputError for what a customer cannot be: the rules
    of the screen, of `facturier draft` and of every import."""
    from facturier.models.text.addresses import parse_addresses
    from facturier.models.text.dates.terms import check_rule
    from facturier.models.text.decimals import parse_currency
    from facturier.models.text.postal import parse_country
    from facturier.models.text.tax_numbers import check_business_number, check_qst_number, check_vat_id

    check_name(customer.name)
    check_sizes(customer)
    check_language(customer.language)
    for addresses in (customer.email, customer.cc, customer.bcc, *(contact.email for contact in customer.contacts)):
        parse_addresses(addresses)
    if customer.terms is not None and not 0 <= customer.terms <= LONGEST:
        raise InputError(_("Terms can be at most {days} days.").format(days=LONGEST))
    check_rule(customer.terms_rule)
    return replace(
        customer,
        currency=parse_currency(customer.currency) if customer.currency else "",
        country=parse_country(customer.country),
        business_number=check_business_number(customer.business_number),
        qst_number=check_qst_number(customer.qst_number),
        vat_id=check_vat_id(customer.vat_id),
    )


def contacts_of(customer: Customer) -> tuple[Contact, ...]:
    """The contacts of a customer, also of one who was kept before there were contacts."""
    return customer.contacts or older_contacts(customer.contact, customer.email, customer.cc, customer.bcc)


def with_copied(store: Store, customer: Customer) -> Customer:
    """The customer with what an invoice copies derived from its contacts and from the parts of its address."""
    if customer.contacts:
        derived: dict[str, Any] = copied(customer.contacts)
        customer = replace(customer, **derived)
    if customer.street or customer.city:
        from facturier.models.settings.settings import read_company
        from facturier.models.text.postal import postal_address

        company = read_company(store)
        parts = {name: getattr(customer, name) for name in _POSTAL}
        language = customer.language or company.language
        customer = replace(customer, address=postal_address(**parts, language=language, currency=company.currency))
    return customer


def with_present_vat_id(store: Store, customer: Customer) -> Customer:
    """Return the customer of a draft with the VAT id that the customer has now. Nobody enters one in a draft."""
    known = get_customer(store, customer.id) if customer.id is not None else None
    return replace(customer, vat_id=known.vat_id) if known is not None else customer


def add_customer(store: Store, customer: Customer, *, imported_from: str = "") -> Customer:
    """Save a new customer. Return it with its id and what an invoice copies (see `with_copied`). `imported_from` is the
    name of the file for the history.

    Raises InputError if the name is missing or a text is too long.
    """
    customer = _checked(store, customer)
    with store.writing():
        # The id of a customer who was merged is not given again: another window may still have that customer.
        last = max(store.value(_last_id()) or 0, store.value(_last_told()) or 0)
        customer = replace(customer, id=last + 1)
        store.run(_insert(**_values(customer)))
        if imported_from:
            write_booking(store, "customer_imported", customer.id, None, file=imported_from)
        else:
            write_booking(store, "customer_created", customer.id, None)
    return customer


def put_back_customer(store: Store, customer: Customer) -> Customer:
    """Save a customer who was deleted with the same id. Inside the transaction that checks that the id is free."""
    store.run(_insert(**_values(customer)))
    return customer


def change_customer(store: Store, customer: Customer) -> Customer:
    """Save a changed customer, as `add_customer` does. `facturier.models.customers.saving` updates the drafts too."""
    customer = _checked(store, customer)
    with store.writing():
        store.run(_update(**_values(customer)))
    return customer


def _checked(store: Store, customer: Customer) -> Customer:
    check_name(customer.name)
    customer = replace(customer, name=one_name(customer.name))
    customer = with_copied(store, replace(customer, contacts=tuple(filter(None, customer.contacts))))
    check_sizes(customer)
    return customer


def _values(customer: Customer) -> dict[str, Any]:
    return {**asdict(customer), "folded": _folded(customer)}


def _folded(customer: Customer) -> str:
    # The name is its first line: see `customers_named`.
    texts = [customer.name, customer.contact, customer.email, customer.telephone]
    for contact in customer.contacts:
        texts += [contact.name, contact.email, contact.telephone]
    return "\n".join((fold(texts[0]), *(fold(text) for text in dict.fromkeys(texts[1:]) if text), ""))


def remember_currency(store: Store, customer_id: int | None, currency: str, usual: str) -> None:
    """A customer was billed in a currency, which the next invoice for them is proposed in. `usual` is the company's.
    Inside the transaction that issues the invoice."""
    kept = "" if currency == usual else currency
    store.run(_customer.update(currency=kept).where(_customer.id == customer_id))
