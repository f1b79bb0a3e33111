"""The program on the screen: its keys, and what they do on every screen."""

import os
import signal
from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from textual import work
from textual.binding import Binding, BindingType

from facturier.mail.workspace import Workspace
from facturier.models.text.i18n import N_, _
from facturier.models.text.paths import is_file
from facturier.tui.messages import CompanyChosen
from facturier.tui.textual_private.app import can_suspend
from facturier.tui.window.company_app import CompanyApp
from facturier.tui.window.company_watch import CompanyWatch
from facturier.tui.window.shutdown import Shutdown
from facturier.tui.window.unsaved import save_all
from facturier.tui.workers import run_in_worker

if TYPE_CHECKING:
    from facturier.tui.window.departure import Departure


@runtime_checkable
class Selecting(Protocol):
    """A field in which text can be selected. (Asking for Textual's class would load it.)"""

    selected_text: str

    def action_copy(self) -> None: ...


@runtime_checkable
class Undoing(Protocol):
    """A screen that can undo something. Its `check_action("undo", ())` says whether it can now."""

    def action_undo(self) -> object: ...


class FacturierApp(CompanyApp, inherit_bindings=False):
    """The screens of one company at a time, its list of invoices at the bottom."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", N_("Help"), tooltip=N_("Show all keys for this screen."), id="app.help"),
        # Where `?` would be typed, and in dialogs, too.
        Binding(
            "f1",
            "help",
            N_("Help"),
            tooltip=N_("Show all keys for this screen."),
            id="app.help_f1",
            priority=True,
        ),
        Binding("colon,ctrl+p", "palette", N_("Commands"), tooltip=N_("Search all commands."), id="app.palette"),
        Binding("ctrl+q", "quit", N_("Quit"), tooltip=N_("Drafts are kept."), id="app.quit", show=False, priority=True),
        Binding(
            "ctrl+c",
            "interrupt",
            N_("Copy, or quit"),
            tooltip=N_("Copy the selected text. If nothing is selected, ask whether to quit."),
            id="app.interrupt",
            show=False,
            priority=True,
        ),
        Binding(
            "ctrl+z",
            "undo_or_suspend",
            N_("Undo, or suspend"),
            tooltip=N_("Undo the last action. If there is nothing to undo, suspend the program; “fg” resumes it."),
            id="app.suspend",
            show=False,
        ),
        Binding(
            "ctrl+r",
            "redraw",
            N_("Redraw the screen"),
            tooltip=N_("Redraw the whole screen, for example after another program wrote to this terminal."),
            id="app.redraw",
            show=False,
            priority=True,
        ),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(ws)
        self._company_watch = CompanyWatch(self)
        self._ending = Shutdown(self)
        self._own_keys = False

    @cached_property
    def _departure(self) -> "Departure":
        from facturier.tui.window.departure import Departure

        return Departure(self, opened=self._opened)

    def on_load(self) -> None:
        self._own_keys = bool(self.ws.preferences().keys) or is_file(self.ws.locations.key_file)
        if self._own_keys:
            from facturier.tui.keymap.apply import use_keys

            use_keys(self, self.ws)

    def on_mount(self) -> None:
        self._opened()
        if not self.is_headless:
            self._ending.on_signals()
        self._company_watch.start()
        # Textual takes the terminal back after Ctrl+Z, but does not redraw it.
        self.app_resume_signal.subscribe(self, lambda _app: self.refresh(layout=True))

    def _opened(self) -> None:
        """The screens of a company were opened."""
        self._company_watch.begin_with()
        self.call_after_refresh(self._start_work)

    def _start_work(self) -> None:
        from facturier.tui.window.startup import start_work

        start_work(self)
        if self._own_keys:
            from facturier.tui.keymap.apply import complete_keys

            self._own_keys = False  # once, and not again with another company
            run_in_worker(self, partial(complete_keys, self, self.ws), "keys")

    async def on_company_chosen(self, event: CompanyChosen) -> None:
        await self._departure.switch(event.ws)

    def hang_up(self) -> None:
        """The terminal is gone."""
        self._ending.hang_up()

    async def end_over(self, message: str) -> None:
        self._ending.end_over(message)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual's)
        # In a field, Ctrl+Z is meant for what was typed.
        return action != "undo_or_suspend" or not isinstance(self.focused, Selecting)

    def action_help(self) -> None:
        from facturier.tui.screens.dialogs.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        else:
            self.push_screen(HelpScreen(self.screen))

    @work
    async def action_palette(self) -> None:
        from facturier.tui.screens.dialogs.palette.palette import PaletteScreen, run

        command = await self.push_screen_wait(PaletteScreen(self.screen))
        if command is not None:
            await run(command)

    @work
    async def action_outbox(self) -> None:
        from facturier.tui.screens.outbox.screen import OutboxScreen

        await self.push_screen_wait(OutboxScreen(self.ws))

    @work
    async def action_chase(self) -> None:
        """Open Reminders due today, also from screens below it."""
        from facturier.tui.screens.chase.screen import ChaseScreen

        await self.push_screen_wait(ChaseScreen(self.ws))

    async def action_interrupt(self) -> None:
        """Ctrl+C: copy what is selected in a field or with the mouse, or else ask whether to quit."""
        focused = self.focused
        if isinstance(focused, Selecting) and focused.selected_text:
            focused.action_copy()
        elif selected := self.screen.get_selected_text():
            self.copy_to_clipboard(selected)
            self.screen.clear_selection()
        else:
            await self._departure.interrupt()

    async def action_undo_or_suspend(self) -> None:
        """Ctrl+Z: undo where the screen has something to undo, or else go to the shell."""
        screen = self.screen
        if isinstance(screen, Undoing) and screen.check_action("undo", ()):
            await screen.run_action("undo")
        else:
            await self.action_suspend()

    async def action_suspend(self) -> None:
        """Go to the shell and keep everything that was typed. Never while a message is being handed over."""
        if self.outbox_worker.busy:
            self.notify(_("A message is being sent right now. Try again when it has been sent."), markup=False)
        elif not can_suspend(self) or os.getpgrp() == os.getsid(0):
            # Without a shell above, as where a terminal runs this program alone, nothing would bring it back.
            self.notify(_("This terminal cannot suspend a program."), markup=False)
        elif await save_all(self):
            with self.suspend():
                os.killpg(os.getpgrp(), signal.SIGTSTP)  # `make`, or who else waits for this program, with it

    async def action_quit(self) -> None:
        """End the program. Drafts are saved. Waits for deliveries that are being sent, or will be within a minute."""
        await self._departure.quit()
