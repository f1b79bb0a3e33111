"""Pauses of the outbox: of all of it, as a person wants it, and of one sender, as its server wants it.

They are in the company file, in a table that nothing else writes or reads: they hold for every window and every
`facturier post`, and outlive them.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import peewee

from facturier.models.books.alerts import AlertKind, close_alert, raise_alert
from facturier.models.books.journal import write_journal
from facturier.models.store import sqlite, tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store, instant

# Beside the pauses that servers ask for, each for its own sender. This one is for every sender and has no end.
EVERYONE = ""
# one machine: the end of a pause is compared with this machine’s clock.
_LONGEST = timedelta(days=1, hours=1)
_NO_END = datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
_pause = tables.Pause


def pause_outbox(store: Store) -> None:
    """Let nothing more leave. What a postman is handing over at this moment is finished."""
    with store.writing():
        pause = _pause.insert(sender=EVERYONE, until=_NO_END, reason=store.user)
        if store.run(pause.on_conflict(action="NOTHING", conflict_target=[_pause.sender]).as_rowcount()):
            write_journal(store, "outbox_paused")


def resume_outbox(store: Store) -> None:
    """Let the outbox go on."""
    with store.writing():
        if end_pause(store, EVERYONE):
            write_journal(store, "outbox_resumed")


def paused_by(store: Store) -> str | None:
    """Who has paused the outbox; None where it runs."""
    reason: str | None = store.value(_reason(sender=EVERYONE))
    return reason


_reason = Prepared(lambda: _pause.select(_pause.reason).where(_pause.sender == slot(_pause.sender)))


def server_pauses(store: Store) -> dict[str, tuple[datetime, str]]:
    """The addresses whose server asked for a pause that still lasts: until when, and why."""
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
    """Until when a sender is paused, as the store writes it; empty if it is not. `latest` is `latest_pause`."""
    until: str | None = store.value(_until(sender=sender, latest=latest))
    return until or ""


_until = Prepared(
    lambda: _pause.select(sqlite.written(_pause.until)).where(
        _pause.sender == slot(_pause.sender), _pause.until <= slot(_pause.sender, "latest")
    )
)


def latest_pause(store: Store) -> str:
    """Until when a server's pause may last: a day. One that is longer was put there by something else, and does not
    count."""
    return instant(store.clock() + _LONGEST)


# It is tried again after as long as it has been turned away, between these two.
SOONEST, LATEST = timedelta(minutes=5), timedelta(days=1)


def pause_refused_sender(store: Store, sender: str, reason: str) -> None:
    """Let everything from this address wait."""
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
    """The condition on the open alert that a sender was refused."""
    alert = tables.Alert
    return (alert.kind == AlertKind.TURNED_AWAY) & alert.dealt.is_null() & (alert.detail.part("address") == sender)


def try_again(store: Store, sender: str) -> None:
    """Someone fixed the problem or changed the settings: the waiting deliveries may be sent at once."""
    with store.writing():
        if end_refused_pause(store, sender):
            end_pause(store, sender)


def dismiss_alert(store: Store, alert_id: int) -> None:
    """A person dismisses an alert; the history says who. If it was about a refused sender, its waiting deliveries are
    tried at once. Nothing happens if it was dismissed before."""
    with store.writing():
        if (sender := close_alert(store, alert_id)) is not None:
            end_pause(store, sender)


def end_pause(store: Store, sender: str) -> bool:
    """End the pause of this sender. Return whether it was paused. Runs inside the caller's transaction."""
    return store.run(_pause.delete().where(_pause.sender == sender)) > 0


def end_refused_pause(store: Store, sender: str) -> bool:
    """Its server took something, or it is to be tried again: the alert goes; whether there was one. Inside the caller's
    transaction."""
    return store.run(_settle(dealt=store.clock(), dealt_by=store.user, sender=sender)) > 0


_settle = Prepared(
    lambda: tables.Alert.update(dealt=slot(tables.Alert.dealt), dealt_by=slot(tables.Alert.dealt_by)).where(
        _is_about(slot(_pause.sender))
    )
)


def pause_sender(store: Store, sender: str, until: datetime, reason: str) -> None:
    """Everything from this address waits until then. A pause that is longer stays as long."""
    new = peewee.EXCLUDED.until
    longer = peewee.Case(None, [(new > _pause.until, new)], _pause.until)
    with store.writing():
        store.run(
            _pause.insert(sender=sender, until=until, reason=reason).on_conflict(
                conflict_target=[_pause.sender], preserve=[_pause.reason], update={_pause.until: longer}
            )
        )
