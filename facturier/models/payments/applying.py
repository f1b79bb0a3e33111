"""Apply credit notes to invoices of the same customer.

An application is two payments of kind `credit`: one on the invoice, and its opposite on the credit note. Each names the
other document in `other_id`.
"""

from datetime import date
from typing import Any, NamedTuple

from facturier.models.books.invoice import Invoice, Payment
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import BookStatus, InvoiceKind, PaymentKind
from facturier.models.errors import InputError, StoreError
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.money import Money

WITH_ISSUE = "with_issue"  # in the history of a credit note: it was applied when it was issued, not by a person
_MOST = 500  # documents that are offered

_invoice = tables.Invoice


class Open(NamedTuple):
    """A document that a credit can be applied to or taken from. `balance` is in minor units, negative for a credit."""

    id: int
    number: str
    date: date
    balance: int


def _query(*, credits: bool) -> Any:
    balance = _invoice.balance < 0 if credits else _invoice.balance > 0
    kind = InvoiceKind.CREDIT_NOTE if credits else InvoiceKind.INVOICE
    return (
        _invoice.select(_invoice.id, _invoice.number, _invoice.date, _invoice.balance)
        .where(
            _invoice.customer_id == slot(_invoice.customer_id),
            _invoice.currency == slot(_invoice.currency),
            _invoice.book_status == BookStatus.ISSUED,
            _invoice.kind == kind,
            balance,
        )
        .order_by(_invoice.date, _invoice.id)
        .limit(_MOST)
    )


_credits = Prepared(lambda: _query(credits=True))
_owed = Prepared(lambda: _query(credits=False))


def open_documents(store: Store, invoice: Invoice) -> list[Open]:
    """Return what can be applied to an invoice: credit notes of its customer in its currency, oldest first. Of a credit
    note, return the invoices that it can be applied to, the one that it corrects first."""
    query = _owed if invoice.is_credit else _credits
    found = [Open(*row) for row in store.all(query(customer_id=invoice.customer.id, currency=invoice.currency))]
    return sorted(found, key=lambda one: one.id != invoice.source_id)


def apply_credit(
    store: Store, credit_id: int, invoice_id: int, day: date, amount: int | None = None, *, with_issue: bool = False
) -> tuple[Payment, Payment]:
    """Apply a credit note to an invoice: `amount` in minor units, or as much as possible. Return the payment on the
    invoice and the one on the credit note. Their day is at least that of both documents. `with_issue` says that this is
    part of issuing the credit note.

    Raises InputError for more than the balance or the rest of the credit note, and StoreError if the two do
    not belong together.
    """
    with store.writing():
        note, invoice = get_invoice(store, credit_id), get_invoice(store, invoice_id)
        _check(note, invoice)
        most = min(-note.balance.minor, invoice.balance.minor)
        if most <= 0:
            raise StoreError(
                _("Credit note {number} has already been used in full.").format(number=note.number)
                if note.balance.minor >= 0
                else _("Invoice {number} has no balance.").format(number=invoice.number),
                kept=_("Nothing was applied."),
            )
        amount = most if amount is None else amount
        if not 0 < amount <= most:
            words = _("Enter an amount above zero and at most {most} {currency}.")
            raise InputError(words.format(most=Money(most, invoice.currency).plain(), currency=invoice.currency))
        day = max(day, note.date, invoice.date)  # the reports of an earlier day have only one of the two
        detail = {WITH_ISSUE: "yes"} if with_issue else {}
        return _book(store, invoice, note, day, amount), _book(store, note, invoice, day, -amount, **detail)


def apply_to_source(store: Store, note: Invoice) -> None:
    """Apply a credit note to the invoice that it corrects, up to the balance of that invoice. The rest remains the
    customer's credit: all of it if the invoice is paid. Inside the transaction that issues the credit note."""
    assert note.id is not None
    assert note.source_id is not None
    invoice = get_invoice(store, note.source_id)
    if min(-note.balance.minor, invoice.balance.minor) > 0:
        apply_credit(store, note.id, note.source_id, note.date, with_issue=True)


def apply_again(store: Store, removed: Payment) -> Payment:
    """Apply a credit again that was removed. Return the payment on the same document. Raises as `apply_credit` does."""
    other = removed.other_id or 0
    if removed.amount > 0:
        return apply_credit(store, other, removed.invoice_id, removed.date, removed.amount)[0]
    return apply_credit(store, removed.invoice_id, other, removed.date, -removed.amount)[1]


def _check(note: Invoice, invoice: Invoice) -> None:
    problem = ""
    if not note.is_credit:
        problem = _("{number} is not a credit note.").format(number=note.ref)
    elif invoice.kind is not InvoiceKind.INVOICE:
        problem = _("{number} is not an invoice.").format(number=invoice.ref)
    elif note.book_status is not BookStatus.ISSUED:
        problem = _("Credit note {number} has not been issued, or is void.").format(number=note.ref)
    elif invoice.book_status is not BookStatus.ISSUED:
        problem = _("Invoice {number} has not been issued, or is void.").format(number=invoice.ref)
    elif note.currency != invoice.currency:
        problem = _("The credit note and the invoice are in different currencies.")
    elif note.customer.id is None or note.customer.id != invoice.customer.id:
        # An invoice without a customer record can get the credit that was made for it.
        problem = "" if note.source_id == invoice.id else _("The credit note is for a different customer.")
    if problem:
        raise StoreError(problem, kept=_("Nothing was applied."))


def _book(store: Store, on: Invoice, other: Invoice, day: date, amount: int, **detail: str) -> Payment:
    assert on.id is not None
    payment_id = store.run(
        tables.Payment.insert(
            invoice_id=on.id, date=day, amount=amount, method="", kind=PaymentKind.CREDIT, other_id=other.id
        )
    )
    kind = "applied" if on.is_credit else "credit"
    write_journal(
        store, kind, on.id, amount=Money(abs(amount), on.currency).plain(), other=other.number or "", **detail
    )
    return Payment(payment_id, on.id, day, amount, kind=PaymentKind.CREDIT, other_id=other.id)
