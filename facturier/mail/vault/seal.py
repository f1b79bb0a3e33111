"""A seal on each delivery of a company that has members: proof that someone who may send queued it, as it stands.

Whoever may write the company file could put a row into the outbox or change one, and the postman of a colleague would
send it. They cannot make the seal, for its key is in the vault. The seal is checked over the very bytes and addresses
that are then handed over: what the file says afterwards does not matter.
"""

import hashlib
import hmac
import json
import secrets
from datetime import datetime

from facturier.models.outbox.deliveries import Seal
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.store.store import instant

_SECOND = "facturier seal 2"  # no seal of another kind begins so


def make_seal(
    key: str,
    delivery_id: int,
    invoice_id: int,
    sender_kind: SenderKind,
    envelope: Envelope,
    message: bytes,
    not_before: datetime,
    token: str = "",
) -> Seal:
    """HMAC-SHA256 (RFC 2104) over what leaves, to whom, for which invoice, from when on, and a token that is new unless
    one is given."""
    token = token or secrets.token_hex(16)
    time = instant(not_before)
    sealed = [_SECOND, token, time, *_sealed(delivery_id, invoice_id, sender_kind, envelope, message)]
    return Seal(hmac.digest(key.encode(), json.dumps(sealed).encode(), "sha256"), token, time)


def is_sealed(key: str, delivery: Delivery, message: bytes, found: Seal) -> bool:
    """Whether the seal is right for this delivery with this message. Then its token and its time are right too."""
    sealed = _sealed(delivery.id, delivery.invoice_id, delivery.sender_kind, delivery.envelope, message)
    mark = hmac.digest(key.encode(), json.dumps([_SECOND, found.token, found.not_before, *sealed]).encode(), "sha256")
    return hmac.compare_digest(mark, found.mark)


def was_sealed(key: str, delivery: Delivery, message: bytes, found: Seal) -> bool:
    """Whether it is the seal that version 0.1.0 made, which covered no time."""
    sealed = _sealed(delivery.id, delivery.invoice_id, delivery.sender_kind, delivery.envelope, message)
    return hmac.compare_digest(hmac.digest(key.encode(), json.dumps(sealed).encode(), "sha256"), found.mark)


def _sealed(
    delivery_id: int, invoice_id: int, sender_kind: SenderKind, envelope: Envelope, message: bytes
) -> list[object]:
    return [
        delivery_id,
        invoice_id,
        str(sender_kind),
        envelope.sender,
        *(list(addresses) for addresses in (envelope.to, envelope.cc, envelope.bcc)),
        hashlib.sha256(message).hexdigest(),
    ]
