"""The way to an import, from the palette and from other screens."""

from functools import partial
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.imports.fields import Kind
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.palette.commands import Command
from facturier.tui.workers import run_in_worker


async def import_file(screen: Screen[Any], ws: Workspace, kind: Kind) -> bool:
    """Let the person choose a file, and import it. Return whether something was written. Call it in a worker."""
    from facturier.tui.screens.imports.file_screen import ImportFileScreen
    from facturier.tui.screens.imports.screen import ImportScreen

    source = await screen.app.push_screen_wait(ImportFileScreen(kind))
    if source is None:
        return False
    written = await screen.app.push_screen_wait(ImportScreen(ws, source))
    return bool(written)


def import_command(screen: Screen[Any], ws: Workspace, kind: Kind) -> Command:
    """Return the command for the palette."""
    if kind is Kind.CUSTOMERS:
        name = _("Import customers…")
        about = _("From vCard, Google Contacts, Outlook, QuickBooks Online, Invoice Ninja or any CSV file.")
    else:
        name, about = _("Import items…"), _("From QuickBooks Online, Invoice Ninja or any CSV file.")
    return Command(name, (), about, partial(_start, screen, ws, kind), screen)


def _start(screen: Screen[Any], ws: Workspace, kind: Kind) -> None:
    run_in_worker(screen, partial(import_file, screen, ws, kind), "import")
