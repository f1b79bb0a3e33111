"""Send the last reminder of an invoice again, after it was refused or bounced."""

import asyncio
from typing import Any

from textual.screen import Screen

from facturier.mail.notices.notice import send_notice
from facturier.mail.notices.reminder import make_reminder
from facturier.mail.workspace import Workspace
from facturier.models.outbox.delivery import Delivery
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown


async def remind_again(screen: Screen[Any], ws: Workspace, invoice_id: int) -> Delivery | None:
    """Ask, then put the reminder in the outbox. Return the new delivery, or None if it was not queued."""
    with problems_shown(screen):
        reminder = await asyncio.to_thread(make_reminder, ws, invoice_id, again=True)
        detail = _("It will be sent to {people}.").format(people=", ".join(reminder.notice.envelope.recipients) or "–")
        if await screen.app.push_screen_wait(ConfirmScreen(_("Send the reminder again?"), detail)):
            return await asyncio.to_thread(send_notice, ws, reminder.notice)
    return None
