"""Offer to create the folder that a default sender saves email in."""

import asyncio
from pathlib import Path

from textual.dom import DOMNode

from facturier.models.errors import StoreError
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem


def is_missing(folder: Path) -> bool:
    """Return whether there is nothing at an absolute path. Never raises."""
    try:
        folder.lstat()
    except FileNotFoundError:
        return folder.is_absolute()
    except (OSError, ValueError):
        pass
    return False


async def create_if_missing(node: DOMNode, folder: Path) -> bool:
    """Ask whether to create the folder if it is missing. Return False if the person says no or it cannot be created.

    Call it in work that quitting does not wait for.
    """
    if not await asyncio.to_thread(is_missing, folder):
        return True
    question = _("Create the folder {folder}?").format(folder=folder)
    detail = _("It does not exist. The default sender saves each email in it as an .eml file.")
    if not await node.app.push_screen_wait(ConfirmScreen(question, detail)):
        return False
    try:
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    except OSError as error:
        words = _("Cannot create the folder {folder}: {reason}.")
        show_problem(node, StoreError(words.format(folder=folder, reason=error.strerror or "?")))
        return False
    return True
