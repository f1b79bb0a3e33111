"""Void a draft that cannot be deleted, because its number would be missing from the books."""

import asyncio
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.errors import NumberReserved
from facturier.models.payments.voiding import void_invoice
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.dialogs import ReasonScreen
from facturier.tui.screens.dialogs.problems import problems_shown


async def void_instead(screen: Screen[Any], ws: Workspace, invoice_id: int, error: NumberReserved) -> None:
    """Ask for a reason and for confirmation, then void the draft. Errors are shown as a dialog."""
    question = _("Void invoice {number} instead?").format(number=error.number)
    consequence = _("A void invoice is a record of the number. This cannot be undone.")
    detail = f"{error.happened} {error.kept} {consequence}"
    if reason := await screen.app.push_screen_wait(ReasonScreen(question, detail)):
        with problems_shown(screen):
            await asyncio.to_thread(void_invoice, ws.store, invoice_id, reason)
