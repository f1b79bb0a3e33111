"""Invoices: read one, by its number or id."""

import json
from collections.abc import Collection
from datetime import date

from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.sent import STATE
from facturier.models.books.status import BookStatus, State
from facturier.models.errors import NoSuchInvoice
from facturier.models.settings.tax import Line, read_rates
from facturier.models.store.damaged_rows import reading_row, text, whole
from facturier.models.store.store import Store
from facturier.models.text.clean import from_json
from facturier.models.text.i18n import _

_TERMS = 36_525  # days
_LONGEST_REF = 19  # "@" and as many digits as any id of SQLite's may have


def get_invoice(store: Store, invoice_id: int) -> Invoice:
    """One invoice with its lines. Raises NoSuchInvoice, DamagedRow."""
    with store.reading():
        row = store.row(
            "SELECT number, standing, customer_id, customer, contact, email, cc, bcc, address, language,"
            f" date, terms, due, currency, reference, message, rates, per_line, paid, {STATE}, version"
            " FROM invoice WHERE id = ?",
            invoice_id,
        )
        if row is None:
            raise NoSuchInvoice(_("Cannot find invoice @{id}.").format(id=invoice_id))
        with reading_row("invoice", invoice_id):
            number, book_status, customer_id, name, contact, email, cc, bcc, address, language, *rest = row
            day, terms, due, currency, reference, message, rates, per_line, paid, delivery, version = rest
            return Invoice(
                id=invoice_id,
                number=number,
                book_status=BookStatus(book_status),
                customer=Customer(customer_id, name, contact, email, cc, bcc, address, language),
                date=date.fromisoformat(day),
                terms=whole(terms, -_TERMS, _TERMS),
                due=date.fromisoformat(due),
                currency=currency,
                reference=reference,
                lines=lines_of(store, invoice_id),
                rates=read_rates(from_json(rates)),
                per_line=bool(per_line),
                message=message,
                paid=whole(paid),
                delivery=State(delivery) if delivery else None,
                version=whole(version),
            )


def existing(store: Store, ids: Collection[int]) -> set[int]:
    """Those of these invoices that are there still."""
    found = store.rows("SELECT id FROM invoice WHERE id IN (SELECT value FROM json_each(?))", json.dumps([*ids]))
    return {id_ for (id_,) in found}


def find_invoice(store: Store, ref: str) -> Invoice:
    """The invoice that a person calls by its number or by `@id`. Raises NoSuchInvoice."""
    if ref.startswith("@") and ref[1:].isdecimal() and len(ref) <= _LONGEST_REF:
        return get_invoice(store, int(ref[1:]))
    row = store.row("SELECT id FROM invoice WHERE number = ?", ref)
    if row is None:
        raise NoSuchInvoice(
            _("Cannot find invoice {ref}.").format(ref=ref),
            todo=_("A draft has no number yet. Use its id, such as @12. “facturier list” shows it."),
        )
    return get_invoice(store, row[0])


def lines_of(store: Store, invoice_id: int) -> tuple[Line, ...]:
    found = store.rows(
        "SELECT description, item, quantity, rate, tax FROM line WHERE invoice_id = ? ORDER BY position", invoice_id
    )
    with reading_row("line", invoice_id):
        return tuple(Line(*map(text, row)) for row in found)
