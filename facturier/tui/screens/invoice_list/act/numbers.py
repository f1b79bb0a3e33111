"""Check the numbers for gaps and duplicates, and show what was found."""

import asyncio
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.issuing.number_check import check_numbers
from facturier.models.text.i18n import _, ngettext
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.formatting import counted
from facturier.tui.words.numbers import number_lines

_MOST = 12  # sentences that fit in 80x24


class NumbersScreen(Dialog[None]):
    """Shows sentences about the numbers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.CLOSE.on("numbers.close"),
    ]

    def __init__(self, lines: list[str]) -> None:
        super().__init__(classes="dialog")
        self._lines = lines

    def compose(self) -> ComposeResult:
        shown = self._lines[:_MOST]
        if more := len(self._lines) - len(shown):
            words = ngettext(
                "… and {count} more. To see all: facturier numbers",
                "… and {count} more. To see all: facturier numbers",
                more,
            )
            shown.append(words.format(count=counted(more)))
        with Vertical(classes="dialog-box"):
            yield Label(_("Check numbers"), markup=False, classes="dialog-title")
            yield Label("\n".join(shown), markup=False)
            yield KeyBar()


async def show_number_check(screen: Screen[Any], ws: Workspace) -> None:
    with problems_shown(screen):
        found = await asyncio.to_thread(check_numbers, ws.store)
        await screen.app.push_screen_wait(NumbersScreen(list(number_lines(found))))
