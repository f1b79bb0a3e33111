"""Make an invoice recurring, or change the schedule that it belongs to."""

import asyncio
from functools import partial
from typing import Any

from textual.screen import Screen

from facturier.mail.vault.schedule_approval import keep_approval
from facturier.mail.workspace import Workspace
from facturier.models.books.invoices import get_invoice
from facturier.models.recurring.deleting import delete_schedule
from facturier.models.recurring.schedule import get_schedule, schedule_of
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.schedule.approving import approve_if_needed
from facturier.tui.screens.schedule.form import ScheduleScreen
from facturier.tui.widgets.done_line import Say
from facturier.tui.words.formatting import long_day
from facturier.tui.words.recurring import rhythm_words


async def make_recurring(screen: Screen[Any], ws: Workspace, invoice_id: int, say: Say) -> None:
    """Show the form. A new schedule can be undone."""
    with problems_shown(screen):
        known = schedule_of(ws.store, invoice_id)
        if known is not None:
            form = ScheduleScreen(ws, schedule=get_schedule(ws.store, known))
        else:
            form = ScheduleScreen(ws, invoice=get_invoice(ws.store, invoice_id))
        schedule = await screen.app.push_screen_wait(form)
        if schedule is None:
            return
        await approve_if_needed(screen, ws, schedule)

        async def undo() -> None:
            with problems_shown(screen):
                await asyncio.to_thread(keep_approval, ws, partial(delete_schedule, ws.store, schedule.id))
                say(_("No longer recurring."), None)

        dates = long_day(schedule.next) if schedule.next is not None else _("no date")
        words = _("Recurring {rhythm}. Next: {date}. L shows all.")
        said = words.format(rhythm=rhythm_words(schedule.rhythm), date=dates)
        say(said, None if known is not None else undo)
