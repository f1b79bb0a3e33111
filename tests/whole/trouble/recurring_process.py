"""A process that creates and sends recurring invoices until a test kills it."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.sending.recurring import run_recurring
from facturier.mail.sending.rounds import postman
from facturier.models.errors import LockedCompany
from facturier.models.store.store import open_company


@dataclass(frozen=True, slots=True)
class SharedClock:
    """The real clock plus a number of days that the test changes for all processes at once."""

    days: Any

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(self.days.value)


def work(path: Path, days: Any) -> None:
    folder = path.parent
    ws = open_workspace(
        open_company(path, clock=SharedClock(days), user="marie"),
        Locations(folder / "data", folder / "log"),
        Endpoints(),
    )
    post = postman(ws)
    while True:
        try:
            run_recurring(ws, catch_up=None)
            post.deliver()
        except LockedCompany:
            continue  # another process was killed while it held the lock, or the machine is busy
        time.sleep(0.01)
