"""Remove or replace the company's Gmail address, after a question that says what will happen.

`asking` is the widget or screen that asks. It must call these functions in a worker.
"""

import asyncio

from textual.widget import Widget

from facturier.mail.google.connection import after_removal, disconnect, removal, replaced_by, replacing_words
from facturier.mail.senders.choices import choices
from facturier.mail.workspace import Workspace
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown


async def remove_gmail(asking: Widget, ws: Workspace) -> str | None:
    """Ask, and remove the address after a yes.

    Return what could not be revoked at Google, usually an empty text, or None if the address was not removed.
    """
    if not await asking.app.push_screen_wait(ConfirmScreen(_("Remove Gmail address?"), removal(ws), grave=True)):
        return None
    with problems_shown(asking):
        return await asyncio.to_thread(disconnect, ws)
    return None


async def wants_sender(asking: Widget, ws: Workspace) -> bool:
    """If no sender remains, ask whether the person wants to set up a default sender. Return the answer."""
    if choices(ws):
        return False
    asked = ConfirmScreen(_("Set up a default sender now?"), after_removal(ws), grave=True)
    return await asking.app.push_screen_wait(asked)


async def may_replace(asking: Widget, ws: Workspace, address: str) -> tuple[bool, str]:
    """Ask if another Gmail address would be replaced by this one.

    Return whether to continue, and the address that would be replaced, or an empty text.
    """
    before = replaced_by(ws, address)
    if not before:
        return True, ""
    question, does = replacing_words(before, address)
    agreed = await asking.app.push_screen_wait(ConfirmScreen(question, does, grave=True))
    return agreed, before
