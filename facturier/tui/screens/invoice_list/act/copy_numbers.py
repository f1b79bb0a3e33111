"""Copy the numbers of several invoices to the clipboard."""

from typing import Any

from textual.screen import Screen

from facturier.mail.sending.batch import these
from facturier.mail.workspace import Workspace
from facturier.models.text.i18n import _, ngettext
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.terminal.clipboard import copy_text
from facturier.tui.words.formatting import counted


async def copy_numbers(screen: Screen[Any], ws: Workspace, ids: set[int]) -> None:
    """Copy the numbers of these invoices, one a line, the oldest first."""
    with problems_shown(screen):
        numbers = [row.number for row in these(ws.store, ids, ws.today()) if row.number]
        if not numbers:
            screen.notify(_("Drafts have no number to copy."), severity="warning", markup=False)
            return
        await copy_text(screen.app, "\n".join(numbers))
        words = ngettext("{count} number copied.", "{count} numbers copied.", len(numbers))
        screen.notify(words.format(count=counted(len(numbers))), markup=False)
