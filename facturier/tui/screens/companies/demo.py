"""Open the demo company. The first time, its books are created, and the dialog shows the progress."""

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.mail.open_workspace import Companies
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.text.i18n import _
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.dialogs import ProblemScreen
from facturier.tui.widgets.keybar import KeyBar

_STEP = 10  # invoices between two updates of the progress


class _Stopped(Exception):
    """The person cancelled. The unfinished file is removed the next time."""


class DemoScreen(Dialog[Workspace | None]):
    """The dialog's result is the workspace of the demo company, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [keys.CANCEL.on("demo.cancel", action="stop")]

    def __init__(self, companies: Companies) -> None:
        super().__init__(classes="dialog")
        self._companies = companies
        self._stopped = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Demo company"), markup=False, classes="dialog-title")
            yield Label(_("Opening the demo company…"), markup=False, id="demo-progress")
            yield KeyBar()

    @work
    async def on_mount(self) -> None:
        try:
            ws = await asyncio.to_thread(self._companies.open_demo, self._told)
        except _Stopped:
            self.dismiss(None)
        except FacturierError as error:
            await self.app.push_screen_wait(ProblemScreen(error))
            self.dismiss(None)
        else:
            if self._stopped:
                ws.close()
            self.dismiss(None if self._stopped else ws)

    def action_stop(self) -> None:
        self._stopped = True

    def _told(self, done: int, of: int) -> None:
        """Show the progress. Called in the thread that creates the books."""
        if self._stopped:
            raise _Stopped
        if done % _STEP == 0:
            words = _("Creating the sample books (only once): invoice {done} of {of}").format(done=done, of=of)
            self.app.call_from_thread(self.query_one("#demo-progress", Label).update, words)
