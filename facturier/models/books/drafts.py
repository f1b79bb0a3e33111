"""Drafts: begin, save, copy, throw away. An issued invoice is not changed here."""

import json
from dataclasses import replace
from datetime import date, timedelta

from facturier.models.books.amount_limits import check_room
from facturier.models.books.customers import save_customer
from facturier.models.books.draft_rules import check_sizes
from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.payments import void_invoice
from facturier.models.books.status import BookStatus
from facturier.models.errors import ChangedElsewhere, DamagedRow, StoreError
from facturier.models.settings.company import Company
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import as_kept, write_rates
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.search_text import fold, spread

# What a draft copies from its customer, and follows.
COPIED = ("name", "contact", "email", "cc", "bcc", "address", "language")


def new_draft(store: Store, today: date, customer: Customer = Customer()) -> Invoice:  # noqa: B008
    """A draft for a customer with their terms and currency, else the company's, and its rates and message; not saved
    yet."""
    company = read_company(store)
    terms = company.terms if customer.terms is None else customer.terms
    return Invoice(
        customer=customer,
        date=today,
        terms=terms,
        due=today + timedelta(terms),
        currency=customer.currency or company.currency,
        rates=company.rates,
        per_line=company.per_line,
        message=company.message_for(customer.language),
    )


def save_draft(store: Store, invoice: Invoice, *, keep_customer: bool = True) -> Invoice:
    """Keep a draft as it is, finished or not; what comes back has its id and new version.

    A customer without an id is kept as a new one, except where `keep_customer` is off: while a name is being typed,
    it is the draft's alone. Raises ChangedElsewhere when another window has saved, issued or thrown it away since, and
    InputError for what is too long or too large to be kept.
    """
    check_sizes(invoice)
    with store.writing():
        customer = invoice.customer
        if customer.id is None and customer.name and keep_customer:
            customer = save_customer(store, customer)
        invoice = replace(invoice, customer=customer)
        check_room(store, invoice.total.minor)
        now = store.now()
        if invoice.id is None:
            new = store.insert(
                "INSERT INTO invoice (customer_id, customer, contact, email, cc, bcc, address, language, date, terms,"
                " due, currency, reference, message, rates, per_line, total, folded, sorted, changed, created,"
                " standing)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'draft')",
                *_values(invoice),
                now,
                now,
            )
            invoice = replace(invoice, id=new, version=1)
            write_journal(store, "created", new)
        else:
            touched = store.write(
                "UPDATE invoice SET customer_id = ?, customer = ?, contact = ?, email = ?, cc = ?, bcc = ?,"
                " address = ?, language = ?, date = ?, terms = ?, due = ?, currency = ?, reference = ?, message = ?,"
                " rates = ?, per_line = ?, total = ?, folded = ?, sorted = ?, changed = ?, version = version + 1"
                " WHERE id = ? AND version = ? AND standing = 'draft'",
                *_values(invoice),
                now,
                invoice.id,
                invoice.version,
            )
            if not touched:
                raise _not_saved(store, invoice.id)
            invoice = replace(invoice, version=invoice.version + 1)
            store.write("DELETE FROM line WHERE invoice_id = ?", invoice.id)
        store.write_many(
            "INSERT INTO line (invoice_id, position, description, item, quantity, rate, tax)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (invoice.id, position, line.description, line.item, line.quantity, line.rate, line.tax)
                for position, line in enumerate(as_kept(line, invoice.currency) for line in invoice.lines)
            ),
        )
    return invoice


def copy_invoice(store: Store, invoice_id: int, today: date) -> Invoice:
    """A new draft, saved, with the customer and lines of another invoice."""
    original = get_invoice(store, invoice_id)
    draft = new_draft(store, today, original.customer)
    return save_draft(
        store,
        replace(
            draft,
            terms=original.terms,
            due=today + timedelta(original.terms),
            currency=original.currency,
            lines=original.lines,
            reference=original.reference,
            message=original.message,
        ),
    )


