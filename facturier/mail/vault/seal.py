"""The seal on each delivery of a company with members: proof that someone who may send has queued exactly this.

Everybody who can write the company file could add or change a row in the outbox, and a colleague's postman would send
it. But they cannot make the seal, because its key is in the vault. The seal is checked against the same bytes and
addresses that are then handed over, so later changes in the file do not matter.
"""

import hashlib
import hmac
import json
import secrets
from datetime import datetime

from facturier.models.outbox.deliveries import Seal
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.store.fields import instant

_SECOND = "facturier seal 2"  # seals of version 0.1.0 have no such prefix


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
    """Return a seal: HMAC-SHA256 (RFC 2104) over the message, recipients, invoice, earliest send time and token.

    The token is new unless one is given.
    """
    token = token or secrets.token_hex(16)
    time = instant(not_before)
    sealed = [_SECOND, token, time, *_sealed(delivery_id, invoice_id, sender_kind, envelope, message)]
    return Seal(hmac.digest(key.encode(), json.dumps(sealed).encode(), "sha256"), token, time)


def is_sealed(key: str, delivery: Delivery, message: bytes, found: Seal) -> bool:
    """Return whether the seal is valid for this delivery and message. Its token and time are then valid too."""
    sealed = _sealed(delivery.id, delivery.invoice_id, delivery.sender_kind, delivery.envelope, message)
    mark = hmac.digest(key.encode(), json.dumps([_SECOND, found.token, found.not_before, *sealed]).encode(), "sha256")
    return hmac.compare_digest(mark, found.mark)


def was_sealed(key: str, delivery: Delivery, message: bytes, found: Seal) -> bool:
    """Return whether it is a valid seal of version 0.1.0, which did not include a time."""
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
