"""Deliveries: one attempt to get one message out, with its state."""

from dataclasses import dataclass
from datetime import datetime

from facturier.models.books.status import State
from facturier.models.outbox.sender_kind import SenderKind as SenderKind


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends and who receives: bare addresses (`a@b.example`), as the servers are told them."""

    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everyone once, To first."""
        return tuple(dict.fromkeys((*self.to, *self.cc, *self.bcc)))


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as it stands. `session` is the resumable upload's address, kept so that a lost answer can be asked
    for; `server_id` is the server's own word that it accepted; `problem` is what stopped it, in a sentence."""

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


@dataclass(frozen=True, slots=True)
class Claim:
    """What a postman holds while it works on a delivery; every step checks all three."""

    delivery_id: int
    owner: str
    epoch: int
