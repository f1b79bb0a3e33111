"""Runs this window's postman in a thread, one round at a time, whenever a delivery is due."""

import asyncio
import contextlib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from textual.timer import Timer

from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.tui.textual_private.app import AppHooks
from facturier.tui.workers import run_in_worker

if TYPE_CHECKING:
    from facturier.mail.sending.postman import Postman
    from facturier.tui.window.undo_watch import UndoWatch

# Seconds until the next check after a round that could send nothing, and while another postman holds a delivery. It
# also caps every wait, because timers stop while the machine sleeps.
_PATIENCE = 30.0
_SHORT = 0.05  # seconds between checks for the end of a round


class OutboxWorker:
    """Starts a postman round when a delivery is due. `failed` is called with the error that stopped a round.

    It belongs to the app and not to a screen, because sending continues after its dialog closes.
    """

    def __init__(self, app: AppHooks, ws: Workspace, *, failed: Callable[[Exception], None]) -> None:
        self._app = app
        self._ws = ws
        self._failed = failed
        self._stop = ws.stop
        self._timer: Timer | None = None
        self._barren = False
        self._told = ""
        self.busy = False

    @cached_property
    def _postman(self) -> "Postman":
        from facturier.mail.sending.rounds import postman

        return postman(self._ws)

    @cached_property
    def _undo_watch(self) -> "UndoWatch":
        from facturier.tui.window.undo_watch import UndoWatch

        return UndoWatch(self._app, self._ws)

    def start(self) -> None:
        """Start the first round at once if a delivery is due, or if an earlier program did not finish one. Otherwise
        the vault is not even opened."""
        from facturier.models.outbox.deliveries import under_way

        self._stop.clear()
        try:
            left_behind = bool(under_way(self._ws.store))
        except FacturierError as error:
            self._tell(error)
            left_behind = False
        if left_behind:
            self._begin()
        else:
            self.look()

    def look(self) -> None:
        """Check what is due and when. Call this whenever the outbox may have changed."""
        if not self._app.is_headless:
            with contextlib.suppress(FacturierError):  # reported below
                self._undo_watch.look()
        if self.busy:  # it looks again at its end
            return
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._stop.is_set():
            return
        try:
            wait = self._wait()
        except FacturierError as error:  # such as a file locked by another program: try again later
            self._tell(error)
            wait = _PATIENCE
        if wait is None:
            return
        if wait <= 0:
            self._begin()
        else:
            self._timer = self._app.set_timer(wait, self.look)

    def stop(self) -> None:
        """Start no more rounds. A delivery in progress finishes, or is abandoned within moments in a correct state."""
        self._stop.set()

    async def end(self) -> None:
        """Start no more rounds, and wait for the delivery in progress."""
        self.stop()
        while self.busy:
            await asyncio.sleep(_SHORT)

    def resume(self) -> None:
        """Start rounds again after `stop`, because the user decided not to quit."""
        self._stop.clear()
        self.look()

    def _wait(self) -> float | None:
        """Return the seconds until the next round, or None if there is nothing to do."""
        from facturier.models.outbox.deliveries import under_way
        from facturier.models.outbox.schedule import next_due

        due = next_due(self._ws.store)
        if due is None:
            # If another postman crashes, this one takes over its deliveries.
            return _PATIENCE if under_way(self._ws.store) else None
        wait = min((due - self._ws.clock()).total_seconds(), _PATIENCE)
        if self._barren and wait <= 0:
            self._barren = False
            return _PATIENCE
        return wait

    def _begin(self) -> None:
        self.busy = True
        # Not exclusive: cancelling a worker does not stop its thread.
        run_in_worker(self._app, self._round, "post")

    async def _round(self) -> None:
        from facturier.models.outbox.schedule import next_due

        try:
            tried = await asyncio.to_thread(self._postman.deliver)
            self._told = ""
            due = next_due(self._ws.store)
            # A delivery is due but was not claimed: it is rate limited, or this user may not send it. Trying again at
            # once would not help.
            self._barren = not tried and due is not None and due <= self._ws.clock()
        except Exception as error:  # noqa: BLE001 - an unexpected error must stop neither the program nor the queue
            self._barren = True
            self._tell(error)
        finally:
            self.busy = False
        self.look()

    def _tell(self, error: Exception) -> None:
        """Report an error that stopped a round, unless the previous round reported the same one."""
        if str(error) != self._told:
            self._told = str(error)
            self._failed(error)
