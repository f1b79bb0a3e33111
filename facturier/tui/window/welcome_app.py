"""The app before a company is open, with the welcome screen."""

import asyncio
import signal
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.binding import Binding, BindingType
from textual.widgets import Input

from facturier.mail.open_workspace import Companies
from facturier.mail.workspace import Workspace
from facturier.models.company.user import read_preferences
from facturier.models.errors import FacturierError
from facturier.models.text.i18n import N_
from facturier.tui.errors.error_boundary import ErrorBoundary
from facturier.tui.screens.companies.welcome import WelcomeScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.terminal.driver import TerminalDriver
from facturier.tui.terminal.exit_status import REFUSED
from facturier.tui.terminal.signals import on_first_signal, status_of
from facturier.tui.terminal.type_ahead import TypeAhead
from facturier.tui.themes.theme import read_all_styles
from facturier.tui.window.look import Look


class WelcomeApp(TypeAhead, ErrorBoundary, Look, inherit_bindings=False):
    """Ends when the person has chosen a company. `chosen` is its workspace, or None if the person quit."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", N_("Quit"), show=False, priority=True),
        Binding("ctrl+c", "interrupt", N_("Copy, or quit"), show=False, priority=True),
        Binding("ctrl+r", "redraw", N_("Redraw the screen"), show=False, priority=True),
    ]

    def __init__(self, companies: Companies) -> None:
        super().__init__(driver_class=TerminalDriver, ansi_color=True)
        self._preferences = read_preferences(companies.locations.data)
        self.use_preferred_theme(self._preferences)
        self._companies = companies
        self.chosen: Workspace | None = None

    def on_load(self) -> None:
        self.use_symbols(self._preferences)

    def on_mount(self) -> None:
        if not self.is_headless:
            loop = asyncio.get_running_loop()

            def told(number: int) -> None:
                loop.call_soon_threadsafe(self._end, status_of(number))

            on_first_signal(told)
        read_all_styles(self)
        self._welcome()

    @work
    async def _welcome(self) -> None:
        self.chosen = await self.push_screen_wait(WelcomeScreen(self._companies, first=True))
        self.exit()

    def action_interrupt(self) -> None:
        """Copy the selection in a field. Otherwise quit, if the welcome screen is on top, where nothing can be lost."""
        if isinstance(self.focused, Input):
            self.focused.action_copy()
        elif isinstance(self.screen, WelcomeScreen):
            self.exit()

    def hang_up(self) -> None:
        """End the program, because the terminal is gone."""
        self._end(status_of(signal.SIGHUP))

    def _end(self, status: int) -> None:
        self.exit(return_code=status)

    async def show_fault(self, problem: FacturierError) -> None:
        show_problem(self, problem)

    async def end_over(self, message: str) -> None:
        self.exit(return_code=REFUSED, message=Text(message))
