"""Invoices that reach the customer without email: on paper, through a portal, or in another way."""

from collections.abc import Iterator

from facturier.models.books.alerts import settle_sent_by_hand
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import OPEN, BookStatus, ByHand, State
from facturier.models.drafts.draft_rules import amount_problems, date_problems
from facturier.models.errors import ChangedElsewhere, InputError, StoreError
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.models.text.limits import TEXT, check_length

# The customer has it by email.
_SENT = (State.SENT, State.PARTLY_SENT)


def check_complete(draft: Invoice) -> None:
    """Raises StoreError if a draft cannot be issued yet."""
    for problem in _missing(draft):
        raise StoreError(problem, kept=_("The invoice was not issued."), todo=_("Edit the draft, then issue it."))


def _missing(draft: Invoice) -> Iterator[str]:
    if not clean(draft.customer.name):
        yield _("This draft has no customer.")
    if all(line.empty for line in draft.lines):
        yield _("This draft has no lines.")
    for _field, problem in date_problems(draft):
        yield problem
    yield from amount_problems(draft)


def check_reason(how: ByHand, reason: str) -> None:
    """Raises InputError if a reason is missing or too long."""
    check_length(reason, TEXT)
    if how is ByHand.OTHER and not clean(reason):
        raise InputError(_("Enter a reason. It is saved in the history."))


def issue_by_hand(store: Store, draft: Invoice, how: ByHand, reason: str = "") -> Invoice:
    """Give a draft its number and record how the customer gets it without email.

    Raises ChangedElsewhere, InputError if the reason is missing, and StoreError if the draft is not complete or its
    number is used.
    """
    check_reason(how, reason)
    check_complete(draft)
    with store.writing():
        return _record(store, issue_invoice(store, draft), how, reason)


def mark_sent(store: Store, invoice_id: int, how: ByHand, reason: str, *, seen: Invoice | None = None) -> Invoice:
    """Record that an issued invoice reached the customer without email.

    `seen` is the invoice as the person saw it. Raises InputError without a reason, ChangedElsewhere if the invoice has
    changed since it was seen, and StoreError if it is not issued, was sent, or is in the outbox.
    """
    check_reason(ByHand.OTHER, reason)
    with store.writing():
        invoice = get_invoice(store, invoice_id)
        if seen is not None and seen.version != invoice.version:
            raise ChangedElsewhere(
                _("This invoice was changed in another window."), kept=_("It was not marked as sent.")
            )
        if problem := refusal(invoice):
            raise StoreError(problem, kept=_("Nothing was changed."))
        return _record(store, invoice, how, reason)


def refusal(invoice: Invoice) -> str:
    """Return why an invoice cannot be marked as sent, or an empty text."""
    if invoice.book_status is BookStatus.DRAFT:
        return _("A draft must be issued first.")
    if invoice.book_status is BookStatus.VOID:
        return _("{document} is void.").format(document=invoice.called_first)
    if invoice.delivery in OPEN:
        return _("{document} is in the outbox.").format(document=invoice.called_first)
    if invoice.handed_over or invoice.delivery in _SENT:
        return _("{document} has been sent already.").format(document=invoice.called_first)
    return ""


def _record(store: Store, invoice: Invoice, how: ByHand, reason: str) -> Invoice:
    assert invoice.id is not None
    row = tables.Invoice
    # The invoice is owed from now on, as after a delivery: see the column `stage` in migrations/0001_initial.sql.
    store.run(
        row.update(
            handed_over=how.value, reached=row.reached + 1, version=row.version + 1, changed=store.clock()
        ).where(row.id == invoice.id)
    )
    settle_sent_by_hand(store, invoice.id)
    write_journal(store, "marked_sent", invoice.id, how=how.value, reason=reason)
    return get_invoice(store, invoice.id)
