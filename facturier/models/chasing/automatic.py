"""Automatic reminders: once a day, by whichever program comes first.

The day of the last run is kept in the company file. It only saves work: the keys of reminders are what prevents a
second one, also if two programs run at the same moment, or if a clock goes back.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time

from facturier.models.books.alerts import AlertKind, raise_alert, settle_alerts
from facturier.models.errors import DamagedRow
from facturier.models.settings.company import AutomaticReminders
from facturier.models.store import tables
from facturier.models.store.setting import read_setting, write_setting
from facturier.models.store.store import Store

_DAY = "reminders_day"  # the setting with the day of the last run
_NAMED = 5  # how many reasons an alert names
_alert = tables.Alert


def is_time(store: Store, automatic: AutomaticReminders, now: datetime) -> bool:
    """Return whether the reminders of today should be sent now. `now` is in the time zone of the person."""
    return (
        automatic.on
        and now.time() >= time.fromisoformat(automatic.at)
        # A day is never compared with `<`: a clock that was wrong once must not turn the reminders off.
        and read_setting(store, _DAY) != _stored(now.date())
    )


def finish_day(store: Store, day: date, waiting: Mapping[str, str], reason: str = "") -> None:
    """Record that the reminders of a day were queued, except those in `waiting`, the reasons by the keys of the
    reminders. For these, an alert is raised. A `reason` is for all of them.

    An alert that a person dismissed is raised again only for other reminders.
    """
    with store.writing():
        write_setting(store, _DAY, _stored(day))
        if not waiting:
            settle_alerts(store, AlertKind.REMINDERS_WAITING)
            return
        if not reason and waiting.keys() <= _told(store):
            return
        settle_alerts(store, AlertKind.REMINDERS_WAITING)
        raise_alert(
            store,
            AlertKind.REMINDERS_WAITING,
            count=str(len(waiting)),
            reason=reason or " ".join([*dict.fromkeys(waiting.values())][:_NAMED]),
            keys="" if reason else " ".join(waiting),
        )


def _told(store: Store) -> set[str]:
    """Return the keys of the reminders that the latest alert is about, whether it is open or not."""
    latest = _alert.select(_alert.id, _alert.detail).where(_alert.kind == AlertKind.REMINDERS_WAITING)
    with suppress(DamagedRow):
        found = store.first(latest.order_by(_alert.id.desc()).limit(1))
        return set(found[1].get("keys", "").split()) if found is not None else set()
    return set()


def last_day(store: Store) -> date | None:
    """Return the day for which reminders were last queued automatically, or None if they never were."""
    stored = read_setting(store, _DAY)
    with suppress(ValueError, TypeError):  # another program wrote it
        return date.fromisoformat(json.loads(stored)) if stored else None
    return None


def _stored(day: date) -> str:
    return json.dumps(day.isoformat())
