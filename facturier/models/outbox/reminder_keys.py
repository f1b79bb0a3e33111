"""The keys of reminders: an invoice is reminded of one due date at most once at each level, and never at a lower one.

A level is known by its days relative to the due date, so changed settings never send one twice.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

_KEY = re.compile(r"reminder:([1-9]\d{0,17}):(-?\d{1,5}):(\d{4}-\d\d-\d\d)(?::again:([1-9]\d{0,4}))?")


class ReminderKey(NamedTuple):
    """What a reminder is about. `again` counts how often a person has tried again after a refusal or a bounce."""

    invoice_id: int
    days: int
    due: date
    again: int = 0

    def __str__(self) -> str:
        key = f"reminder:{self.invoice_id}:{self.days}:{self.due.isoformat()}"
        return f"{key}:again:{self.again}" if self.again else key


def read_key(key: str | None) -> ReminderKey | None:
    """Return what the key of a reminder says, or None if it is not such a key."""
    found = _KEY.fullmatch(key or "")
    if found is None:
        return None
    try:
        due = date.fromisoformat(found[3])
    except ValueError:
        return None
    return ReminderKey(int(found[1]), int(found[2]), due, int(found[4] or 0))


def highest(keys: Iterable[str], due: date) -> int | None:
    """Return the highest level among these keys for one due date, or None if there is none."""
    read = filter(None, map(read_key, keys))
    return max((key.days for key in read if key.due == due), default=None)
