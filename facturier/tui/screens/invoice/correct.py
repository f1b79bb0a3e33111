"""Correct an issued invoice, which cannot be changed: void it and continue with a draft of the same lines."""

import asyncio
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.drafts import correct_invoice
from facturier.models.books.invoice import Invoice
from facturier.models.books.status import OPEN, State
from facturier.models.errors import StoreError
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.dialogs import ReasonScreen
from facturier.tui.screens.dialogs.problems import problems_shown, show_problem
from facturier.tui.screens.editor.screen import EditorScreen


async def correct(screen: Screen[Any], ws: Workspace, invoice: Invoice) -> None:
    """Ask for a reason and for confirmation, void the invoice, and open a draft with its lines in the editor."""
    assert invoice.id is not None
    if (blocker := _blocker(invoice)) is not None:
        show_problem(screen, blocker)
        return
    question = _("Correct invoice {number}?").format(number=invoice.number)
    detail = _(
        "An issued invoice cannot be changed. This one becomes void, and a draft with the same lines and "
        "today’s date opens. It gets the next number when you send it."
    )
    if reason := await screen.app.push_screen_wait(ReasonScreen(question, detail)):
        with problems_shown(screen):
            draft = await asyncio.to_thread(correct_invoice, ws.store, invoice.id, reason, ws.today())
            await screen.app.push_screen_wait(EditorScreen(ws, draft.id))


def _blocker(invoice: Invoice) -> StoreError | None:
    """Return an error that says what must be done before the invoice can be voided, or None."""
    if invoice.delivery is State.QUEUED:
        todo = _("It is still in the outbox. Undo the send first.")
    elif invoice.delivery is State.IN_DOUBT:
        todo = _("It is not known whether it was sent. Record that first.")
    elif invoice.delivery in OPEN:
        todo = _("It is being sent right now. Try again when that is finished.")
    elif invoice.paid:
        todo = _("It has a payment. Remove the payment first, or duplicate the invoice and bill the difference.")
    else:
        return None
    return StoreError(
        _("Invoice {number} cannot be corrected now.").format(number=invoice.number),
        kept=_("Nothing was changed."),
        todo=todo,
    )
