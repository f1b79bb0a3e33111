"""Save a customer, and update their drafts."""

from dataclasses import fields, replace
from typing import Any

from facturier.models.books.contacts import Contact, Copy
from facturier.models.books.customers import add_customer, change_customer, contacts_of, get_customer
from facturier.models.books.edits import changed_elsewhere, with_edits
from facturier.models.books.invoice import COPIED, Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_booking
from facturier.models.books.status import BookStatus
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import ChangedElsewhere, InputError
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.addresses import parse_addresses
from facturier.models.text.i18n import _

_invoice = tables.Invoice


def save_customer(
    store: Store, customer: Customer, *, seen: Customer | None = None, imported_from: str = ""
) -> Customer:
    """Save a new or changed customer. Return it with its id and what an invoice copies (see `with_copied`). Their
    drafts take on what changed, and their history says which fields those are. `imported_from` is the name of a file.

    `seen` is the customer as the person saw it: only what is different is changed, because another window may have
    changed the rest. Raises InputError if the name is missing or a text is too long, and ChangedElsewhere if the
    customer was deleted or merged, or if another window changed the same field.
    """
    if customer.id is None:
        return add_customer(store, customer, imported_from=imported_from)
    with store.writing():
        before = get_customer(store, customer.id)
        if before is None:
            raise ChangedElsewhere(
                _("This customer was deleted or merged in the meantime."), kept=_("Your changes were not saved.")
            )
        if seen is not None:
            if before.name != seen.name:  # the id of a customer who was merged may be another one's by now
                raise changed_elsewhere()
            customer = with_edits(_entered(before), _entered(seen), _entered(customer))
        customer = change_customer(store, customer)
        _write_change(store, before, customer, imported_from)
        _follow(store, before, customer)
    return customer


def _entered(customer: Customer) -> Customer:
    """Return a customer with what a person enters, without what is derived from it."""
    contacts = tuple(filter(None, contacts_of(customer)))
    address = "" if customer.street or customer.city else customer.address
    return replace(customer, contacts=contacts, contact="", email="", cc="", bcc="", address=address)


def keep_email(store: Store, typed: Customer) -> str:
    """Save the email address that was typed on an invoice for a customer who has none, so that the next invoice and
    the statements have it. Return the address, or nothing if none was saved. `typed` is the customer on the invoice."""
    try:
        email = ", ".join(parse_addresses(typed.email))
    except InputError:
        return ""
    if typed.id is None or not email:
        return ""
    with store.writing():
        known = get_customer(store, typed.id)
        if known is None or known.email:
            return ""
        contacts = contacts_of(known)
        # A person who gets the invoices, but whose address was missing.
        at = next((at for at, one in enumerate(contacts) if one.copy is Copy.TO and not one.email), len(contacts))
        person = contacts[at] if at < len(contacts) else Contact()
        contacts = (*contacts[:at], replace(person, email=email), *contacts[at + 1 :])
        save_customer(store, replace(known, contacts=contacts))
    return email


def _write_change(store: Store, before: Customer, after: Customer, imported_from: str) -> None:
    changed = [one.name for one in fields(after) if getattr(after, one.name) != getattr(before, one.name)]
    if changed:
        kind = "customer_import_changed" if imported_from else "customer_changed"
        write_booking(store, kind, after.id, None, changed=", ".join(changed), file=imported_from)


def _follow(store: Store, before: Customer, after: Customer) -> None:
    """Update the drafts of a changed customer. Otherwise a second draft would go to the old address. Inside the
    transaction that changes the customer."""
    if all(getattr(after, name) == getattr(before, name) for name in (*COPIED, "ship_to")):
        return
    drafts = _invoice.select(_invoice.id).where(_invoice.book_status == BookStatus.DRAFT)
    for (invoice_id,) in store.all(drafts.where(_invoice.customer_id == before.id)):
        draft = get_invoice(store, invoice_id)
        followed = following(draft, before, after)
        if followed != draft:
            save_draft(store, followed, before=draft)


def following(draft: Invoice, before: Customer, after: Customer) -> Invoice:
    """Return a draft with what a customer has now, except what was typed for this draft. A credit note keeps the VAT id
    of the invoice that it corrects."""
    changed: dict[str, Any] = {
        name: getattr(after, name)
        for name in COPIED
        if getattr(draft.customer, name) == getattr(before, name) and not (name == "vat_id" and draft.is_credit)
    }
    ship_to = after.ship_to if draft.ship_to == before.ship_to else draft.ship_to
    return replace(draft, customer=replace(draft.customer, **changed), ship_to=ship_to)
