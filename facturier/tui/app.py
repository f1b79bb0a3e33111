"""The program on the screen: one company, its list of invoices at the bottom of a stack of screens."""

import asyncio
import contextlib
import os
import signal
import threading
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

from rich.text import Text
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input, TextArea
from textual.worker import WorkerFailed

from facturier.mail.desk import Desk
from facturier.models.errors import StoreError
from facturier.models.language import N_
from facturier.tui.commands import Command
from facturier.tui.facts import CompanyChanged
from facturier.tui.faults import as_problem
from facturier.tui.post import Post
from facturier.tui.screens.invoices import InvoicesScreen
from facturier.tui.screens.problem import ProblemScreen
from facturier.tui.theme import THEME

_TO_SAVE, _TO_END = 20.0, 2.0  # seconds for keeping what is typed, then for ending, once the terminal has gone
_LOOK = 0.25  # seconds between looks at the company file


@runtime_checkable
class Saving(Protocol):
    """A screen that holds something unsaved."""

    async def save_now(self) -> bool:
        """Keep it; False where it could not be kept, which the screen then shows."""


class FacturierApp(App[None], inherit_bindings=False):
    """The screens of one company. `desk` is all that they know of it."""

    CSS_PATH = Path(__file__).with_name("styles.tcss")  # absolute: a subclass may live elsewhere
    TITLE = "Facturier"
    ENABLE_COMMAND_PALETTE = False  # ours reads the same bindings as the help, and is translated
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", N_("Help"), tooltip=N_("Every key of this screen."), id="app.help"),
        Binding("colon,ctrl+p", "palette", N_("All"), tooltip=N_("Find anything by typing."), id="app.palette"),
        Binding("ctrl+q", "quit", N_("Quit"), tooltip=N_("Drafts are kept."), id="app.quit", show=False, priority=True),
        Binding("ctrl+c", "interrupt", id="app.interrupt", show=False, priority=True),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(ansi_color=True)  # said here, or Textual prepares NO_COLOR for a theme of 24-bit colours
        self.desk = desk
        self.register_theme(THEME)
        self.theme = THEME.name
        self._open = contextlib.ExitStack()
        self._post = Post(self, desk, failed=self._post_failed, idle=self._post_idle)
        self._changes = 0
        self._today = desk.today()
        self._troubled = False
        self._leaving = False

    def get_default_screen(self) -> Screen[Any]:
        return InvoicesScreen(self.desk)

    def on_mount(self) -> None:
        # Changes by others can be told only on a connection that stays open.
        self._open.enter_context(self.desk.store.reading())
        self._changes = self.desk.store.changes()
        for number in (signal.SIGTERM, signal.SIGHUP):
            with contextlib.suppress(ValueError, NotImplementedError, RuntimeError):
                asyncio.get_running_loop().add_signal_handler(number, self._terminate)
        self.set_interval(_LOOK, self._look)
        self._post.start()

    def on_unmount(self) -> None:
        self._open.close()

    def action_help(self) -> None:
        from facturier.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    def action_palette(self) -> None:
        from facturier.tui.screens.palette import PaletteScreen, run

        async def chosen(command: Command | None) -> None:
            if command is not None:
                await run(command)

        self.push_screen(PaletteScreen(self.screen), chosen)

    def action_interrupt(self) -> None:
        """Ctrl+C: copies what is selected in a field, as it does everywhere; without that, the program ends."""
        focused = self.focused
        if isinstance(focused, Input | TextArea) and focused.selected_text:
            focused.action_copy()
        else:
            self.call_later(self.action_quit)

    async def action_quit(self) -> None:
        """End the program: drafts are kept, a send under way is waited for."""
        if not await self._save_all():
            return
        if not self._post.busy:
            self.exit()
        elif not self._leaving:
            from facturier.tui.screens.leaving import LeavingScreen

            self._leaving = True
            self._post.stop()
            self.push_screen(LeavingScreen(), self._stay)

    def _stay(self, _answer: bool | None) -> None:
        self._leaving = False
        self._post.resume()

    def _terminate(self) -> None:
        """The terminal is gone, or the machine goes down: keep what is typed and end. A send under way is finished by
        its own thread, which the interpreter waits for."""
        self._post.stop()
        self._end_within(_TO_SAVE)

        async def end() -> None:
            await self._save_all()
            self._end_within(_TO_END)
            self.exit()

        self.run_worker(end(), group="end")

    def _end_within(self, seconds: float) -> None:
        """Nobody is there any more to see a screen hang, or a terminal that takes no more output: the process must not
        stay on their account."""

        def end_by_force() -> None:
            if not self._post.busy:
                os._exit(1)

        last_resort = threading.Timer(seconds, end_by_force)
        last_resort.daemon = True
        last_resort.start()

    async def _save_all(self) -> bool:
        return all([await screen.save_now() for screen in self.screen_stack if isinstance(screen, Saving)])

    def _look(self) -> None:
        """See whether anyone changed the company. Costs next to nothing when nobody did, and draws nothing."""
        try:
            changes, today = self.desk.store.changes(), self.desk.today()
            if (changes, today) == (self._changes, self._today):
                return
            self._changes, self._today = changes, today
            self._post.look()
        except StoreError as error:
            if not self._troubled:
                self._troubled = True
                self.push_screen(ProblemScreen(error))
            return
        self._troubled = False
        for screen in self.screen_stack:
            screen.post_message(CompanyChanged())

    def _post_failed(self, error: Exception) -> None:
        self.notify(str(as_problem(error)), severity="error", timeout=15, markup=False)

    def _handle_exception(self, error: Exception) -> None:
        """Textual has no public door for this: it would print a traceback with the values of variables, secrets among
        them. A worker's fault is shown and the program goes on; any other one ends it with a sentence. Under test, the
        test fails."""
        if self.is_headless:
            super()._handle_exception(error)
        elif isinstance(error, WorkerFailed):
            self.push_screen(ProblemScreen(as_problem(error.error)))
        else:
            self._return_code = 1
            self.panic(Text(f"facturier: {as_problem(error)}"))

    def _post_idle(self) -> None:
        if self._leaving:
            self.exit()
