"""Invoice numbers: given when an invoice is issued, in the same transaction, unique and without gaps.

A draft whose send was undone has its number reserved: it gets that number again, and no other invoice does.
"""

import json
from dataclasses import replace

from facturier.models.books.customers import remember_currency
from facturier.models.books.drafts import searchable
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import BookStatus
from facturier.models.errors import ChangedElsewhere, NumberTaken
from facturier.models.settings.company import Company
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.setting import write_setting
from facturier.models.store.store import Store
from facturier.models.text.i18n import _


def issue_invoice(store: Store, invoice: Invoice) -> Invoice:
    """Give a draft its number without sending it. Raises ChangedElsewhere."""
    assert invoice.id is not None
    with store.writing():
        current = get_invoice(store, invoice.id)
        if current.version != invoice.version or current.book_status is not BookStatus.DRAFT:
            raise ChangedElsewhere(_("This invoice was changed in another window."), kept=_("It was not issued."))
        give_number(store, current, current.reserved or read_company(store).number)
        return get_invoice(store, invoice.id)


def give_number(store: Store, draft: Invoice, number: str) -> None:
    """Give a draft the number that is reserved for it, else the next one. Raises NumberTaken if `number` is neither."""
    company = read_company(store)
    if number != (draft.reserved or company.number):
        raise NumberTaken(
            _("Number {number} has been used in the meantime.").format(number=number),
            kept=_("Nothing was sent."),
            todo=_("Review the invoice, then send it."),
        )
    invoice = tables.Invoice
    store.run(
        invoice.update(
            number=number,
            reserved=None,
            book_status=BookStatus.ISSUED,
            folded=searchable(replace(draft, number=number), draft.total),
            version=invoice.version + 1,
            changed=store.clock(),
        ).where(invoice.id == draft.id)
    )
    if draft.reserved is None:
        take_number(store, company)
    remember_currency(store, draft.customer.id, draft.currency, company.currency)
    write_journal(store, "issued", draft.id, number=number)


def take_number(store: Store, company: Company) -> None:
    """Move on to the next number that is free, inside the transaction that gave this one."""
    company = replace(company, next_number=company.next_number + 1)
    while is_taken(store, company.number):
        company = replace(company, next_number=company.next_number + 1)
    write_setting(store, "next_number", json.dumps(company.next_number))


def any_issued(store: Store, customer_id: int | None = None) -> bool:
    """Whether an invoice, or one of this customer, has a number yet."""
    invoice = tables.Invoice
    found = invoice.select(invoice.id).where(invoice.number.is_null(False)).limit(1)
    return store.value(found if customer_id is None else found.where(invoice.customer_id == customer_id)) is not None


def is_taken(store: Store, number: str) -> bool:
    """Whether an invoice has this number, or has it reserved."""
    invoice = tables.Invoice
    return (
        store.value(invoice.select(invoice.id).where((invoice.number == number) | (invoice.reserved == number)))
        is not None
    )
