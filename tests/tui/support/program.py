"""The program in a terminal of its own, for tests that need a real terminal.

Arguments: the company file, a folder for other files, and the seconds that its mail server takes to answer.
"""

import sys
import time
from pathlib import Path

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.senders.protocol import Handover, Receipt, Sender
from facturier.mail.senders.senders import Senders
from facturier.mail.sending import rounds
from facturier.models.outbox.delivery import Delivery, Envelope
from facturier.models.store.opening import open_company
from facturier.tui.app import FacturierApp


class SlowHandover:
    session = ""

    def __init__(self, inner: Handover, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds

    def hand_over(self) -> Receipt:
        time.sleep(self._seconds)
        return self._inner.hand_over()

    def close(self) -> None:
        self._inner.close()


class SlowSender:
    """A sender whose server answers slowly after the message."""

    def __init__(self, inner: Sender, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds

    @property
    def address(self) -> str:
        return self._inner.address

    def open(self, envelope: Envelope, message: bytes) -> Handover:
        return SlowHandover(self._inner.open(envelope, message), self._seconds)

    def ask(self, session: str, message: bytes) -> Receipt | None:
        return self._inner.ask(session, message)

    def resume(self, session: str, message: bytes) -> Handover:
        return self._inner.resume(session, message)


class SlowSenders(Senders):
    seconds = 0.0

    def for_delivery(self, delivery: Delivery, message: bytes) -> Sender:
        return SlowSender(super().for_delivery(delivery, message), self.seconds)


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    rounds.Senders = SlowSenders  # type: ignore[attr-defined]
    SlowSenders.seconds = float(sys.argv[3])
    ws = open_workspace(open_company(Path(sys.argv[1])), Locations(folder / "data", folder / "log"), Endpoints())
    FacturierApp(ws).run()
