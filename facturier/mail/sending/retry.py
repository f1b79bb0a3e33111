"""Decide what happens to a delivery that was certainly not sent: try again later, or stop with an alert."""

from datetime import timedelta

from facturier.mail.errors import ConnectionOver, NotNow, Refused, SenderRefused, Unreachable
from facturier.models.company.connection import end_connection
from facturier.models.errors import FacturierError
from facturier.models.outbox import pauses
from facturier.models.outbox.changes import outcomes
from facturier.models.outbox.delivery import Claim, Delivery
from facturier.models.outbox.pauses import pause_refused_sender
from facturier.models.settings.company import Connection
from facturier.models.store.store import Store

# How long to wait after the first, second and later temporary errors. The last value is used from then on.
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (15, 60, 120, 300, 900, 1800, 3600))
# If a server cannot be reached, all deliveries of its sender are paused, so that they do not fail one by one. The pause
# is short, because the cause may be one message on which the server closes the connection.
BREATH = timedelta(minutes=1)
# If a server names a later time than this, it is tried again after this long anyway.
LONGEST = timedelta(days=1)


def put_back(
    store: Store, delivery: Delivery, claim: Claim, error: FacturierError, connection: Connection | None
) -> None:
    """Record why a delivery was not sent, and when it may be tried again. Raises LostClaim.

    `connection` is the Gmail connection that was used.
    """
    # one machine: another process compares the time of the next try with its own clock.
    now = store.clock()
    sender = delivery.envelope.sender
    reply = str(getattr(error, "reply", ""))
    again = now + BACKOFF[min(max(delivery.attempts, 1), len(BACKOFF)) - 1]
    if isinstance(error, SenderRefused):
        pause_refused_sender(store, sender, str(error))
        again = now  # as soon as the problem is fixed
    elif isinstance(error, Refused):
        outcomes.refused(store, claim, error.happened, reply, error.todo)
        return
    elif isinstance(error, ConnectionOver):
        if end_connection(store, connection, str(error)):
            again = now  # once a person has reconnected
    elif isinstance(error, NotNow):
        if error.retry:  # a time of the server's clock, so our clock may already be past it
            again = min(max(error.retry, now + BACKOFF[0]), now + LONGEST)
        if error.whole_sender:
            pauses.pause_sender(store, sender, again, error.happened)
    elif isinstance(error, Unreachable):
        pauses.pause_sender(store, sender, min(again, now + BREATH), error.happened)
    outcomes.put_back(store, claim, str(error), again, reply)
