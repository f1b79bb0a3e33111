"""A delivery: one attempt to send one message, with its state."""

from dataclasses import dataclass
from datetime import datetime

from facturier.models.books.status import DeliveryKind, State
from facturier.models.outbox.sender_kind import SenderKind as SenderKind


@dataclass(frozen=True, slots=True)
class Envelope:
    """Sender and recipients as bare addresses (`a@b.example`), the way that servers receive them."""

    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()

    @property
    def recipients(self) -> tuple[str, ...]:
        """All recipients without duplicates, To first."""
        return tuple(dict.fromkeys((*self.to, *self.cc, *self.bcc)))


@dataclass(frozen=True, slots=True)
class Delivery:
    """The current state of a delivery.

    `session` is the address of the resumable upload, stored so that Facturier can ask for a lost answer. `server_id` is
    the server's proof that it accepted the message. `problem` is a sentence about what stopped the delivery. `key`
    names what may be sent only once, such as one level of reminders, and `stated` is the amount in the message, in
    minor units: both are None for the invoice itself.
    """

    id: int
    invoice_id: int
    number: str
    customer: str
    state: State
    epoch: int
    owner: str
    lease: datetime | None
    sender_kind: SenderKind
    envelope: Envelope
    subject: str
    not_before: datetime
    session: str
    server_id: str
    problem: str
    attempts: int
    queued: datetime
    changed: datetime
    kind: DeliveryKind = DeliveryKind.INVOICE
    key: str | None = None
    stated: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What a postman holds while it works on a delivery. Every step checks all three values."""

    delivery_id: int
    owner: str
    epoch: int


def notice_detail(delivery: Delivery) -> dict[str, str]:
    """Return what the journal and alerts say besides of a reminder, receipt or statement. Empty for an invoice."""
    return {} if delivery.kind is DeliveryKind.INVOICE else {"notice": delivery.kind.value}
