"""Removing and replacing the company's Gmail address, after a question that says what it will do."""

import asyncio
from collections.abc import Callable

from textual.widget import Widget

from facturier.mail.google.connection import after_removal, disconnect, removal, replaced_by, replacing_words
from facturier.mail.senders.choices import choices
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen, ProblemScreen


def remove_gmail(asking: Widget, ws: Workspace, removed: Callable[[str], object], set_up: Callable[[], object]) -> None:
    """Ask on behalf of a widget or screen. `removed` is told what Google could not be told, nothing as a rule. Where
    no sender is left, `set_up` is called if the person wants to set up a default sender."""
    asking.run_worker(_remove(asking, ws, removed, set_up), group="remove-gmail")


async def _remove(
    asking: Widget, ws: Workspace, removed: Callable[[str], object], set_up: Callable[[], object]
) -> None:
    if not await asking.app.push_screen_wait(ConfirmScreen(_("Remove Gmail address?"), removal(ws), grave=True)):
        return
    try:
        left = await asyncio.to_thread(disconnect, ws)
    except FacturierError as error:
        asking.app.push_screen(ProblemScreen(error))
        return
    removed(left)
    if not choices(ws):
        asked = ConfirmScreen(_("Set up a default sender now?"), after_removal(ws), grave=True)
        if await asking.app.push_screen_wait(asked):
            set_up()


async def may_replace(asking: Widget, ws: Workspace, address: str) -> tuple[bool, str]:
    """Ask where another Gmail address would be replaced by this one: whether to go on, and which one goes."""
    before = replaced_by(ws, address)
    if not before:
        return True, ""
    question, does = replacing_words(before, address)
    agreed = await asking.app.push_screen_wait(ConfirmScreen(question, does, grave=True))
    return agreed, before
