"""The program on the screen: one company, its list of invoices at the bottom of a stack of screens."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from rich.text import Text
from textual.binding import Binding, BindingType

from facturier.mail.workspace import Workspace
from facturier.models.company.user import spoilt_preferences
from facturier.models.errors import FacturierError, StoreError
from facturier.models.store.store import CHECKED_AT_ONCE
from facturier.models.text.i18n import N_, _
from facturier.tui.error_boundary import ErrorBoundary
from facturier.tui.exit_status import REFUSED
from facturier.tui.faults import as_problem
from facturier.tui.messages import CompanyChanged, CompanyChosen
from facturier.tui.outbox_worker import OutboxWorker
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from facturier.tui.terminal.driver import TerminalDriver, wait_for_sequences
from facturier.tui.terminal.signals import on_first_signal, status_of
from facturier.tui.terminal.type_ahead import TypeAhead
from facturier.tui.textual_private import can_suspend, context_of
from facturier.tui.theme import FIRST, THEME, read_all_styles

if TYPE_CHECKING:
    from facturier.models.outbox.delivery import Delivery
    from facturier.tui.screens.dialogs.commands import Command

# Seconds for what was typed to arrive, for keeping it, then for ending, once the terminal has gone.
_TO_ARRIVE, _TO_SAVE, _TO_END = 5.0, 20.0, 2.0
_SOON = timedelta(minutes=1)  # what leaves within this is waited for when the program is told to end
_LOOK = 0.25  # seconds between looks at the company file
_TELL = 2.0  # seconds between looks whether rows of it could not be read
_COPY = 3.0  # seconds after the start when the daily copy is made
_CHECK = 15.0  # seconds after the start when a large file, opened unchecked, is read from end to end


@runtime_checkable
class Selecting(Protocol):
    """A field in which text can be selected. (A class of Textual's would have to be loaded to ask for it.)"""

    selected_text: str

    def action_copy(self) -> None: ...


@runtime_checkable
class Saving(Protocol):
    """A screen that holds something unsaved."""

    async def save_now(self) -> bool:
        """Keep it; False where it could not be kept, which the screen then shows."""


@runtime_checkable
class Copying(Protocol):
    """A screen that can give what was typed to another place than the company file."""

    def typed_copy(self) -> tuple[str, str]:
        """What is not saved as text, empty where there is nothing, and why it is not."""


class FacturierApp(TypeAhead, ErrorBoundary, inherit_bindings=False):
    """The screens of one company. `ws` is all that they know of it."""

    CSS_PATH = FIRST  # absolute: a subclass may live elsewhere
    TITLE = "Facturier"
    DEFAULT_MODE = "first"
    ENABLE_COMMAND_PALETTE = False  # ours reads the same bindings as the help, and is translated
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", N_("Help"), tooltip=N_("Show all keys of this screen."), id="app.help"),
        # Where `?` would be typed, and in dialogs, too.
        Binding(
            "f1",
            "help",
            N_("Help"),
            tooltip=N_("Show all keys of this screen."),
            id="app.help_f1",
            priority=True,
        ),
        Binding("colon,ctrl+p", "palette", N_("All"), tooltip=N_("Search all commands."), id="app.palette"),
        Binding("ctrl+q", "quit", N_("Quit"), tooltip=N_("Drafts are kept."), id="app.quit", show=False, priority=True),
        Binding(
            "ctrl+c",
            "interrupt",
            N_("Copy, or quit"),
            tooltip=N_("Copies the selected text. Without a selection, quits."),
            id="app.interrupt",
            show=False,
            priority=True,
        ),
        Binding(
            "ctrl+z",
            "suspend",
            N_("Suspend"),
            tooltip=N_("Suspend the program. “fg” resumes it."),
            id="app.suspend",
            show=False,
        ),
    ]

    def __init__(self, ws: Workspace) -> None:
        # The colours are said here, or Textual prepares NO_COLOR for a theme of 24-bit colours.
        super().__init__(driver_class=TerminalDriver, ansi_color=True)
        self.ws = ws
        self.register_theme(THEME)
        self.theme = THEME.name
        self._colours = self.get_css_variables()
        self.stylesheet.set_variables(self._colours)
        self._open = contextlib.ExitStack()
        # Each company has a stack of screens of its own: a mode, as Textual calls it.
        self.add_mode(self.DEFAULT_MODE, lambda: InvoicesScreen(ws))
        self._post = self._new_post(ws)
        self._changes = 0
        self._today = ws.today()
        self._troubled = False
        self._told: set[str] = set()
        self._leaving = False
        self._end: asyncio.Task[None] | None = None

    def on_load(self) -> None:
        wait_for_sequences(slow=self.ws.preferences().line == "slow")
        # From here on in one connection: the first screen reads much, and opening one takes longer than all of that.
        # Changes by others can be told only on a connection that stays open, too.
        self._open.enter_context(self.ws.store.reading())

    def on_mount(self) -> None:
        self._sit_down()
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            on_first_signal(lambda number: _told(loop, self._terminate, number))
        self.set_interval(_LOOK, self._look)
        self.set_interval(_TELL, self._tell_damage)
        # Textual takes the terminal back after Ctrl+Z, and leaves it empty.
        self.app_resume_signal.subscribe(self, lambda _app: self.refresh(layout=True))

    def _sit_down(self) -> None:
        """Begin to work at the workspace."""
        self._changes, self._today = self.ws.store.changes(), self.ws.today()
        self.call_after_refresh(self._begin)

    def _new_post(self, ws: Workspace) -> OutboxWorker:
        return OutboxWorker(self, ws, failed=self._post_failed)

    def _begin(self) -> None:
        """What waits until the first screen is there."""
        if not gc.isenabled():
            gc.freeze()  # what has been loaded stays: no key has to wait while all of it is looked through for garbage
            gc.enable()
        self._post.start()
        self.run_worker(self._ask_about_copy(), group="copy_question")
        self.run_worker(self._ask_passphrase(), group="passphrase")
        self.run_worker(asyncio.to_thread(_tidy_up), group="tidy")
        self._say_what_is_aside()
        if spoilt := spoilt_preferences(self.ws.locations.data):
            self.notify(spoilt, severity="warning", timeout=15, markup=False)
        # In workers: what a timer awaits itself, every key waits for.
        self.set_timer(_COPY, lambda: self.run_worker(self._keep_copy(), group="copy"))
        with contextlib.suppress(OSError):  # taken away: `_look` says so
            # one machine: a company is a file, and its size says how long a check takes.
            self._check_later(self.ws.store.path.stat().st_size)

    def _check_later(self, size: int) -> None:
        if size > CHECKED_AT_ONCE:
            self.set_timer(_CHECK, lambda: self.run_worker(self._check(), group="check"))

    async def _check(self) -> None:
        try:
            await asyncio.to_thread(self.ws.store.check)
        except StoreError as error:
            from facturier.models.store.backups import with_way_back

            self._show(with_way_back(error, self.ws.store.path, self.ws.locations.copies))

    async def _keep_copy(self, *, anew: bool = False) -> None:
        if self.ws.practice is not None:
            return
        from facturier.models.store.backups import keep_copy

        try:
            await asyncio.to_thread(keep_copy, self.ws.store, self.ws.locations.copies, anew=anew)
        except StoreError as error:
            self.notify(str(error), severity="warning", timeout=15, markup=False)

    async def _ask_passphrase(self) -> None:
        from facturier.mail.errors import VaultError
        from facturier.tui.screens.settings.passphrase import PassphraseScreen

        try:
            locked = await asyncio.to_thread(lambda: self.ws.locked)
        except VaultError:
            return  # said wherever the key is needed
        if locked and await self.push_screen_wait(PassphraseScreen(self.ws)):
            self._post.look()

    async def _ask_about_copy(self) -> None:
        """Where this file is not known as the company: whether it goes on, or the person only looks."""
        from facturier.models.errors import CompanyCopy
        from facturier.tui.screens.dialogs.dialogs import ConfirmScreen

        try:
            refusal = await asyncio.to_thread(self.ws.refusal)
            if not isinstance(refusal, CompanyCopy):
                return
            detail = _(
                "{what}\n\nYes: this file is the company from now on. Deliveries in its outbox that "
                "may already have been sent are stopped, each with an alert.\nNo: you only look, and "
                "nothing is sent from it."
            ).format(what=refusal.happened)
            if await self.push_screen_wait(ConfirmScreen(_("Send from this file from now on?"), detail, grave=True)):
                await asyncio.to_thread(self.ws.adopt)
                self._post.look()
        except FacturierError as error:
            self._show(error)

    async def on_company_chosen(self, event: CompanyChosen) -> None:
        """Leave this company as quitting would, and go on at the other one."""
        ws = event.ws
        await self._leave(lambda: self.run_worker(self._move(ws), group="move"), ws.company().name)

    async def _move(self, ws: Workspace) -> None:
        from facturier.tui.screens.companies.screen import MovingScreen

        self._leaving = True  # the program does not end between two companies
        moving = MovingScreen(ws.company().name)
        try:
            self.push_screen(moving)
            if not await self._save_all():  # of the last moment
                return
            await self._post.end()
            await self._keep_copy(anew=True)
            left, there = self.current_mode, f"workspace {id(ws)}"
            self.add_mode(there, lambda: InvoicesScreen(ws))
            await self.switch_mode(there)
            await self.remove_mode(left)
            self._open.close()
            self._open.enter_context(ws.store.reading())
            self.ws, self._post = ws, self._new_post(ws)
            self._sit_down()
        finally:
            self._leaving = False
            if moving in self.screen_stack:  # the person stays after all
                moving.dismiss()

    def push_screen(self, *arguments: Any, **more: Any) -> Any:
        read_all_styles(self)
        return super().push_screen(*arguments, **more)

    def refresh_css(self, animate: bool = True) -> None:
        """Textual reads every style anew whenever a theme is set, at the start too, which takes longer than all else of
        it. With the same colours the same comes out."""
        if (colours := self.get_css_variables()) != self._colours:
            self._colours = colours
            super().refresh_css(animate)

    def on_unmount(self) -> None:
        from facturier.mail.document.renderer import stop_rendering

        # The interpreter waits for the threads that wait for a document, or are asking a server.
        stop_rendering()
        self.ws.stop.set()
        self._open.close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual's)
        # In a field, Ctrl+Z is meant for what was typed.
        return action != "suspend" or not isinstance(self.focused, Selecting)

    def action_help(self) -> None:
        from facturier.tui.screens.dialogs.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        else:
            self.push_screen(HelpScreen(self.screen))

    def action_palette(self) -> None:
        from facturier.tui.screens.dialogs.palette import PaletteScreen, run

        async def chosen(command: "Command | None") -> None:
            if command is not None:
                await run(command)

        self.push_screen(PaletteScreen(self.screen), chosen)

    def action_interrupt(self) -> None:
        """Ctrl+C: copies what is selected in a field, as it does everywhere; without that, the program ends."""
        focused = self.focused
        if isinstance(focused, Selecting) and focused.selected_text:
            focused.action_copy()
        else:
            self.call_later(self.action_quit)

    async def action_suspend(self) -> None:
        """Ctrl+Z: to the shell, with all that is typed kept. A message must not stand still half handed over."""
        if self._post.busy:
            self.notify(_("A message is being sent right now. Try again when it has been sent."), markup=False)
        elif not can_suspend(self) or os.getpgrp() == os.getsid(0):
            # Without a shell above, as where a terminal runs this program alone, nothing would bring it back.
            self.notify(_("This terminal cannot suspend a program."), markup=False)
        elif await self._save_all():
            with self.suspend():
                os.killpg(os.getpgrp(), signal.SIGTSTP)  # `make`, or who else waits for this program, with it

    async def action_quit(self) -> None:
        """End the program: drafts are kept; a send under way, and what leaves within a minute, is waited for."""
        await self._leave(self.exit)

    async def _leave(
        self,
        go: Callable[[], object],
        company: str = "",
        *,
        sure: bool = False,
        abandon: bool = False,
        now: bool = False,
    ) -> None:
        """Leave the company, to `go` to another one or to end: at once, or when nothing is waited for any more; `now`
        waits only for the delivery that is being sent. What is half typed is asked about first, unless the person is
        `sure`; what cannot be saved, unless they `abandon` it."""
        if self._leaving:
            return
        if not abandon and not await self._save_all():
            if not company:
                self._ask_about_unsaved(go)
            return
        lost = "" if sure else " ".join(filter(None, self._half_typed()))
        if lost:
            self._ask_first(lost, go, company)
            return
        until = self.ws.clock() + _SOON
        waiting = [] if now else self._waiting(until)
        if not self._post.busy and not waiting:
            go()
            return
        from facturier.tui.screens.dialogs.quit import QuitScreen

        def answered(leave: bool | None) -> None:
            self._leaving = False
            if leave and not self._post.busy:
                go()
                return
            if leave:  # one is on its way
                self.run_worker(self._leave(go, company, sure=True, now=True), group="leave")
            else:
                self._post.resume()

        self._leaving = True
        if not waiting:
            self._post.stop()
        still = self._wait_for if not now else lambda _until: [] if self._post.busy else None
        self.push_screen(QuitScreen(self.ws, lambda: still(until), company), answered)

    def _unsaved(self) -> list[tuple[str, str]]:
        """What was typed and is not saved, and why."""
        copies = [screen.typed_copy() for screen in self.screen_stack if isinstance(screen, Copying)]
        return [(text, why) for text, why in copies if text]

    def _ask_about_unsaved(self, go: Callable[[], object], copied: str = "") -> None:
        """A disk that remains full must not keep the person here."""
        from facturier.tui.screens.dialogs.unsaved import UnsavedScreen

        unsaved = self._unsaved()
        if not unsaved:
            return  # the screen shows what it waits for

        def answered(answer: str | None) -> None:
            self._leaving = False
            if answer == "quit":
                self.run_worker(self._leave(go, sure=True, abandon=True), group="leave")
            elif answer == "copy":
                self._copy_elsewhere("\n\n".join(text for text, _why in unsaved), go)

        self._leaving = True
        self.push_screen(UnsavedScreen(" ".join(dict.fromkeys(why for _text, why in unsaved)), copied), answered)

    def _copy_elsewhere(self, text: str, go: Callable[[], object]) -> None:
        from facturier.tui.screens.dialogs.save_as import SaveAsScreen

        def saved(path: Path | None) -> None:
            copied = _("A copy is in {path}. To get a draft back: facturier draft {path}")
            self._ask_about_unsaved(go, copied.format(path=path) if path else "")

        name = f"facturier {self.ws.today().isoformat()}.json"
        self.push_screen(SaveAsScreen(self.ws, _("Save a copy elsewhere"), name, text.encode), saved)

    def _half_typed(self) -> Iterator[str]:
        from facturier.tui.screen import ResultScreen

        for screen in self.screen_stack:
            if isinstance(screen, ResultScreen) and not (screen.busy or screen.answered):
                yield screen.half_typed()

    def _ask_first(self, lost: str, go: Callable[[], object], company: str) -> None:
        from facturier.tui.screens.dialogs.dialogs import ConfirmScreen

        def answered(leave: bool | None) -> None:
            self._leaving = False
            if leave:
                self.run_worker(self._leave(go, company, sure=True), group="leave")

        self._leaving = True
        self.push_screen(ConfirmScreen(_("Quit without saving?"), lost), answered)

    def _waiting(self, until: datetime) -> "list[Delivery]":
        """What this person's postman would let leave by then."""
        from facturier.models.outbox.deliveries import leaving_by

        found = leaving_by(self.ws.store, until)
        if not found:
            return []
        barred = {
            sender_kind
            for sender_kind in {delivery.sender_kind for delivery in found}
            if self.ws.blocker(sender_kind) is not None
        }
        return [delivery for delivery in found if delivery.sender_kind not in barred]

    def _wait_for(self, until: datetime) -> "list[Delivery] | None":
        """What is still to leave; nothing while the last of it is on its way, None once that has left, too."""
        waiting = self._waiting(until)
        return waiting if waiting or self._post.busy else None

    def hang_up(self) -> None:
        """The terminal is gone. Nothing but the end of its input says so where another process leads the session, or
        where SIGHUP is ignored."""
        self._terminate(signal.SIGHUP)

    def _terminate(self, number: int) -> None:
        """The terminal is gone, or the machine goes down: keep what is typed and end, once. A send under way is
        finished by its own thread, which the interpreter waits for."""
        if self._end is None:
            status = status_of(number)
            self._post.stop()
            self._end_within(_TO_SAVE, status)
            self._end = asyncio.get_running_loop().create_task(self._end_for(status))

    async def _end_for(self, status: int, message: str = "") -> None:
        with context_of(self):
            try:
                await self.typed_out(_TO_ARRIVE)
                if not await self._save_all():
                    self._keep_aside()
            finally:
                self._end_within(_TO_END, status)
                self.exit(return_code=status, message=Text(message) if message else None)

    def _end_within(self, seconds: float, status: int) -> None:
        """Nobody is there to see a screen hang, or a terminal that takes no more output: the process must not remain
        on their account."""

        def end_by_force() -> None:
            if not self._post.busy:
                os._exit(status)

        last_resort = threading.Timer(seconds, end_by_force)
        last_resort.daemon = True
        if not self.is_headless:  # without a terminal the process is not only ours
            last_resort.start()

    async def _save_all(self) -> bool:
        return all([await self._saved(screen) for screen in self.screen_stack if isinstance(screen, Saving)])

    def _keep_aside(self) -> None:
        """Nobody is there to ask: what cannot be saved is kept outside of the company file."""
        from facturier.tui.screens.dialogs.typed_copy import keep_aside

        for text, why in self._unsaved():
            path = keep_aside(self.ws.locations.data, text)
            logging.getLogger(__name__).error("what was typed is in %s: %s", path, why)

    def _say_what_is_aside(self) -> None:
        from facturier.tui.screens.dialogs.typed_copy import kept_aside

        if left := kept_aside(self.ws.locations.data):
            words = _("What was typed when the program ended could not be saved. It is in “{path}”.")
            self.notify(words.format(path=left[-1]), severity="warning", timeout=15, markup=False)

    async def _saved(self, screen: Saving) -> bool:
        try:
            return await screen.save_now()
        except Exception as error:  # noqa: BLE001 - logged there; the other screens are saved all the same
            self.fault(error)
            return False

    def _tell_damage(self) -> None:
        """Name each row of the company file that could not be read, once."""
        for words in [*self.ws.store.damaged]:
            if words not in self._told:
                self._told.add(words)
                self.notify(str(self.ws.store.damaged[words]), severity="warning", timeout=15, markup=False)

    def _look(self) -> None:
        """See whether anyone changed the company. Costs next to nothing when nobody did, and draws nothing."""
        try:
            changes, today = self.ws.store.changes(), self.ws.today()
            if (changes, today) == (self._changes, self._today):
                return
            self._changes, self._today = changes, today
            self.ws.remember()
            self._post.look()
        except StoreError as error:
            if not self._troubled:
                self._troubled = True
                self._show(error)
            return
        self._troubled = False
        for screen in self.screen_stack:
            screen.post_message(CompanyChanged())

    async def show_fault(self, problem: FacturierError) -> None:
        from facturier.tui.screens.dialogs.dialogs import ProblemScreen

        if not isinstance(self.screen, ProblemScreen):  # several at once are one to the person
            self._show(problem)

    async def end_over(self, message: str) -> None:
        if self._end is None:
            self._post.stop()
            self._end_within(_TO_SAVE, REFUSED)
            self._end = asyncio.get_running_loop().create_task(self._end_for(REFUSED, message))

    def _show(self, error: FacturierError) -> None:
        from facturier.tui.screens.dialogs.dialogs import ProblemScreen

        self.push_screen(ProblemScreen(error))

    def _post_failed(self, error: Exception) -> None:
        self.notify(str(as_problem(error)), severity="error", timeout=15, markup=False)


def _tidy_up() -> None:
    from facturier.mail.scratch import remove_stale

    remove_stale()


def _told(loop: asyncio.AbstractEventLoop, do: Callable[[int], None], number: int) -> None:
    """Let the program's loop deal with a signal. It may be over already: then the program is ending anyway."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(do, number)
