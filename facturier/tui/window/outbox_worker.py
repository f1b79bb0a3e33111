"""This window's postman: runs in a thread whenever something is due, one round at a time."""

import asyncio
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.timer import Timer

from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError

if TYPE_CHECKING:
    from facturier.mail.sending.postman import Postman

# After a round that could do nothing, and while another postman holds a delivery: seconds until the next look. Also
# the longest wait at all, since timers stand still while the machine sleeps.
_PATIENCE = 30.0
_SHORT = 0.05  # seconds between looks whether the round is over


class OutboxWorker:
    """Belongs to the app, not to a screen: sending goes on when the dialog that asked for it is closed. `failed` is
    called with the error that stopped a round."""

    def __init__(self, app: App[Any], ws: Workspace, *, failed: Callable[[Exception], None]) -> None:
        self._app = app
        self._ws = ws
        self._failed = failed
        self._stop = ws.stop
        self._timer: Timer | None = None
        self._again = False
        self._barren = False
        self._told = ""
        self.busy = False

    @cached_property
    def _postman(self) -> "Postman":
        from facturier.mail.sending.rounds import postman

        return postman(self._ws)

    def start(self) -> None:
        """Start a first round if an earlier program did not finish a delivery, and look what is due. If there is
        nothing to do, not even the vault is opened."""
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
        """See what is due, and when: something may have changed."""
        if self.busy:
            self._again = True
            return
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._stop.is_set():
            return
        try:
            wait = self._wait()
        except FacturierError as error:  # such as a file that another program holds: it is looked at again later
            self._tell(error)
            wait = _PATIENCE
        if wait is None:
            return
        if wait <= 0:
            self._begin()
        else:
            self._timer = self._app.set_timer(wait, self.look)

    def stop(self) -> None:
        """Start no more deliveries. One that is being sent is finished, or given up within moments in a true state."""
        self._stop.set()

    async def end(self) -> None:
        """Start no more deliveries, and wait for the one that is being sent."""
        self.stop()
        while self.busy:
            await asyncio.sleep(_SHORT)

    def resume(self) -> None:
        """Start deliveries again: the person stays after all."""
        self._stop.clear()
        self.look()

    def _wait(self) -> float | None:
        """Seconds until the next round; None while there is nothing to do."""
        from facturier.models.outbox.deliveries import under_way
        from facturier.models.outbox.schedule import next_due

        due = next_due(self._ws.store)
        if due is None:
            # What another postman holds is taken up should that one die.
            return _PATIENCE if under_way(self._ws.store) else None
        wait = min((due - self._ws.clock()).total_seconds(), _PATIENCE)
        if self._barren and wait <= 0:
            self._barren = False
            return _PATIENCE
        return wait

    def _begin(self) -> None:
        self.busy = True
        self._again = False
        # Never exclusive: cancelling a worker does not stop its thread.
        self._app.run_worker(self._round(), group="post")

    async def _round(self) -> None:
        from facturier.models.outbox.schedule import next_due

        try:
            tried = await asyncio.to_thread(self._postman.deliver)
            self._told = ""
            due = next_due(self._ws.store)
            # Due, and yet not taken: paced, or not for this person to send. Asking at once again would not help.
            self._barren = not tried and due is not None and due <= self._ws.clock()
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end the program or the queue
            self._barren = True
            self._tell(error)
        finally:
            self.busy = False
        self.look()

    def _tell(self, error: Exception) -> None:
        """Say what stopped a round, once for as long as it lasts."""
        if str(error) != self._told:
            self._told = str(error)
            self._failed(error)
