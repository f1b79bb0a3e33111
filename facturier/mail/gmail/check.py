"""Does the connection still work? For `doctor`, and for a connection that has just been made."""

import threading

from facturier.mail.gmail.endpoints import Endpoints
from facturier.mail.gmail.grant import Grant
from facturier.mail.gmail.sender import GmailSender
from facturier.models.delivery import Envelope
from facturier.models.store import Clock, utc_now


def check(grant: Grant, endpoints: Endpoints, clock: Clock = utc_now, stop: threading.Event | None = None) -> None:
    """Renew the access token and open an upload session that is then left alone: nothing leaves. Raises what
    `GmailSender.open` raises: ConnectionOver, Refused (no Gmail, API not switched on), NotNow, Unreachable."""
    GmailSender(grant, endpoints, clock, stop=stop).open(Envelope(grant.address, ()), b"\r\n").close()
