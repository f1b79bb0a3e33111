"""Who asked to be admitted. Anyone who may write the company file can ask, under any name: asking grants nothing."""

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
    """Someone who wants to send. `name` is what they say it is; `recipient` is the public half of their identity."""

    name: str
    recipient: str
    asked: datetime


def ask(store: Store, name: str, recipient: str, fingerprint: str) -> None:
    """Ask to be admitted; again, it only renews the question."""
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
    """Those who asked, first come first; rows that hold no public key are passed over."""
    asking = tables.Asking
    found = store.all(asking.select(asking.recipient, asking.name, asking.asked).order_by(asking.asked).limit(_MOST))
    return tuple(
        AccessRequest(clean(name)[:_LONGEST], recipient, asked)
        for recipient, name, asked in found
        if _RECIPIENT.fullmatch(recipient)
    )


def close_request(store: Store, recipient: str) -> None:
    """It was answered, inside the transaction that says how. An alert stands as long as anyone waits, and names one."""
    store.run(tables.Asking.delete().where(tables.Asking.recipient == recipient))
    settle_alerts(store, AlertKind.ASKED)
    for request in access_requests(store)[:1]:
        raise_alert(store, AlertKind.ASKED, name=request.name)
