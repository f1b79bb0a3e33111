"""Remove the company's Gmail address, after a question that says what it will do."""

import asyncio
from collections.abc import Callable

from textual.widget import Widget

from facturier.mail.connecting import disconnect, removal
from facturier.mail.desk import Desk
from facturier.models.errors import FacturierError
from facturier.models.language import _
from facturier.tui.screens.ask import AskScreen
from facturier.tui.screens.problem import ProblemScreen


def remove_gmail(asking: Widget, desk: Desk, removed: Callable[[str], object]) -> None:
    """Ask on behalf of a widget or screen. `removed` is told what Google could not be told, nothing as a rule."""
    asking.run_worker(_remove(asking, desk, removed), group="remove-gmail")


async def _remove(asking: Widget, desk: Desk, removed: Callable[[str], object]) -> None:
    if not await asking.app.push_screen_wait(AskScreen(_("Remove Gmail address?"), removal(desk), grave=True)):
        return
    try:
        left = await asyncio.to_thread(disconnect, desk)
    except FacturierError as error:
        asking.app.push_screen(ProblemScreen(error))
    else:
        removed(left)
