"""A seal on each delivery that leaves with the company's secrets: proof that someone who may send queued it.

Whoever may write the company file could put a row into the outbox, and the postman of a colleague would send it. They
cannot make the seal, for its key is in the vault.
"""

import hashlib
import hmac
import json

from facturier.models.delivery import Delivery


def seal(key: str, delivery: Delivery, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104) over the delivery's identity, its envelope and its message."""
    envelope = delivery.envelope
    sealed = [
        delivery.id,
        delivery.invoice_id,
        str(delivery.way),
        envelope.sender,
        *(list(addresses) for addresses in (envelope.to, envelope.cc, envelope.bcc)),
        hashlib.sha256(message).hexdigest(),
    ]
    return hmac.digest(key.encode(), json.dumps(sealed).encode(), "sha256")


def is_sealed(key: str, delivery: Delivery, message: bytes, found: bytes) -> bool:
    return hmac.compare_digest(seal(key, delivery, message), found)
