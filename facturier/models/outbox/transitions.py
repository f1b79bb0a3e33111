"""Every allowed change of a delivery's state."""

from enum import StrEnum

from facturier.models.books.status import State


class DeliveryEvent(StrEnum):
    """What happened to a delivery. The value is the kind of the journal entry."""

    CLAIMED = "claimed"  # a postman started to prepare it
    RELEASED = "released"  # a temporary problem, or the postman ended, before anything could be sent
    HANDED_OVER = "handed_over"  # committed before the first byte that could send the message
    ACCEPTED = "accepted"  # the server accepted it for all recipients
    PARTLY_ACCEPTED = "partly_accepted"  # SMTP accepted it for some recipients and refused others
    DEFERRED = "deferred"  # the server said "not now": 4xx, 429
    REFUSED = "refused"  # the server or a check refused it
    LOST = "lost"  # the answer was lost: it is unknown whether it was sent
    CANCELLED = "cancelled"  # a person undid the send, or its sender was removed
    SAID_SENT = "said_sent"  # a person found it in the Sent folder, or it bounced
    SAID_NOT_SENT = "said_not_sent"  # a person found that it was not sent
    BOUNCED = "bounced"  # a person reported a bounce


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
    # A late answer is still proof, so it overrides what a person has recorded in the meantime.
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
