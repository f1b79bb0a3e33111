"""What becomes of a delivery that has certainly not left: it is tried again later, or stopped with an alert."""

from datetime import timedelta

from facturier.mail.errors import ConnectionOver, NotNow, Refused, SenderRefused, Unreachable
from facturier.models.company.connection import end_connection
from facturier.models.errors import FacturierError
from facturier.models.outbox import outbox, pauses
from facturier.models.outbox.delivery import Claim, Delivery
from facturier.models.outbox.pauses import pause_refused_sender
from facturier.models.settings.company import Connection
from facturier.models.store.store import Store

# How long to wait after the first, second, … passing fault; the last one from then on.
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (15, 60, 120, 300, 900, 1800, 3600))
# Where no server can be reached, the other deliveries of that sender need not find that out one by one. A message that
# servers hang up on must not hold them up for long, though.
BREATH = timedelta(minutes=1)
# If a server names a later time than this, it is tried again after this long anyway.
LONGEST = timedelta(days=1)


def put_back(
    store: Store, delivery: Delivery, claim: Claim, error: FacturierError, connection: Connection | None
) -> None:
    """Write down why it did not leave, and when it may be tried again. `connection` is the one that it was tried with.
    Raises LostClaim."""
    # one machine: another process compares the time of the next try with its own clock.
    now = store.clock()
    sender = delivery.envelope.sender
    reply = str(getattr(error, "reply", ""))
    again = now + BACKOFF[min(max(delivery.attempts, 1), len(BACKOFF)) - 1]
    if isinstance(error, SenderRefused):
        pause_refused_sender(store, sender, str(error))
        again = now  # as soon as the problem is fixed
    elif isinstance(error, Refused):
        outbox.refused(store, claim, error.happened, reply, error.todo)
        return
    elif isinstance(error, ConnectionOver):
        if end_connection(store, connection, str(error)):
            again = now  # once a person has reconnected
    elif isinstance(error, NotNow):
        if error.retry:  # by the server's clock, which ours may be ahead of
            again = min(max(error.retry, now + BACKOFF[0]), now + LONGEST)
        if error.whole_sender:
            pauses.pause_sender(store, sender, again, error.happened)
    elif isinstance(error, Unreachable):
        pauses.pause_sender(store, sender, min(again, now + BREATH), error.happened)
    outbox.put_back(store, claim, str(error), again, reply)
