"""Over a slow line, the person sees late that an email is in the outbox. The time to undo it begins then."""

import asyncio
import time
from datetime import timedelta

from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.outbox.changes.postponing import postpone
from facturier.models.outbox.deliveries import leaving_soon
from facturier.models.settings.settings import read_company
from facturier.tui.textual_private.app import AppHooks
from facturier.tui.workers import run_in_worker

_SOON = 120  # seconds; what is sent later has no hint with the key that undoes it
_HINT = 0.3  # seconds until the hint is written
_FAST = 1.0  # seconds: a terminal that answers within this time shows the hint at once
_LONGEST = 120.0  # seconds to wait for the answer of a terminal; then the email is sent


class UndoWatch:
    """Asks the terminal whether it has shown what is about to be sent. Until it answers, and for the undo time after
    that, it is not sent."""

    def __init__(self, app: AppHooks, ws: Workspace) -> None:
        self._app = app
        self._ws = ws
        self._known: set[int] = set()  # the deliveries that were about to be sent at the last look
        self._unseen: set[int] = set()
        self._waits = False

    def look(self) -> None:
        """Check whether something new is about to be sent. Raises StoreError."""
        waiting = {delivery.id for delivery in leaving_soon(self._ws.store, _SOON)}
        self._unseen |= waiting - self._known
        self._known = waiting
        if self._unseen and not self._waits:
            self._waits = True
            run_in_worker(self._app, self._wait, "undo_watch")

    async def _wait(self) -> None:
        try:
            while self._unseen:
                await asyncio.sleep(_HINT)
                unseen, self._unseen = self._unseen, set()
                await self._until_seen(unseen)
        except FacturierError:
            pass  # the file cannot be written: nothing can be sent from it either
        finally:
            self._waits = False

    async def _until_seen(self, unseen: set[int]) -> None:
        undo = read_company(self._ws.store).undo
        asked = time.monotonic()
        answer = asyncio.ensure_future(self._app.drawn(_LONGEST))
        try:
            while undo and not (await asyncio.wait({answer}, timeout=min(_FAST, undo / 2)))[0]:
                await self._postpone(unseen, undo)
            if undo and time.monotonic() - asked > _FAST:
                await self._postpone(unseen, undo)
        finally:
            answer.cancel()

    async def _postpone(self, unseen: set[int], undo: int) -> None:
        until = self._ws.clock() + timedelta(seconds=undo)
        await asyncio.to_thread(postpone, self._ws.store, unseen, until)
