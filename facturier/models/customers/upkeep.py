"""Archive and delete customers."""

from dataclasses import replace

from facturier.models.books.customers import get_customer
from facturier.models.books.invoice import Customer
from facturier.models.books.journal import write_journal
from facturier.models.errors import InputError, StoreError
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_customer, _invoice = tables.Customer, tables.Invoice


def need_customer(store: Store, customer_id: int) -> Customer:
    """Raises InputError if the customer is gone."""
    found = get_customer(store, customer_id)
    if found is None:
        raise InputError(_("This customer was deleted or merged in the meantime."))
    return found


def is_used(store: Store, customer_id: int) -> bool:
    """Whether an invoice or a draft is for this customer."""
    return store.value(_invoice.select(_invoice.id).where(_invoice.customer_id == customer_id).limit(1)) is not None


def archive_customer(store: Store, customer_id: int, *, archived: bool = True) -> Customer:
    """Stop, or start again, proposing a customer for new invoices. Return it as it is now."""
    with store.writing():
        customer = need_customer(store, customer_id)
        if customer.archived != archived:
            store.run(_customer.update(archived=archived).where(_customer.id == customer_id))
            write_journal(store, "customer_archived" if archived else "customer_restored", customer=customer.name)
    return replace(customer, archived=archived)


def delete_customer(store: Store, customer_id: int) -> Customer:
    """Delete a customer who has no invoice and no draft. Return it. Raises StoreError for any other one."""
    with store.writing():
        customer = need_customer(store, customer_id)
        if is_used(store, customer_id):
            raise StoreError(
                _("“{name}” has invoices.").format(name=customer.name),
                kept=_("The customer was not deleted."),
                todo=_("Archive the customer instead."),
            )
        store.run(_customer.delete().where(_customer.id == customer_id))
        write_journal(store, "customer_deleted", customer=customer.name)
    return customer
