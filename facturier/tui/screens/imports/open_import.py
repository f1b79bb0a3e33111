"""The way to an import, from the palette and from other screens."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.imports.fields import Kind
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.commands import Command


async def import_file(screen: Screen[Any], ws: Workspace, kind: Kind) -> bool:
    """Let the person choose a file, and import it. Return whether something was written. Call it in a worker."""
    from facturier.tui.screens.imports.file_screen import ImportFileScreen
    from facturier.tui.screens.imports.screen import ImportScreen

    source = await screen.app.push_screen_wait(ImportFileScreen(kind))
    if source is None:
        return False
    written = await screen.app.push_screen_wait(ImportScreen(ws, source))
    return bool(written)


def import_commands(screen: Screen[Any], ws: Workspace) -> Iterable[Command]:
    """Commands for the palette."""
    customers = _("From vCard, Google Contacts, Outlook, QuickBooks Online, Invoice Ninja or any CSV file.")
    items = _("From QuickBooks Online, Invoice Ninja or any CSV file.")
    yield Command(_("Import customers…"), (), customers, partial(_start, screen, ws, Kind.CUSTOMERS), screen)
    yield Command(_("Import items…"), (), items, partial(_start, screen, ws, Kind.ITEMS), screen)


def _start(screen: Screen[Any], ws: Workspace, kind: Kind) -> None:
    screen.run_worker(import_file(screen, ws, kind), group="import")
