"""Customers: find, read, check, save."""

from dataclasses import replace
from typing import Any

from facturier.models.books.invoice import Customer
from facturier.models.errors import InputError
from facturier.models.store.damaged_rows import each, reading_row, text, whole
from facturier.models.store.store import Store
from facturier.models.text.dates import LONGEST
from facturier.models.text.i18n import LANGUAGES, _
from facturier.models.text.limits import ADDRESSES, NAME, TEXT, check_lengths
from facturier.models.text.search_text import fold

_COLUMNS = "id, name, contact, email, cc, bcc, address, language, terms, tax, currency"


def find_customers(store: Store, text: str = "", limit: int = 20) -> list[Customer]:
    """Customers whose name, contact or email contains `text`, those that begin with it first."""
    sought = fold(text)
    found = store.rows(
        f"SELECT {_COLUMNS} FROM customer WHERE instr(folded, ?) > 0 ORDER BY instr(folded, ?) != 1, folded LIMIT ?",
        sought,
        sought,
        limit,
    )
    return each(store, "customer", found, _customer)


def get_customer(store: Store, customer_id: int) -> Customer | None:
    row = store.row(f"SELECT {_COLUMNS} FROM customer WHERE id = ?", customer_id)
    with reading_row("customer", customer_id):
        return _customer(row) if row else None


def customer_named(store: Store, name: str) -> Customer | None:
    """The customer of exactly that name, whatever its case and accents; of several, the first."""
    return next(iter(customers_named(store, name)), None)


def customers_named(store: Store, name: str) -> list[Customer]:
    """The customers of exactly that name, whatever its case and accents, the first one first. There can be several: two
    windows may have made them at the same time."""
    folded = fold(name)
    # The name is what stands before the first line end; \x0b is the letter after that.
    found = store.rows(
        f"SELECT {_COLUMNS} FROM customer WHERE folded >= ? AND folded < ? ORDER BY id", f"{folded}\n", f"{folded}\x0b"
    )
    return each(store, "customer", found, _customer)


def _customer(row: tuple[Any, ...]) -> Customer:
    id_, *kept, terms, tax, currency = row
    name, contact, email, cc, bcc, address, language = map(text, kept)
    days = None if terms is None else whole(terms, 0, LONGEST)
    return Customer(id_, name, contact, email, cc, bcc, address, language, days, text(tax), text(currency))


def check_sizes(customer: Customer) -> None:
    """Raises InputError for a text that is too long to be kept."""
    check_lengths(
        (_("Customer"), customer.name, NAME),
        (_("Contact"), customer.contact, NAME),
        (_("Email"), customer.email, ADDRESSES),
        (_("Cc"), customer.cc, ADDRESSES),
        (_("Bcc"), customer.bcc, ADDRESSES),
        (_("Address"), customer.address, TEXT),
        (_("Tax"), customer.tax, NAME),
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
    values = (
        customer.name,
        customer.contact,
        customer.email,
        customer.cc,
        customer.bcc,
        customer.address,
        customer.language,
        customer.terms,
        customer.tax,
        customer.currency,
        "\n".join((fold(customer.name), fold(customer.contact), fold(customer.email))),
    )
    with store.writing():
        before = get_customer(store, customer.id) if customer.id is not None else None
        if customer.id is None:
            new = store.insert(
                "INSERT INTO customer (name, contact, email, cc, bcc, address, language, terms, tax, currency, folded)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *values,
            )
            return replace(customer, id=new)
        store.write(
            "UPDATE customer SET name = ?, contact = ?, email = ?, cc = ?, bcc = ?, address = ?, language = ?,"
            " terms = ?, tax = ?, currency = ?, folded = ? WHERE id = ?",
            *values,
            customer.id,
        )
        if before is not None:
            from facturier.models.books.drafts import follow_customer

            follow_customer(store, before, customer)
    return customer


def remember_currency(store: Store, customer_id: int | None, currency: str, usual: str) -> None:
    """A customer was billed in a currency, which the next invoice for them is proposed in. `usual` is the company's.
    Inside the transaction that issues the invoice."""
    store.write("UPDATE customer SET currency = ? WHERE id = ?", "" if currency == usual else currency, customer_id)
