"""Void an invoice, a credit note or an estimate, or say why that cannot be done."""

import asyncio
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.naming import named, named_first
from facturier.models.books.status import OPEN, BookStatus, InvoiceKind, State
from facturier.models.payments.voiding import void_invoice
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.dialogs import ReasonScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.done_line import Say


async def void(screen: Screen[Any], ws: Workspace, row: Invoice | InvoiceRow, say: Say) -> None:
    """Void an issued invoice after a reason and a confirmation."""
    if (why := _not_void(row)) is not None:
        screen.notify(why, severity="warning", markup=False)
        return
    question = _("Void {document}?").format(document=named(row.kind, row.number))
    detail = _("Nothing will be due on it. Its number is not used again, and this cannot be undone.")
    if reason := await screen.app.push_screen_wait(ReasonScreen(question, detail)):
        with problems_shown(screen):
            await asyncio.to_thread(void_invoice, ws.store, row.id or 0, reason)
            say(_("{document} is void.").format(document=named_first(row.kind, row.number)))


def _not_void(row: Invoice | InvoiceRow) -> str | None:
    """Return why an invoice cannot be voided, or None."""
    if row.book_status is BookStatus.DRAFT:
        return _("A draft cannot be voided. Press d to delete it.")
    if row.book_status is BookStatus.VOID:
        words = _("{document} is already void.")
    elif row.delivery is State.QUEUED:
        words = _("{document} is waiting to be sent. Press u to undo the send first.")
    elif row.delivery is State.IN_DOUBT:
        words = _("It is not known whether {inside} was sent. Record that first.")
    elif row.delivery in OPEN:
        words = _("{document} is being sent right now. Try again when that is finished.")
    elif row.delivery in (State.SENT, State.PARTLY_SENT) or row.handed_over:
        if row.kind is InvoiceKind.ESTIMATE:
            return None
        words = _("The customer has invoice {number}. Press e to correct it with a credit note.")
        if row.kind is InvoiceKind.CREDIT_NOTE:
            words = _("The customer has credit note {number}, so it cannot be voided. Bill the amount again instead.")
    elif row.paid and row.kind is not InvoiceKind.CREDIT_NOTE:  # what is applied to its own invoice is undone with it
        words = _("{document} has payments. Press x to remove them first.")
    else:
        return None
    name = named_first(row.kind, row.number)
    return words.format(document=name, inside=named(row.kind, row.number), number=row.number)
