"""Correcting an issued invoice, which is never changed itself: why it takes another one, or what must be done first."""

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
    """After a reason and a yes, void the invoice and open a draft with its lines in the editor."""
    assert invoice.id is not None
    if (blocker := _blocker(invoice)) is not None:
        show_problem(screen, blocker)
        return
    question = _("Correct invoice {number}?").format(number=invoice.number)
    detail = _(
        "An issued invoice cannot be changed: its number is in the books, and the customer may have "
        "it. Facturier voids this invoice and opens a draft with the same lines and today’s date. The "
        "draft gets the next number when you send it."
    )
    if reason := await screen.app.push_screen_wait(ReasonScreen(question, detail)):
        with problems_shown(screen):
            draft = await asyncio.to_thread(correct_invoice, ws.store, invoice.id, reason, ws.today())
            await screen.app.push_screen_wait(EditorScreen(ws, draft.id))


def _blocker(invoice: Invoice) -> StoreError | None:
    """What must be done before the invoice can be voided."""
    if invoice.delivery is State.QUEUED:
        todo = _("It is still in the outbox. Undo the send with u, then correct it.")
    elif invoice.delivery is State.IN_DOUBT:
        todo = _("It is not known yet whether it was sent. Record the answer with d, then correct it.")
    elif invoice.delivery in OPEN:
        todo = _("It is being sent right now. Wait until this is finished, then correct it.")
    elif invoice.paid:
        todo = _(
            "A payment was recorded for it. If that was a mistake, remove the payment with x. "
            "Otherwise, copy the lines to a new draft with c and bill the difference."
        )
    else:
        return None
    return StoreError(
        _("Invoice {number} cannot be corrected now.").format(number=invoice.number),
        kept=_("Nothing was changed."),
        todo=todo,
    )
