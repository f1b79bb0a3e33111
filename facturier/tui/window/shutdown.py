"""End the program when nobody can be asked: after a signal, a lost terminal, or too many errors."""

import asyncio
import contextlib
import os
import signal
import threading

from rich.text import Text

from facturier.tui.terminal.exit_status import REFUSED
from facturier.tui.terminal.signals import on_first_signal, status_of
from facturier.tui.textual_private.app import context_of
from facturier.tui.window.company_app import CompanyApp
from facturier.tui.window.unsaved import keep_half_typed, keep_unsaved, save_all

# Seconds for pending keys to arrive, for saving, and then for ending.
_TO_ARRIVE, _TO_SAVE, _TO_END = 5.0, 20.0, 2.0


class Shutdown:
    """Saves what was entered and ends the program, once.

    A delivery that is being sent is finished by its own thread, for which the interpreter waits.
    """

    def __init__(self, app: CompanyApp) -> None:
        self._app = app
        self._task: asyncio.Task[None] | None = None

    def on_signals(self) -> None:
        """End the program on the first signal that asks for it."""
        loop = asyncio.get_running_loop()

        def told(number: int) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, so the program is ending anyway
                loop.call_soon_threadsafe(self.terminate, number)

        on_first_signal(told)

    def hang_up(self) -> None:
        """End the program because the terminal is gone.

        Sometimes only the end of the input shows this: if another process leads the session, or SIGHUP is ignored.
        """
        self.terminate(signal.SIGHUP)

    def terminate(self, number: int) -> None:
        """End the program with the status for this signal."""
        self._begin(status_of(number))

    def end_over(self, message: str) -> None:
        """End the program because of an error, and print the message."""
        self._begin(REFUSED, message)

    def _begin(self, status: int, message: str = "") -> None:
        if self._task is None:
            self._app.outbox_worker.stop()
            self._end_within(_TO_SAVE, status)
            self._task = asyncio.get_running_loop().create_task(self._end(status, message))

    async def _end(self, status: int, message: str) -> None:
        app = self._app
        with context_of(app):
            try:
                await app.typed_out(_TO_ARRIVE)
                keep_half_typed(app)
                keep_unsaved(app, saved=await save_all(app))
            finally:
                self._end_within(_TO_END, status)
                app.exit(return_code=status, message=Text(message) if message else None)

    def _end_within(self, seconds: float, status: int) -> None:
        """Kill the process after some seconds, because nobody would see that a screen or the terminal hangs."""

        def end_by_force() -> None:
            if not self._app.outbox_worker.busy:
                os._exit(status)

        last_resort = threading.Timer(seconds, end_by_force)
        last_resort.daemon = True
        if not self._app.is_headless:  # in tests, the process does not belong to the app alone
            last_resort.start()
