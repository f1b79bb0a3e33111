"""Which deliveries are due now, and when a postman next has something to do.

Queries go through an index, one step per sender, so they take the same time with one queued delivery and with a hundred
thousand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import fn

from facturier.models.books.status import State
from facturier.models.outbox.pauses import latest_pause, paused_by, paused_until
from facturier.models.outbox.sender_kind import SenderKind
from facturier.models.store import sqlite, tables
from facturier.models.store.damaged_rows import instant_of
from facturier.models.store.fields import instant
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store

# one machine: this machine’s clock decides what is due, and how many were sent in the last minute.
_MINUTE = timedelta(minutes=1)
_row = tables.Delivery


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """When the first queued delivery of a sender is due.

    `at` is the earliest send time as the store writes it. `raw` is the sender exactly as in the file; `sender` has been
    cleaned.
    """

    at: str
    sender_kind: SenderKind
    sender: str
    raw: bytes


def first_due(store: Store, sender_kinds: tuple[SenderKind, ...] = tuple(SenderKind)) -> Due | None:
    """Return the sender whose delivery is due first, or None if no queued delivery can be sent.

    Deliveries from a Gmail address whose connection has ended wait until a person reconnects. Deliveries from a Gmail
    address that the company no longer has do not wait: the postman refuses them, so that an alert is raised. Nothing is
    due while a person has paused the outbox.
    """
    with store.reading():
        return min(dues(store, sender_kinds), default=None)


def next_due(store: Store) -> datetime | None:
    """Return when a postman next has something to do: send a delivery, or ask for a lost answer.

    Return None if there is nothing to do.
    """
    with store.reading():
        first = first_due(store)
        asked = store.value(_first_asked())
        times = [first.at] if first else []
        times += [asked] if asked else []
        return min(filter(None, map(_instant, times)), default=None)


# Times are read as text, so that one damaged time does not hide the others.
_first_asked = Prepared(
    lambda: _row.select(fn.MIN(_row.lease, coerce=False)).where(
        _row.state == sqlite.literal(State.IN_DOUBT), _row.session != ""
    )
)


def _instant(written: str) -> datetime | None:
    """Return the time, or None if the text is not one. Such a delivery is never due."""
    try:
        return instant_of(written)
    except (ValueError, TypeError, OverflowError):
        return None


def dues(store: Store, sender_kinds: tuple[SenderKind, ...]) -> Iterator[Due]:
    """Yield each sender with queued deliveries that can be sent at some time."""
    latest = latest_pause(store)
    if paused_by(store) is not None:
        return
    over = {address for (address,) in store.all(_over())}
    for sender_kind, sender, not_before, raw in _firsts(store, sender_kinds):
        if sender_kind.connected and sender in over:
            continue
        paced = _paced(store, sender, sender_kind)
        # A delivery without a time is due at once, so that the claim finds the damage.
        yield Due(max(not_before or "", paused_until(store, sender, latest), paced), sender_kind, sender, raw)


_over = Prepared(lambda: tables.Connection.select(tables.Connection.address).where(tables.Connection.over != ""))


def _firsts(store: Store, sender_kinds: tuple[SenderKind, ...]) -> Iterator[tuple[SenderKind, str, str, bytes]]:
    """Yield each sender with queued deliveries, and the earliest time among them. Each takes one step of the index."""
    for sender_kind in sender_kinds:
        raw = b""
        while row := store.first(_next_sender(way=sender_kind, after=raw)):
            sender, not_before, raw = row
            yield sender_kind, sender, not_before, raw


_next_sender = Prepared(
    lambda: (
        _row.select(sqlite.written(_row.sender), sqlite.written(_row.not_before), sqlite.raw(_row.sender))
        .where(
            _row.state == sqlite.literal(State.QUEUED),
            _row.way == slot(_row.way),
            _row.sender > sqlite.from_raw(slot(_row.sender, "after")),
        )
        .order_by(_row.sender, _row.not_before)
        .limit(sqlite.literal(1))
    )
)


def _paced(store: Store, sender: str, sender_kind: SenderKind) -> str:
    """Return when the rate limit allows the sender's next message, or an empty text if it does now.

    Attempts that were put back count too. Times in the future do not count: they mean that the clock was set back.
    """
    limit = sender_kind.rate_limit
    if limit is None:
        return ""
    now = store.clock()
    values = {"sender": sender, "way": sender_kind, "since": now - _MINUTE, "now": now}
    found = store.value(_paced_by(**values, before=limit - 1))
    tried = _instant(found) if found else None
    return instant(tried + _MINUTE) if tried else ""


_paced_by = Prepared(
    lambda: (
        _row.select(sqlite.written(_row.changed))
        .where(
            _row.sender == slot(_row.sender),
            _row.way == slot(_row.way),
            _row.changed > slot(_row.changed, "since"),
            _row.changed <= slot(_row.changed, "now"),
            _row.attempts > sqlite.literal(0),
            _row.state != State.CANCELLED,
        )
        .order_by(_row.changed.desc())
        .limit(sqlite.literal(1))
        .offset(slot(_row.attempts, "before"))
    )
)
