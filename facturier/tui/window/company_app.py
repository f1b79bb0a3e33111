"""The app without its keys: a terminal, the styles, and one open company at a time."""

import contextlib
from typing import TYPE_CHECKING, Any

from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.tui.errors.error_boundary import ErrorBoundary
from facturier.tui.errors.faults import as_problem
from facturier.tui.messages import PreferencesChanged
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from facturier.tui.terminal.driver import TerminalDriver, wait_for_sequences
from facturier.tui.terminal.type_ahead import TypeAhead
from facturier.tui.themes.theme import read_all_styles
from facturier.tui.window.look import Look
from facturier.tui.window.outbox_worker import OutboxWorker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from facturier.tui.screens.dialogs.palette.commands import Command


class CompanyApp(TypeAhead, ErrorBoundary, Look, inherit_bindings=False):
    """The app with one open company. `ws` is its workspace, and `outbox_worker` delivers its outbox.

    Each company has its own stack of screens, which Textual calls a mode.
    """

    DEFAULT_MODE = "first"

    def __init__(self, ws: Workspace) -> None:
        # Without `ansi_color`, Textual would prepare NO_COLOR for a theme of 24-bit colours.
        super().__init__(driver_class=TerminalDriver, ansi_color=True)
        self.use_preferred_theme(ws.preferences())
        self._colours = self.get_css_variables()
        self.stylesheet.set_variables(self._colours)
        self._reading = contextlib.ExitStack()
        self.add_mode(self.DEFAULT_MODE, lambda: InvoicesScreen(ws))
        self.ws = ws
        self.outbox_worker = OutboxWorker(self, ws, failed=self._not_delivered)

    def commands(self) -> "Iterable[Command]":
        """Return the commands that are available on every screen without a key."""
        from facturier.tui.window.theme_commands import theme_commands

        yield from theme_commands(self)

    def on_preferences_changed(self, event: PreferencesChanged) -> None:
        self.use_preferred_theme(event.preferences)
        self.use_symbols(event.preferences)
        self.refresh(layout=True)

    def on_load(self) -> None:
        preferences = self.ws.preferences()
        wait_for_sequences(slow=preferences.line == "slow")
        self.use_symbols(preferences)
        # One connection is open from here on. The first screen reads a lot, and opening a connection takes longer than
        # that. Also, only a connection that stays open can detect changes by others.
        self._reading.enter_context(self.ws.store.reading())

    def on_unmount(self) -> None:
        from facturier.mail.document.renderer import stop_rendering

        # Stop the threads that render a document or wait for a server, because the interpreter waits for them.
        stop_rendering()
        self.ws.close()
        self._reading.close()

    async def show_company(self, ws: Workspace) -> None:
        """Open another company, and close the screens of the current one."""
        before, after = self.current_mode, f"workspace {id(ws)}"
        self.add_mode(after, lambda: InvoicesScreen(ws))
        await self.switch_mode(after)
        await self.remove_mode(before)
        self._reading.close()
        self._reading.enter_context(ws.store.reading())
        self.ws.close()
        self.ws, self.outbox_worker = ws, OutboxWorker(self, ws, failed=self._not_delivered)

    def _not_delivered(self, error: Exception) -> None:
        self.notify(str(as_problem(error)), severity="error", timeout=15, markup=False)

    def push_screen(self, *arguments: Any, **more: Any) -> Any:
        read_all_styles(self)
        return super().push_screen(*arguments, **more)

    def refresh_css(self, animate: bool = True) -> None:
        """Read the styles again only if the colours have changed.

        Textual does this whenever a theme is set, even at the start, where it takes longer than everything else.
        """
        if (colours := self.get_css_variables()) != self._colours:
            self._colours = colours
            super().refresh_css(animate)

    async def show_fault(self, problem: FacturierError) -> None:
        from facturier.tui.screens.dialogs.dialogs import ProblemScreen

        if not isinstance(self.screen, ProblemScreen):  # if there are several errors, show only the first
            show_problem(self, problem)
