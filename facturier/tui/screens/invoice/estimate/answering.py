"""Record what a customer said to an estimate."""

import asyncio
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import Answer
from facturier.models.estimates.answers import record_answer, restore_answer
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.done_line import Say


async def answer_estimate(screen: Screen[Any], ws: Workspace, estimate_id: int, answer: Answer, say: Say) -> None:
    """Record the answer. The same answer a second time removes it."""
    with problems_shown(screen):
        if get_invoice(ws.store, estimate_id).answer is answer:
            answer = Answer.NONE
        before = await asyncio.to_thread(record_answer, ws.store, estimate_id, answer, ws.today())

        async def undo() -> None:
            with problems_shown(screen):
                await asyncio.to_thread(restore_answer, ws.store, before)
                say(_("The answer to estimate {number} was restored.").format(number=before.number), None)

        words = {
            Answer.ACCEPTED: _("Estimate {number} is accepted."),
            Answer.DECLINED: _("Estimate {number} is declined."),
            Answer.NONE: _("Estimate {number} has no answer."),
        }
        say(words[answer].format(number=before.number), undo)
