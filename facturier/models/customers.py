"""Customers: find, read, save."""

from dataclasses import replace
from typing import Any

from facturier.models.errors import InputError
from facturier.models.fold import fold, like
from facturier.models.invoice import Customer
from facturier.models.language import _
from facturier.models.reading import each, reading_row, text, whole
from facturier.models.store import Store

_COLUMNS = "id, name, contact, email, cc, bcc, address, language, terms, tax"


def find_customers(store: Store, text: str = "", limit: int = 20) -> list[Customer]:
    """Customers whose name, contact or email contains `text`, those that begin with it first."""
    found = store.rows(
        f"SELECT {_COLUMNS} FROM customer WHERE folded LIKE ? ESCAPE '\\'"
        " ORDER BY folded NOT LIKE ? ESCAPE '\\', folded LIMIT ?",
        like(text),
        like(text)[1:],
        limit,
    )
    return each(store, "customer", found, _customer)


def get_customer(store: Store, customer_id: int) -> Customer | None:
    row = store.row(f"SELECT {_COLUMNS} FROM customer WHERE id = ?", customer_id)
    with reading_row("customer", customer_id):
        return _customer(row) if row else None


def customer_named(store: Store, name: str) -> Customer | None:
    """The customer of exactly that name, whatever its case and accents."""
    row = store.row(f"SELECT {_COLUMNS} FROM customer WHERE folded LIKE ? ESCAPE '\\'", f"{like(name)[1:-1]}\n%")
    with reading_row("customer", name):
        return _customer(row) if row else None


def _customer(row: tuple[Any, ...]) -> Customer:
    id_, *kept, terms, tax = row
    name, contact, email, cc, bcc, address, language = map(text, kept)
    days = None if terms is None else whole(terms, 0, 36_525)
    return Customer(id_, name, contact, email, cc, bcc, address, language, days, text(tax))


def save_customer(store: Store, customer: Customer) -> Customer:
    """Keep a new or changed customer; what comes back has its id. Raises InputError without a name."""
    if not customer.name:
        raise InputError(_("A customer needs a name."))
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
        "\n".join((fold(customer.name), fold(customer.contact), fold(customer.email))),
    )
    with store.writing():
        if customer.id is None:
            new = store.insert(
                "INSERT INTO customer (name, contact, email, cc, bcc, address, language, terms, tax, folded)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *values,
            )
            return replace(customer, id=new)
        store.write(
            "UPDATE customer SET name = ?, contact = ?, email = ?, cc = ?, bcc = ?, address = ?, language = ?,"
            " terms = ?, tax = ?, folded = ? WHERE id = ?",
            *values,
            customer.id,
        )
    return customer
