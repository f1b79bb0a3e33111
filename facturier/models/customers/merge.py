"""Merge customers who are the same, and find those who may be."""

from collections.abc import Iterable
from dataclasses import replace

from facturier.models.books.contacts import Copy
from facturier.models.books.customers import contacts_of
from facturier.models.books.invoice import Customer
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_booking, write_journal
from facturier.models.books.status import BookStatus
from facturier.models.customers.saving import following, save_customer
from facturier.models.customers.upkeep import need_customer
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import InputError
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.search_text import fold

_customer, _invoice, _paid = tables.Customer, tables.Invoice, tables.CustomerPayment
# What the customer who is kept takes from the other one if it has none of its own.
_FILLED = (
    *("language", "terms", "tax", "currency", "telephone", "ship_to", "business_number", "qst_number", "vat_id"),
    *("contact", "email"),
)
_POSTAL = ("address", "street", "city", "region", "postcode", "country")


def duplicates(store: Store) -> list[tuple[int, ...]]:
    """The customers who may be the same: those with one name, whatever its case and accents, and those with an address
    in common. Each group comes by id, the oldest first."""
    groups: dict[int, int] = {}  # the first of each group, by customer
    known: dict[str, int] = {}

    def first_of(found: int) -> int:
        while groups[found] != found:
            found = groups[found]
        return found

    for found, folded, email in store.all(
        _customer.select(_customer.id, _customer.folded, _customer.email).order_by(_customer.id)
    ):
        groups[found] = found
        for mark in (" ".join(folded.partition("\n")[0].split()), *_addresses(email)):
            one, other = sorted((first_of(known.setdefault(mark, found)), first_of(found)))
            groups[other] = one
    merged: dict[int, list[int]] = {}
    for found in groups:
        merged.setdefault(first_of(found), []).append(found)
    return [tuple(group) for group in merged.values() if len(group) > 1]


def _addresses(email: str) -> Iterable[str]:
    """The addresses in a text, to compare them only: a name before one does not matter."""
    for part in email.replace(";", ",").split(","):
        address = part.rpartition("<")[2].strip(" <>\n")
        if "@" in address:
            yield fold(address)


def merge_customers(store: Store, kept_id: int, other_id: int) -> Customer:
    """Give the invoices, drafts and payments of one customer to another, then delete it: all or nothing.

    Issued invoices keep what they printed. A draft takes the details of the customer who is kept, except what was
    changed in the draft itself. Details that only the other one has are kept; its contacts get no copy of an invoice
    that they did not get before. The history of each invoice says so. Return the customer who is kept. Raises
    InputError.
    """
    if kept_id == other_id:
        raise InputError(_("Choose two different customers to merge."))
    with store.writing():
        kept, other = need_customer(store, kept_id), need_customer(store, other_id)
        kept = save_customer(store, _together(kept, other))
        for invoice_id, book_status in store.all(
            _invoice.select(_invoice.id, _invoice.book_status).where(_invoice.customer_id == other_id)
        ):
            if book_status == BookStatus.DRAFT:
                _give_draft(store, invoice_id, kept, other)
            write_journal(store, "customer_merged", invoice_id, other=other.name, customer=kept.name)
        store.run(_invoice.update(customer_id=kept_id).where(_invoice.customer_id == other_id))
        store.run(_paid.update(customer_id=kept_id).where(_paid.customer_id == other_id))
        _keep_silence(store, kept, other_id)
        store.run(_customer.delete().where(_customer.id == other_id))
        write_journal(store, "customer_merged", other=other.name, customer=kept.name)
        write_booking(
            *(store, "customer_merged", kept_id, None), other=other.name, customer=kept.name, merged=str(other_id)
        )
    return kept


def _keep_silence(store: Store, kept: Customer, other_id: int) -> None:
    """Turn reminders off if they were off for the other customer: its invoices get none after the merge either."""
    off, off_before = (
        store.value(_customer.select(_customer.chase_off).where(_customer.id == one)) for one in (other_id, kept.id)
    )
    if off and not off_before:
        store.run(_customer.update(chase_off=True).where(_customer.id == kept.id))
        write_booking(store, "customer_reminders_off", kept.id, None, customer=kept.name)


def _give_draft(store: Store, invoice_id: int, kept: Customer, other: Customer) -> None:
    draft = get_invoice(store, invoice_id)
    given = following(draft, other, kept)
    save_draft(store, replace(given, customer=replace(given.customer, id=kept.id)), before=draft)


def _together(kept: Customer, other: Customer) -> Customer:
    """The customer who is kept, with what only the other one has."""
    filled = {name: getattr(other, name) for name in _FILLED if getattr(kept, name) in ("", None)}
    if not any(getattr(kept, name) for name in _POSTAL):
        filled |= {name: getattr(other, name) for name in _POSTAL}
    if kept.terms is None:
        filled["terms_rule"] = other.terms_rule
    notes = "\n".join(dict.fromkeys(filter(None, (kept.notes, other.notes))))
    if not kept.email:
        contacts = (*contacts_of(kept), *contacts_of(other))
    else:
        known = {address for contact in contacts_of(kept) for address in _addresses(contact.email)}
        more = tuple(
            replace(contact, copy=Copy.NONE)
            for contact in contacts_of(other)
            if not known.issuperset(_addresses(contact.email))
        )
        contacts = (*contacts_of(kept), *more) if more else kept.contacts
    return replace(kept, notes=notes, contacts=contacts, archived=kept.archived and other.archived, **filled)
