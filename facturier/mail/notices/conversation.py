"""The conversation of an invoice: its own email, and the reminders of it."""

from collections.abc import Sequence

from facturier.models.books.status import DeliveryKind, State
from facturier.models.outbox.deliveries import frozen_header
from facturier.models.outbox.delivery import Delivery
from facturier.models.store.store import Store

_HAS_IT = (State.SENT, State.PARTLY_SENT)


def last_reached(deliveries: Sequence[Delivery]) -> Delivery | None:
    """Return the latest of these deliveries that a server accepted and that did not come back, or None."""
    return next((one for one in reversed(deliveries) if one.state in _HAS_IT), None)


def conversation(store: Store, deliveries: Sequence[Delivery], notices: Sequence[Delivery]) -> tuple[str, ...]:
    """Return the Message-IDs of the emails about an invoice that were accepted, the invoice's first."""
    reminders = [one for one in notices if one.kind is DeliveryKind.REMINDER]
    before = [one for one in (last_reached(deliveries), *reminders) if one is not None and one.state in _HAS_IT]
    return tuple(filter(None, (frozen_header(store, one.id, "Message-ID") for one in before)))


def reply_headers(conversation: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the headers of an email that belongs to a conversation (RFC 5322, section 3.6.4)."""
    if not conversation:
        return ()
    return ("In-Reply-To", conversation[0]), ("References", " ".join(conversation))
