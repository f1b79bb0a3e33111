"""Every way in which a delivery's state may change, and who says so. Nothing else changes it."""

from enum import StrEnum

from facturier.models.books.status import State


class DeliveryEvent(StrEnum):
    """What happened to a delivery. The value is how the journal writes it."""

    CLAIMED = "claimed"  # a postman took it to prepare it
    RELEASED = "released"  # a passing fault, or its postman died, before anything could leave
    HANDED_OVER = "handed_over"  # committed before the first byte that could make it leave
    ACCEPTED = "accepted"  # the server took it for everyone
    PARTLY_ACCEPTED = "partly_accepted"  # SMTP took it for some recipients and refused others
    DEFERRED = "deferred"  # a clear "not now" from the server: 4xx, 429
    REFUSED = "refused"  # a clear refusal
    LOST = "lost"  # the answer was lost: nobody can know
    CANCELLED = "cancelled"  # a person took it back
    SAID_SENT = "said_sent"  # a person saw it in the Sent folder, or it came back
    SAID_NOT_SENT = "said_not_sent"  # a person says that it did not leave
    BOUNCED = "bounced"  # a person reports that it came back


TRANSITIONS: dict[tuple[State, DeliveryEvent], State] = {
    (State.QUEUED, DeliveryEvent.CLAIMED): State.CLAIMED,
    (State.QUEUED, DeliveryEvent.CANCELLED): State.CANCELLED,
    (State.CLAIMED, DeliveryEvent.RELEASED): State.QUEUED,
    (State.CLAIMED, DeliveryEvent.REFUSED): State.FAILED,
    (State.CLAIMED, DeliveryEvent.HANDED_OVER): State.HANDING_OVER,
    (State.HANDING_OVER, DeliveryEvent.ACCEPTED): State.SENT,
    (State.HANDING_OVER, DeliveryEvent.PARTLY_ACCEPTED): State.PARTLY_SENT,
    (State.HANDING_OVER, DeliveryEvent.DEFERRED): State.QUEUED,
    (State.HANDING_OVER, DeliveryEvent.REFUSED): State.FAILED,
    (State.HANDING_OVER, DeliveryEvent.LOST): State.IN_DOUBT,
    # A late answer is still a proof. It outweighs what a person has recorded in the meantime.
    (State.IN_DOUBT, DeliveryEvent.ACCEPTED): State.SENT,
    (State.IN_DOUBT, DeliveryEvent.PARTLY_ACCEPTED): State.PARTLY_SENT,
    (State.FAILED, DeliveryEvent.ACCEPTED): State.SENT,
    (State.FAILED, DeliveryEvent.PARTLY_ACCEPTED): State.PARTLY_SENT,
    (State.SENT, DeliveryEvent.PARTLY_ACCEPTED): State.PARTLY_SENT,
    (State.IN_DOUBT, DeliveryEvent.SAID_SENT): State.SENT,
    (State.IN_DOUBT, DeliveryEvent.SAID_NOT_SENT): State.FAILED,
    (State.SENT, DeliveryEvent.BOUNCED): State.BOUNCED,
    (State.PARTLY_SENT, DeliveryEvent.BOUNCED): State.BOUNCED,
}
