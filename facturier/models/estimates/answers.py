"""What a customer said to an estimate."""

from datetime import date

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import Answer, BookStatus
from facturier.models.errors import StoreError
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_TOLD = {
    Answer.ACCEPTED: "estimate_accepted",
    Answer.DECLINED: "estimate_declined",
    Answer.NONE: "estimate_unanswered",
}


def record_answer(store: Store, estimate_id: int, answer: Answer, day: date) -> Invoice:
    """Record the answer to an estimate. `Answer.NONE` removes it. `day` is the day of the answer.

    Return the estimate as it was before. Raises StoreError if it is not an estimate, is a draft, or is void.
    """
    with store.writing():
        estimate = get_invoice(store, estimate_id)
        check_estimate(estimate, kept=_("No answer was recorded."))
        answered = None if answer is Answer.NONE else day
        if (answer, answered) != (estimate.answer, estimate.answered):
            row = tables.Invoice
            changed = row.update(answer=answer, answered=answered, changed=store.clock())
            store.run(changed.where(row.id == estimate_id))
            write_journal(store, _TOLD[answer], estimate_id, day=answered.isoformat() if answered else "")
    return estimate


def restore_answer(store: Store, before: Invoice) -> None:
    """Undo `record_answer`. `before` is what it returned."""
    assert before.id is not None
    record_answer(store, before.id, before.answer, before.answered or before.date)


def check_estimate(estimate: Invoice, kept: str) -> None:
    """Raises StoreError if this is not an estimate that the customer can have."""
    if not estimate.is_estimate:
        raise StoreError(_("{ref} is not an estimate.").format(ref=estimate.ref), kept=kept)
    if estimate.book_status is BookStatus.DRAFT:
        raise StoreError(
            _("This estimate is still a draft."), kept=kept, todo=_("Send it first, or issue it without sending it.")
        )
    if estimate.book_status is BookStatus.VOID:
        raise StoreError(_("Estimate {number} is void.").format(number=estimate.number), kept=kept)
