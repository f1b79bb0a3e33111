"""A postman in a process of its own, which tests kill."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from facturier.mail.google.endpoints import google_endpoints
from facturier.mail.google.grant import Grant
from facturier.mail.senders.gmail import GmailSender
from facturier.mail.senders.protocol import Sender
from facturier.mail.senders.smtp import SmtpSender
from facturier.mail.sending.owner import new_owner
from facturier.mail.sending.postman import Postman
from facturier.models.errors import LockedCompany
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.settings.company import DefaultSender
from facturier.models.store.opening import open_company


@dataclass(frozen=True, slots=True)
class FastClock:
    """A clock that runs `times` as fast as the real one in all processes.

    Waits and rate limits take minutes by the real clock.
    """

    start: datetime
    times: int = 30

    def __call__(self) -> datetime:
        return self.start + (datetime.now(UTC) - self.start) * self.times


def work(path: Path, google: str, grant: Grant, smtp: int, clock: FastClock) -> None:
    """Deliver until killed. Messages by the default sender go to the SMTP server on port `smtp`."""
    store = open_company(path, clock=clock, user="marie")
    gmail = GmailSender(grant, google_endpoints({"FACTURIER_GOOGLE": google}), clock, timeout=(5, 5))
    settings = DefaultSender("smtp", "hello@acme.example", "127.0.0.1", smtp, "none")

    def sender_for(delivery: Delivery, _message: bytes) -> Sender:
        return gmail if delivery.sender_kind is SenderKind.GMAIL else SmtpSender(settings, "", timeout=5, last_reply=5)

    postman = Postman(store, sender_for, new_owner("marie"), ask_pause=0.1)
    while True:
        try:
            postman.deliver()
        except LockedCompany:
            continue  # another process was killed while it held the lock, or the machine is busy
        time.sleep(timedelta(milliseconds=20).total_seconds())
