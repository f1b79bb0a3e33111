"""Customers: find, read, check, save."""

from dataclasses import asdict, replace
from typing import Any

from facturier.models.books.invoice import Customer
from facturier.models.errors import InputError
from facturier.models.store import sqlite, tables
from facturier.models.store.prepared import Prepared, slot, slots
from facturier.models.store.store import Store
from facturier.models.text.dates import LONGEST
from facturier.models.text.i18n import LANGUAGES, N_, _
from facturier.models.text.limits import ADDRESSES, NAME, TEXT, check_lengths
from facturier.models.text.search_text import fold

_customer = tables.Customer
_KEPT = (
    _customer.name,
    _customer.contact,
    _customer.email,
    _customer.cc,
    _customer.bcc,
    _customer.address,
    _customer.language,
    _customer.terms,
    _customer.tax,
    _customer.currency,
)


def _customers() -> Any:
    return _customer.select(_customer.id, *_KEPT).objects(Customer)


def _containing() -> Any:
    sought: Any = slot(_customer.folded)
    begins = sqlite.begins_with(_customer.folded, sought)
    found = _customers().where(sqlite.contains(_customer.folded, sought))
    return found.order_by(begins.desc(), _customer.folded).limit(slot(_customer.id, "limit"))


def _between() -> Any:
    least, most = slot(_customer.folded, "least"), slot(_customer.folded, "most")
    return _customers().where(_customer.folded >= least, _customer.folded < most).order_by(_customer.id)


_find = Prepared(_containing)
_by_id = Prepared(lambda: _customers().where(_customer.id == slot(_customer.id)))
_named = Prepared(_between)
_insert = Prepared(lambda: _customer.insert(slots(*_KEPT, _customer.folded)))
_update = Prepared(lambda: _customer.update(slots(*_KEPT, _customer.folded)).where(_customer.id == slot(_customer.id)))


def find_customers(store: Store, text: str = "", limit: int = 20) -> list[Customer]:
    """Customers whose name, contact or email contains `text`, those that begin with it first."""
    return store.all(_find(folded=fold(text), limit=limit))


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
    folded = fold(name)
    # The name is what stands before the first line end; \x0b is the letter after that.
    return store.all(_named(least=f"{folded}\n", most=f"{folded}\x0b"))


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
    )


def check_name(name: str) -> None:
    """Raises InputError where there is none."""
    if not name.strip():
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
    """The customer with the currency in capitals. Raises InputError for what a customer cannot be: the rules of the
    screen, of `facturier draft` and of every import."""
    from facturier.models.text.addresses import parse_addresses
    from facturier.models.text.decimals import parse_currency

    check_name(customer.name)
    check_sizes(customer)
    check_language(customer.language)
    for addresses in (customer.email, customer.cc, customer.bcc):
        parse_addresses(addresses)
    if customer.terms is not None and not 0 <= customer.terms <= LONGEST:
        raise InputError(_("Terms can be at most {days} days.").format(days=LONGEST))
    return replace(customer, currency=parse_currency(customer.currency)) if customer.currency else customer


def save_customer(store: Store, customer: Customer) -> Customer:
    """Keep a new or changed customer; what comes back has its id. Their drafts take on what changed.

    Raises InputError without a name and for a text that is too long.
    """
    check_name(customer.name)
    check_sizes(customer)
    values = asdict(customer)
    values["folded"] = "\n".join((fold(customer.name), fold(customer.contact), fold(customer.email)))
    with store.writing():
        if customer.id is None:
            return replace(customer, id=store.run(_insert(**values)))
        before = get_customer(store, customer.id)
        store.run(_update(**values))
        if before is not None:
            from facturier.models.books.drafts import follow_customer

            follow_customer(store, before, customer)
    return customer


def remember_currency(store: Store, customer_id: int | None, currency: str, usual: str) -> None:
    """A customer was billed in a currency, which the next invoice for them is proposed in. `usual` is the company's.
    Inside the transaction that issues the invoice."""
    kept = "" if currency == usual else currency
    store.run(_customer.update(currency=kept).where(_customer.id == customer_id))
