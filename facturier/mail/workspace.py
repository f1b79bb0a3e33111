"""What one person at one open company works with. Everything above takes it as its first argument: `queue(ws, …)`."""

import threading
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from facturier.mail.exchange import Stopping
from facturier.mail.locations import Locations
from facturier.models.company.recent import recent_companies
from facturier.models.company.user import Preferences, read_preferences
from facturier.models.settings.company import Company, Connection
from facturier.models.settings.settings import read_company
from facturier.models.store.store import Clock, Store

if TYPE_CHECKING:
    from facturier.mail.google.endpoints import Endpoints
    from facturier.mail.practice.company import Practice
    from facturier.mail.vault.keyring import KeyRing


@dataclass(frozen=True, eq=False)
class Workspace:
    """`open_workspace` makes one. `endpoints` says where Google is. `practice` is the demo company whose Google
    simulator this program runs, None for every other. Once `stop` is set, every exchange with a server ends within
    moments."""

    store: Store
    locations: Locations
    endpoints: "Endpoints"
    keys: "KeyRing"
    practice: "Practice | None" = None
    stop: threading.Event = field(default_factory=Stopping)

    @cached_property
    def known(self) -> bool:
        """Whether this person had opened a file at this path before this workspace first asked."""
        return self.store.path in recent_companies(self.locations.data)

    @property
    def clock(self) -> Clock:
        return self.store.clock

    def close(self) -> None:
        """Stop what goes on for it: exchanges with servers, and the simulator of the demo company."""
        self.stop.set()
        if self.practice is not None:
            self.practice.stop()

    def today(self) -> date:
        """The date where the person is."""
        return self.clock().astimezone().date()

    def company(self) -> Company:
        return read_company(self.store)

    def connection(self) -> Connection | None:
        from facturier.models.company.connection import get_connection

        return get_connection(self.store)

    def preferences(self) -> Preferences:
        """What this person prefers, for every company."""
        return read_preferences(self.locations.data)
