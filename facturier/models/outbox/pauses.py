"""Pauses of the whole outbox, requested by a person, and of single senders, requested by their servers.

They are stored in a separate table of the company file, so they apply to every window and every `facturier post`, and
last after these have ended.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import peewee

from facturier.models.books.alerts import AlertKind, close_alert, raise_alert
from facturier.models.books.journal import write_journal
from facturier.models.store import sqlite, tables
from facturier.models.store.fields import instant
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store

# The sender of a person's pause, which applies to all senders and has no end.
EVERYONE = ""
# one machine: the end of a pause is compared with this machine’s clock.
_LONGEST = timedelta(days=1, hours=1)
_NO_END = datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
_pause = tables.Pause


def pause_outbox(store: Store) -> None:
    """Pause the outbox. A message that is being handed over at this moment is finished."""
    with store.writing():
        pause = _pause.insert(sender=EVERYONE, until=_NO_END, reason=store.user)
        if store.run(pause.on_conflict(action="NOTHING", conflict_target=[_pause.sender]).as_rowcount()):
            write_journal(store, "outbox_paused")


def resume_outbox(store: Store) -> None:
    """Resume the outbox."""
    with store.writing():
        if end_pause(store, EVERYONE):
            write_journal(store, "outbox_resumed")


def paused_by(store: Store) -> str | None:
    """Return who has paused the outbox, or None if it is not paused."""
    reason: str | None = store.value(_reason(sender=EVERYONE))
    return reason


_reason = Prepared(lambda: _pause.select(_pause.reason).where(_pause.sender == slot(_pause.sender)))


def server_pauses(store: Store) -> dict[str, tuple[datetime, str]]:
    """Return each address whose server asked for a pause that has not ended, with the end and the reason."""
    found = store.all(_lasting(now=store.clock(), latest=store.clock() + _LONGEST))
    return {sender: (until, reason) for sender, until, reason in found}


_lasting = Prepared(
    lambda: _pause.select(_pause.sender, _pause.until, _pause.reason).where(
        _pause.sender != EVERYONE,
        _pause.until > slot(_pause.until, "now"),
        _pause.until <= slot(_pause.until, "latest"),
    )
)


def paused_until(store: Store, sender: str, latest: str) -> str:
    """Return the end of a sender's pause as the store writes it, or an empty text. `latest` is from `latest_pause`."""
    until: str | None = store.value(_until(sender=sender, latest=latest))
    return until or ""


_until = Prepared(
    lambda: _pause.select(sqlite.written(_pause.until)).where(
        _pause.sender == slot(_pause.sender), _pause.until <= slot(_pause.sender, "latest")
    )
)


def latest_pause(store: Store) -> str:
    """Return the latest possible end of a server's pause, an hour more than a day from now, as the store writes it.

    Longer pauses are ignored, because they cannot come from Facturier.
    """
    return instant(store.clock() + _LONGEST)


# The pause of a refused sender grows with the time since the first refusal, within these limits.
SOONEST, LATEST = timedelta(minutes=5), timedelta(days=1)


def pause_refused_sender(store: Store, sender: str, reason: str) -> None:
    """Pause everything from an address that its server has refused, and raise an alert."""
    alert = tables.Alert
    with store.writing():
        raise_alert(store, AlertKind.TURNED_AWAY, address=sender, reason=reason)
        raised = store.first(alert.select(alert.id, alert.raised).where(_is_about(sender)))
        now = store.clock()
        since = raised[1] if raised else now
        until = now + min(max(now - since, SOONEST), LATEST)
        store.run(
            _pause.insert(sender=sender, until=until, reason=reason).on_conflict(
                conflict_target=[_pause.sender], preserve=[_pause.until, _pause.reason]
            )
        )


def _is_about(sender: Any) -> Any:
    """Return the condition for the open alert about a refused sender."""
    alert = tables.Alert
    return (alert.kind == AlertKind.TURNED_AWAY) & alert.dealt.is_null() & (alert.detail.part("address") == sender)


def try_again(store: Store, sender: str) -> None:
    """Send the waiting deliveries of a refused sender at once, because someone fixed the problem or the settings."""
    with store.writing():
        if end_refused_pause(store, sender):
            end_pause(store, sender)


def dismiss_alert(store: Store, alert_id: int) -> None:
    """Dismiss an alert. The history shows who did it. Nothing happens if it was already dismissed.

    If the alert was about a refused sender, its waiting deliveries are tried at once.
    """
    with store.writing():
        if (sender := close_alert(store, alert_id)) is not None:
            end_pause(store, sender)


def end_pause(store: Store, sender: str) -> bool:
    """End the pause of this sender. Return whether it was paused. Runs inside the caller's transaction."""
    return store.run(_pause.delete().where(_pause.sender == sender)) > 0


def end_refused_pause(store: Store, sender: str) -> bool:
    """Close the alert about a refused sender and return whether there was one. Inside the caller's transaction.

    Call this when the server has accepted a message from the sender, or before the sender is tried again.
    """
    return store.run(_settle(dealt=store.clock(), dealt_by=store.user, sender=sender)) > 0


_settle = Prepared(
    lambda: tables.Alert.update(dealt=slot(tables.Alert.dealt), dealt_by=slot(tables.Alert.dealt_by)).where(
        _is_about(slot(_pause.sender))
    )
)


def pause_sender(store: Store, sender: str, until: datetime, reason: str) -> None:
    """Pause everything from this address until `until`. A longer pause is not shortened."""
    new = peewee.EXCLUDED.until
    longer = peewee.Case(None, [(new > _pause.until, new)], _pause.until)
    with store.writing():
        store.run(
            _pause.insert(sender=sender, until=until, reason=reason).on_conflict(
                conflict_target=[_pause.sender], preserve=[_pause.reason], update={_pause.until: longer}
            )
        )
