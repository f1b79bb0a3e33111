"""Correct an issued invoice, which cannot be changed, and continue with a draft of the same lines.

An invoice that the customer does not have becomes void. For any other, a credit note is made.
"""

import asyncio
from contextlib import suppress
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import OPEN, BookStatus, State
from facturier.models.drafts.credit_notes import credit_and_copy, draft_credit
from facturier.models.drafts.drafts import correct_invoice
from facturier.models.errors import StoreError
from facturier.models.issuing.deleting import delete_draft
from facturier.models.payments.voiding import was_received
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.money import Money
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen, ReasonScreen
from facturier.tui.screens.dialogs.problems import problems_shown, show_problem
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.widgets.done_line import Say
from facturier.tui.words.formatting import with_currency


async def correct(screen: Screen[Any], ws: Workspace, invoice: Invoice, say: Say) -> None:
    """Ask, make the invoice void or credit it, and open a draft with its lines in the editor."""
    if (blocker := _blocker(invoice)) is not None:
        show_problem(screen, blocker)
    elif (was_received(invoice) or invoice.paid) and not invoice.is_estimate:
        await _credit_and_copy(screen, ws, invoice, say)
    else:
        await _void_and_copy(screen, ws, invoice)


async def _void_and_copy(screen: Screen[Any], ws: Workspace, invoice: Invoice) -> None:
    assert invoice.id is not None
    question = _("Correct {document}?").format(document=invoice.called)
    detail = _(
        "An issued invoice cannot be changed. This one becomes void, and a draft with the same lines and "
        "today’s date opens. It gets the next number when you send it."
    )
    if invoice.is_estimate:
        detail = _(
            "An issued estimate cannot be changed. This one becomes void, and a draft with the same lines and "
            "today’s date opens. It gets the next number when you send it."
        )
    if reason := await screen.app.push_screen_wait(ReasonScreen(question, detail)):
        with problems_shown(screen):
            draft = await asyncio.to_thread(correct_invoice, ws.store, invoice.id, reason, ws.today())
            await screen.app.push_screen_wait(EditorScreen(ws, draft.id))


async def _credit_and_copy(screen: Screen[Any], ws: Workspace, invoice: Invoice, say: Say) -> None:
    assert invoice.id is not None
    with problems_shown(screen):
        credit = draft_credit(ws.store, invoice.id, ws.today())
        question = _("Correct {document}?").format(document=invoice.called)
        detail = _(
            "The customer has this invoice, or it has payments, so it stays in the books. Facturier creates a draft "
            "credit note for {amount} and a draft invoice with the same lines. Send both."
        ).format(amount=with_currency(-credit.total))
        detail += " " + _applied_later(invoice, -credit.total.minor)
        if not await screen.app.push_screen_wait(ConfirmScreen(question, detail)):
            return
        note, draft = await asyncio.to_thread(credit_and_copy, ws.store, invoice.id, ws.today())
        await screen.app.push_screen_wait(EditorScreen(ws, draft.id))
        words = _("Draft credit note for invoice {number} created, and a draft invoice with the same lines.")

        async def undo() -> None:
            with problems_shown(screen):
                await asyncio.to_thread(_delete_both, ws.store, note, draft)
                say(_("The draft credit note was deleted."), None)

        say(words.format(number=invoice.number), undo)


def _applied_later(invoice: Invoice, credited: int) -> str:
    """Return what happens with the credit when the credit note is issued."""
    left = credited - max(invoice.balance.minor, 0)
    if left <= 0:
        return _("The credit note is then applied to invoice {number}.").format(number=invoice.number)
    words = _("{amount} of it was paid and becomes credit: refund it, or apply it to the new invoice.")
    return words.format(amount=with_currency(Money(left, invoice.currency)))


def _delete_both(store: Store, note: Invoice, draft: Invoice) -> None:
    """Delete the credit note. The draft invoice is kept if somebody has changed it. Raises StoreError."""
    with store.writing():
        delete_draft(store, note.id or 0)
        with suppress(StoreError):
            found = get_invoice(store, draft.id or 0)
            if found.book_status is BookStatus.DRAFT and found.version == draft.version:
                delete_draft(store, draft.id or 0)


def _blocker(invoice: Invoice) -> StoreError | None:
    """Return an error that says what must be done before the invoice can be corrected, or None."""
    if invoice.is_credit:
        todo = _("It is a credit note. Duplicate the invoice that it credits instead.")
    elif invoice.delivery is State.QUEUED:
        todo = _("It is still in the outbox. Undo the send first.")
    elif invoice.delivery is State.IN_DOUBT:
        todo = _("It is not known whether it was sent. Record that first.")
    elif invoice.delivery in OPEN:
        todo = _("It is being sent right now. Try again when that is finished.")
    else:
        return None
    return StoreError(
        _("{document} cannot be corrected now.").format(document=invoice.called_first),
        kept=_("Nothing was changed."),
        todo=todo,
    )
