"""Find, archive and delete customers."""

from dataclasses import replace

from facturier.models.books.customers import add_customer, customers_named, get_customer, put_back_customer
from facturier.models.books.invoice import Customer
from facturier.models.books.journal import write_booking, write_journal
from facturier.models.errors import InputError, StoreError
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.limits import NAME

_customer, _invoice, _paid = tables.Customer, tables.Invoice, tables.CustomerPayment
_LONGEST_ID = 18  # digits that SQLite's ids have at most


def need_customer(store: Store, customer_id: int) -> Customer:
    """Raises InputError if the customer is gone."""
    found = get_customer(store, customer_id)
    if found is None:
        raise InputError(_("This customer was deleted or merged in the meantime."))
    return found


def find_customer(store: Store, ref: str) -> Customer:
    """The customer whom a person calls by name, or by id as `@12` or `12`. Raises InputError if there is none, or
    several of that name."""
    digits = ref.removeprefix("@")
    named = [] if ref.startswith("@") else customers_named(store, ref)
    if len(named) > 1:
        words = _("{count} customers have the name “{name}”. Give one of these ids: {ids}.")
        ids = ", ".join(f"@{customer.id}" for customer in named)
        raise InputError(words.format(count=len(named), name=named[0].name, ids=ids))
    if not named and digits.isdecimal() and len(digits) <= _LONGEST_ID:
        named = [customer] if (customer := get_customer(store, int(digits))) is not None else []
    if not named:
        raise InputError(_("Cannot find the customer “{name}”.").format(name=ref[:NAME]))
    return named[0]


def is_used(store: Store, customer_id: int) -> bool:
    """Return whether an invoice, a draft or a payment is for this customer."""
    return any(
        store.value(row.select(row.id).where(row.customer_id == customer_id).limit(1)) is not None
        for row in (_invoice, _paid)
    )


def archive_customer(store: Store, customer_id: int, *, archived: bool = True) -> Customer:
    """Stop, or start again, proposing a customer for new invoices. Return it as it is now."""
    with store.writing():
        customer = need_customer(store, customer_id)
        if customer.archived != archived:
            store.run(_customer.update(archived=archived).where(_customer.id == customer_id))
            kind = "customer_archived" if archived else "customer_restored"
            write_booking(store, kind, customer_id, None, customer=customer.name)
    return replace(customer, archived=archived)


def delete_customer(store: Store, customer_id: int) -> Customer:
    """Delete a customer who has no invoice, no draft and no payment. Return it. Raises StoreError for any other one."""
    with store.writing():
        customer = need_customer(store, customer_id)
        if is_used(store, customer_id):
            raise StoreError(
                _("“{name}” has invoices or payments.").format(name=customer.name),
                kept=_("The customer was not deleted."),
                todo=_("Archive the customer instead."),
            )
        store.run(_customer.delete().where(_customer.id == customer_id))
        write_journal(store, "customer_deleted", customer=customer.name)
    return customer


def restore_customer(store: Store, deleted: Customer, *, reminders_off: bool = False) -> Customer:
    """Save a customer who was deleted again, as it was. Return it.

    It keeps its id, by which the history and other open windows know it, unless another customer has the id by now.
    """
    with store.writing():
        if deleted.id is None or get_customer(store, deleted.id) is not None:
            restored = add_customer(store, replace(deleted, id=None))
        else:
            restored = put_back_customer(store, deleted)
        if reminders_off:
            store.run(_customer.update(chase_off=True).where(_customer.id == restored.id))
        write_journal(store, "customer_undeleted", customer=restored.name)
    return restored