def follow_customer(store: Store, before: Customer, after: Customer) -> None:
    """A customer was changed: their drafts take it on, except what was typed for one of them. Otherwise a second draft
    would go to the old address. Inside the transaction that changes the customer."""
    changed = {name: getattr(after, name) for name in COPIED if getattr(after, name) != getattr(before, name)}
    if not changed:
        return
    for (invoice_id,) in store.rows("SELECT id FROM invoice WHERE customer_id = ? AND standing = 'draft'", before.id):
        draft = get_invoice(store, invoice_id)
        followed = {
            name: value for name, value in changed.items() if getattr(draft.customer, name) == getattr(before, name)
        }
        if followed:
            save_draft(store, replace(draft, customer=replace(draft.customer, **followed)))


def delete_draft(store: Store, invoice_id: int) -> None:
    """Throw a draft away; the journal remembers that there was one. Raises StoreError for an issued invoice."""
    with store.writing():
        draft = get_invoice(store, invoice_id)
        if not store.write("DELETE FROM invoice WHERE id = ? AND standing = 'draft'", invoice_id):
            raise StoreError(
                _("Invoice {number} has been issued.").format(number=draft.number),
                kept=_("It was kept: an issued invoice cannot be deleted."),
                todo=_("Void it instead."),
            )
        write_journal(store, "deleted", invoice_id, customer=draft.customer.name, total=draft.total.plain())


def searchable(invoice: Invoice) -> str:
    """Everything that an invoice may be searched by (see `facturier.models.text.search_text.sought`)."""
    customer = invoice.customer
    parts = [invoice.number or "", customer.name, customer.contact, customer.email, invoice.reference]
    parts.append(invoice.total.plain())
    parts += [f"{line.item} {line.description}" for line in invoice.lines]
    return spread(parts)


def _values(invoice: Invoice) -> tuple[object, ...]:
    customer = invoice.customer
    return (
        customer.id,
        customer.name,
        customer.contact,
        customer.email,
        customer.cc,
        customer.bcc,
        customer.address,
        customer.language,
        invoice.date.isoformat(),
        invoice.terms,
        invoice.due.isoformat(),
        invoice.currency,
        invoice.reference,
        invoice.message,
        json.dumps(write_rates(invoice.rates)),
        invoice.per_line,
        invoice.totals.total,
        searchable(invoice),
        fold(customer.name),
    )


def _not_saved(store: Store, invoice_id: int) -> ChangedElsewhere:
    row = store.row("SELECT number, standing FROM invoice WHERE id = ?", invoice_id)
    if row and row[1] != BookStatus.DRAFT:
        return ChangedElsewhere(
            _("This invoice was issued as {number} in another window.").format(number=row[0]),
            kept=_("Your last changes to it were not saved."),
            todo=_("Go back and open it again to see what was sent."),
        )
    if row:
        return ChangedElsewhere(
            _("Someone else has saved this draft in the meantime."),
            kept=_("Their version is saved. Yours is still on this screen."),
            todo=_("Go back and open it again, or save yours as a new draft."),
        )
    return ChangedElsewhere(
        _("This draft was deleted in another window."),
        kept=_("What you typed is still on this screen."),
        todo=_("Save it as a new draft, or go back."),
    )


def correct_invoice(store: Store, invoice_id: int, reason: str, today: date) -> Invoice:
    """Void it and begin a draft with its customer and lines, both or neither. Raises StoreError where it cannot be
    voided."""
    with store.writing():
        void_invoice(store, invoice_id, reason)
        return copy_invoice(store, invoice_id, today)


def _tax_drafts_anew(store: Store, company: Company) -> None:
    from facturier.models.books.invoices import get_invoice

    for (invoice_id,) in store.rows("SELECT id FROM invoice WHERE standing = 'draft'"):
        try:
            draft = get_invoice(store, invoice_id)
        except DamagedRow as error:
            store.note(error)
            continue
        draft = replace(draft, rates=company.rates, per_line=company.per_line)
        store.write(
            "UPDATE invoice SET rates = ?, per_line = ?, total = ?, folded = ?, version = version + 1 WHERE id = ?",
            json.dumps(write_rates(draft.rates)),
            draft.per_line,
            draft.totals.total,
            searchable(draft),
            invoice_id,
        )
