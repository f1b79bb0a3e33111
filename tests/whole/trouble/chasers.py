"""A process that chases and delivers until it is killed, by a clock that jumps back and forth."""

import random
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.notices.chase import due_today, send_due
from facturier.mail.open_workspace import open_workspace
from facturier.mail.sending.rounds import postman
from facturier.models.errors import FacturierError
from facturier.models.store.store import open_company


@dataclass(frozen=True, slots=True)
class JumpingClock:
    """Real time, moved by whole days in all processes at once.

    Within `seconds` after `start` it goes on by `days` in eight steps, each up to `jump` days too far or too short.
    Then it stays `days` ahead.
    """

    start: datetime
    seconds: float
    days: float
    jump: float

    def __call__(self) -> datetime:
        now = datetime.now(UTC)
        step = int((now - self.start).total_seconds() / self.seconds * 8)
        if step >= 8:
            return now + timedelta(days=self.days)
        return now + timedelta(days=self.days * step / 8 + random.Random(step).uniform(-self.jump, self.jump))


def chase(path: Path, home: Path, clock: JumpingClock) -> None:
    """Send what is due, until killed."""
    store = open_company(path, clock=clock, user="marie")
    ws = open_workspace(store, Locations(home / "data", home / "log"), Endpoints())
    post = postman(ws)
    while True:
        # Another process was faster, was killed while it held the lock, or the clock jumped.
        with suppress(FacturierError):
            for chased in due_today(ws):
                with suppress(FacturierError):
                    send_due(ws, chased)
        with suppress(FacturierError):
            post.deliver()
        time.sleep(0.02)
