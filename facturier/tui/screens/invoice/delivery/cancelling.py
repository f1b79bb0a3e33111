"""Undo a send that is still waiting."""

import asyncio
from typing import Any

from textual.screen import Screen

from facturier.mail.sending.queue import cancel
from facturier.mail.workspace import Workspace
from facturier.models.books.status import DeliveryKind
from facturier.models.outbox.delivery import Delivery
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.problems import problems_shown


async def cancel_sending(screen: Screen[Any], ws: Workspace, delivery: Delivery) -> None:
    """Cancel a waiting delivery, and tell the person which one it was."""
    with problems_shown(screen):
        draft_again = await asyncio.to_thread(cancel, ws, delivery.id)
        words = (
            _("Sending undone. {document} is a draft again and keeps its number.")
            if draft_again
            else _("Sending undone. {document} was not sent.")
            if delivery.kind is DeliveryKind.INVOICE
            else _("Sending undone.")
        )
        name = delivery.called_first
        screen.notify(words.format(document=name), markup=False)
