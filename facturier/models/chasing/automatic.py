"""Automatic reminders: once a day, by whichever program comes first.

The day of the last run is kept in the company file. It only saves work: the keys of reminders are what prevents a
second one, also if two programs run at the same moment, or if a clock goes back.
"""

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from facturier.models.books.alerts import AlertKind, raise_alert, settle_alerts
from facturier.models.books.status import DeliveryKind, State
from facturier.models.errors import DamagedRow
from facturier.models.settings.company import AutomaticReminders
from facturier.models.store import sqlite, tables
from facturier.models.store.fields import Json
from facturier.models.store.setting import read_setting, write_setting
from facturier.models.store.store import Store

_DAY = "reminders_day"  # the setting with the day of the last run
_NAMED = 5  # how many reasons an alert names
_alert, _delivery, _journal = tables.Alert, tables.Delivery, tables.Journal


def is_time(store: Store, automatic: AutomaticReminders, now: datetime) -> bool:
    """Return whether the reminders of today should be sent now. `now` is in the time zone of the person."""
    if not automatic.on or now.time() < time.fromisoformat(automatic.at):
        return False
    last = last_day(store)
    # Somebody in a time zone to the east may have tomorrow's date already. A later day is not compared: a clock that
    # was wrong once must not turn the reminders off.
    return last is None or last - now.date() not in (timedelta(0), timedelta(1))


def sent_on(store: Store, invoice_ids: Collection[int], day: date) -> set[int]:
    """Return which of these invoices, or a reminder of it, the customer got on a day: by email, or by hand."""
    since, until = (datetime.combine(one, time.min).astimezone() for one in (day, day + timedelta(1)))
    ids = Json().db_value([*invoice_ids])
    emailed = _delivery.select(_delivery.invoice_id).where(
        sqlite.is_among(_delivery.invoice_id, ids),
        _delivery.kind.in_((DeliveryKind.INVOICE, DeliveryKind.REMINDER)),
        _delivery.state.in_((State.SENT, State.PARTLY_SENT)),
        _delivery.changed >= since,
        _delivery.changed < until,
    )
    by_hand = _journal.select(_journal.invoice_id).where(
        sqlite.is_among(_journal.invoice_id, ids),
        _journal.kind == "marked_sent",
        _journal.at >= since,
        _journal.at < until,
    )
    return {invoice_id for query in (emailed, by_hand) for (invoice_id,) in store.all(query)}


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
