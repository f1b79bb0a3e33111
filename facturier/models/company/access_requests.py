"""Requests for access.

Anyone who can write the company file can make a request, under any name. A request grants nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from facturier.models.books.alerts import AlertKind, raise_alert, settle_alerts
from facturier.models.books.journal import write_journal
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.clean import clean

_RECIPIENT = re.compile(r"age1[0-9a-z]{58}")  # an X25519 recipient (age-encryption.org/v1): Bech32 of 32 bytes
_LONGEST = 80
_MOST = 100


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """A request to be allowed to send.

    `name` is what the person entered and is not verified. `recipient` is the public key of the person's identity.
    """

    name: str
    recipient: str
    asked: datetime


def ask(store: Store, name: str, recipient: str, fingerprint: str) -> None:
    """Request access. A second request from the same identity updates the first one."""
    with store.writing():
        asking = tables.Asking
        store.run(
            asking.insert(recipient=recipient, name=clean(name)[:_LONGEST], asked=store.clock()).on_conflict(
                conflict_target=[asking.recipient], preserve=[asking.name, asking.asked]
            )
        )
        raise_alert(store, AlertKind.ASKED, name=clean(name)[:_LONGEST])
        write_journal(store, "asked", name=clean(name)[:_LONGEST], fingerprint=fingerprint)


def access_requests(store: Store) -> tuple[AccessRequest, ...]:
    """Return the requests, oldest first, without rows whose recipient is not a public key."""
    asking = tables.Asking
    found = store.all(asking.select(asking.recipient, asking.name, asking.asked).order_by(asking.asked).limit(_MOST))
    return tuple(
        AccessRequest(clean(name)[:_LONGEST], recipient, asked)
        for recipient, name, asked in found
        if _RECIPIENT.fullmatch(recipient)
    )


def close_request(store: Store, recipient: str) -> None:
    """Delete a request inside the caller's transaction, which also records the answer.

    The alert stays open while there are other requests, and then names the oldest one.
    """
    store.run(tables.Asking.delete().where(tables.Asking.recipient == recipient))
    settle_alerts(store, AlertKind.ASKED)
    for request in access_requests(store)[:1]:
        raise_alert(store, AlertKind.ASKED, name=request.name)
