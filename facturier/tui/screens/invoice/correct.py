"""Correcting an issued invoice, which is never changed itself: why it takes another one, or what must be done first."""

import asyncio

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.drafts import correct_invoice
from facturier.models.books.invoice import Invoice
from facturier.models.books.status import OPEN, State
from facturier.models.errors import StoreError
from facturier.models.text.i18n import _
from facturier.tui import opening
from facturier.tui.screens.dialogs.dialogs import ProblemScreen, ReasonScreen


def correct(screen: Screen[None], ws: Workspace, invoice: Invoice, then: opening.Then) -> None:
    """After a reason and a yes: the invoice is void, and a draft with its lines is open in the editor."""
    assert invoice.id is not None
    invoice_id = invoice.id
    if (blocker := _blocker(invoice)) is not None:
        screen.app.push_screen(ProblemScreen(blocker))
        return

    async def begin(reason: str) -> None:
        draft = await asyncio.to_thread(correct_invoice, ws.store, invoice_id, reason, ws.today())
        opening.edit_invoice(screen, ws, draft.id, lambda _id: then())

    def answered(reason: str | None) -> None:
        if reason:
            opening.attempt(screen, lambda: begin(reason), then)

    question = _("Correct invoice {number}?").format(number=invoice.number)
    detail = _(
        "An issued invoice cannot be changed: its number is in the books, and the customer may have "
        "it. Facturier voids this invoice and opens a draft with the same lines and today’s date. The "
        "draft gets the next number when you send it."
    )
    screen.app.push_screen(ReasonScreen(question, detail), answered)


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
            "A payment was recorded on it. If that was a mistake, remove the payment with x. Otherwise "
            "copy the lines to a new draft with c and bill the difference."
        )
    else:
        return None
    return StoreError(
        _("Invoice {number} cannot be corrected now.").format(number=invoice.number),
        kept=_("Nothing was changed."),
        todo=todo,
    )
