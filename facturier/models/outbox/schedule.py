"""What is due: which deliveries may go now, and when a postman next has something to do.

Read per sender and by index, so that a look costs the same with one delivery waiting and with a hundred thousand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from facturier.models.outbox.pauses import latest_pause, paused_by, paused_until
from facturier.models.outbox.sender_kind import SenderKind
from facturier.models.store.damaged_rows import instant_of
from facturier.models.store.store import Store, instant

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """What waits for one sender: its first delivery may go from `at` on (an instant, as the store writes it). `raw` is
    the sender as it is in the file; what is read of it may be cleaner."""

    at: str
    sender_kind: SenderKind
    sender: str
    raw: bytes


def first_due(store: Store, sender_kinds: tuple[SenderKind, ...] = tuple(SenderKind)) -> Due | None:
    """The sender whose turn comes first, as far as time decides; None when nothing waits that may ever go.

    A Gmail address whose connection is over waits for a person. One that is the company's no more does not: the postman
    refuses its deliveries, so that somebody hears of it. While a person has paused the outbox, nothing may go.
    """
    with store.reading():
        return min(dues(store, sender_kinds), default=None)


def next_due(store: Store) -> datetime | None:
    """When a postman next has something to do, as far as time decides: a delivery that may go, or a lost answer to be
    asked for. None when nothing waits."""
    with store.reading():
        first = first_due(store)
        asked = store.row("SELECT min(lease) FROM delivery WHERE state = 'in_doubt' AND session != ''")
        times = [first.at] if first else []
        times += [asked[0]] if asked and asked[0] else []
        return min(filter(None, map(_instant, times)), default=None)


def _instant(written: str) -> datetime | None:
    """None for what is no time: such a delivery is never due."""
    try:
        return instant_of(written)
    except (ValueError, TypeError, OverflowError):
        return None


def dues(store: Store, sender_kinds: tuple[SenderKind, ...]) -> Iterator[Due]:
    """Each sender that something waits for and that may go at some time."""
    latest = latest_pause(store)
    if paused_by(store) is not None:
        return
    over = {address for (address,) in store.rows("SELECT address FROM connection WHERE over != ''")}
    for sender_kind, sender, not_before, raw in _firsts(store, sender_kinds):
        if sender_kind.connected and sender in over:
            continue
        paced = _paced(store, sender, sender_kind)
        times = (not_before, paused_until(store, sender, latest), paced)
        # What has no time is due at once: whoever claims it finds that it is damaged.
        yield Due(max(time for time in times if isinstance(time, str)), sender_kind, sender, raw)


def _firsts(store: Store, sender_kinds: tuple[SenderKind, ...]) -> Iterator[tuple[SenderKind, str, str, bytes]]:
    """Each sender that something is queued for, with the time of its first: one step of the index for each."""
    for sender_kind in sender_kinds:
        raw = b""
        while row := store.row(
            "SELECT sender, not_before, CAST(sender AS BLOB) FROM delivery"
            " WHERE state = 'queued' AND way = ? AND sender > CAST(? AS TEXT) ORDER BY sender, not_before LIMIT 1",
            sender_kind,
            raw,
        ):
            sender, not_before, raw = row
            yield sender_kind, sender, not_before, raw


def _paced(store: Store, sender: str, sender_kind: SenderKind) -> str:
    """From when on its rate limit lets the sender be used again, empty for at once. What was tried and put back counts
    as well. What lies in the future does not: the clock was set back since."""
    limit = sender_kind.rate_limit
    if limit is None:
        return ""
    now = store.clock()
    row = store.row(
        "SELECT changed FROM delivery WHERE sender = ? AND way = ? AND changed > ? AND changed <= ?"
        " AND attempts > 0 AND state != 'cancelled' ORDER BY changed DESC LIMIT 1 OFFSET ?",
        sender,
        sender_kind,
        instant(now - _MINUTE),
        instant(now),
        limit - 1,
    )
    tried = _instant(row[0]) if row else None
    return instant(tried + _MINUTE) if tried else ""
