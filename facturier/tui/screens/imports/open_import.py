"""The way to an import, from the palette and from other screens."""

import asyncio
from functools import partial
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.imports.fields import Kind
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.palette.commands import Command
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.done_line import Say
from facturier.tui.workers import run_in_worker


async def import_file(screen: Screen[Any], ws: Workspace, kind: Kind, say: Say) -> None:
    """Let the person choose a file, import it, and say what was imported. Call it in a worker."""
    from facturier.tui.screens.imports.file_screen import ImportFileScreen
    from facturier.tui.screens.imports.screen import ImportScreen

    source = await screen.app.push_screen_wait(ImportFileScreen(kind))
    if source is None:
        return
    imported = await screen.app.push_screen_wait(ImportScreen(ws, source))
    if imported is None:
        return
    from facturier.models.imports.importing import undo_import
    from facturier.tui.words.imports import imported_words, undone_words

    async def undo() -> None:
        with problems_shown(screen):
            say(undone_words(await asyncio.to_thread(undo_import, ws.store, imported)))

    say(imported_words(imported), undo)


def import_command(screen: Screen[Any], ws: Workspace, kind: Kind, say: Say) -> Command:
    """Return the command for the palette. `say` shows what was imported on the screen."""
    if kind is Kind.CUSTOMERS:
        name = _("Import customers…")
        about = _("From vCard, Google Contacts, Outlook, QuickBooks Online, Invoice Ninja or any CSV file.")
    else:
        name, about = _("Import items…"), _("From QuickBooks Online, Invoice Ninja or any CSV file.")
    return Command(name, (), about, partial(_start, screen, ws, kind, say), screen)


def _start(screen: Screen[Any], ws: Workspace, kind: Kind, say: Say) -> None:
    run_in_worker(screen, partial(import_file, screen, ws, kind, say), "import")
