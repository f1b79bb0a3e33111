"""Pauses of the outbox: of all of it, as a person wants it, and of one sender, as its server wants it.

They are in the company file, in a table that nothing else writes or reads: they hold for every window and every
`facturier post`, and outlive them.
"""

from datetime import datetime, timedelta

from facturier.models.books.alerts import AlertKind, close_alert, raise_alert
from facturier.models.books.journal import write_journal
from facturier.models.store.damaged_rows import each, instant_of, text
from facturier.models.store.store import Store, instant

# Beside the pauses that servers ask for, each for its own sender. This one is for every sender and has no end.
EVERYONE = ""
_LONGEST = timedelta(days=1, hours=1)
_NO_END = "9999-12-31T23:59:59.999+00:00"


def pause_outbox(store: Store) -> None:
    """Let nothing more leave. What a postman is handing over at this moment is finished."""
    with store.writing():
        if store.write("INSERT OR IGNORE INTO pause VALUES (?, ?, ?)", EVERYONE, _NO_END, store.user):
            write_journal(store, "outbox_paused")


def resume_outbox(store: Store) -> None:
    """Let the outbox go on."""
    with store.writing():
        if store.write("DELETE FROM pause WHERE sender = ?", EVERYONE):
            write_journal(store, "outbox_resumed")


def paused_by(store: Store) -> str | None:
    """Who has paused the outbox; None where it runs."""
    row = store.row("SELECT reason FROM pause WHERE sender = ?", EVERYONE)
    return str(row[0]) if row else None


def server_pauses(store: Store) -> dict[str, tuple[datetime, str]]:
    """The addresses whose server asked for a pause that still lasts: until when, and why."""
    found = store.rows(
        "SELECT sender, until, reason FROM pause WHERE sender != ? AND until > ? AND until <= ?",
        EVERYONE,
        store.now(),
        latest_pause(store),
    )
    return dict(each(store, "pause", found, lambda row: (row[0], (instant_of(row[1]), text(row[2])))))


def latest_pause(store: Store) -> str:
    """Until when a server's pause may last: a day. One that is longer was put there by something else, and does not
    count."""
    return instant(store.clock() + _LONGEST)


# It is tried again after as long as it has been turned away, between these two.
SOONEST, LATEST = timedelta(minutes=5), timedelta(days=1)
_ITS_ALERT = "kind = ? AND dealt IS NULL AND detail ->> 'address' = ?"


def pause_refused_sender(store: Store, sender: str, reason: str) -> None:
    """Let everything from this address wait."""
    with store.writing():
        raise_alert(store, AlertKind.TURNED_AWAY, address=sender, reason=reason)
        row = store.row(f"SELECT raised FROM alert WHERE {_ITS_ALERT}", AlertKind.TURNED_AWAY, sender)
        now = store.clock()
        since = datetime.fromisoformat(row[0]) if row else now
        store.write(
            "INSERT OR REPLACE INTO pause (sender, until, reason) VALUES (?, ?, ?)",
            sender,
            instant(now + min(max(now - since, SOONEST), LATEST)),
            reason,
        )


def try_again(store: Store, sender: str) -> None:
    """A person or the settings say that it was fixed: what waits may be sent at once."""
    with store.writing():
        if end_refused_pause(store, sender):
            end_pause(store, sender)


def dismiss_alert(store: Store, alert_id: int) -> None:
    """A person dismisses an alert; the history says who. If it was about a refused sender, what waits for that one is
    tried at once. Nothing happens if it was dismissed before."""
    with store.writing():
        if (sender := close_alert(store, alert_id)) is not None:
            end_pause(store, sender)


def end_pause(store: Store, sender: str) -> None:
    """What waits for this sender may be sent at once. Inside the caller's transaction."""
    store.write("DELETE FROM pause WHERE sender = ?", sender)


def paused_until(store: Store, sender: str, latest: str) -> str:
    """Until when a sender is paused, as the store writes it; empty if it is not. `latest` is `latest_pause`."""
    row = store.row("SELECT until FROM pause WHERE sender = ? AND until <= ?", sender, latest)
    return row[0] if row and isinstance(row[0], str) else ""


def end_refused_pause(store: Store, sender: str) -> bool:
    """Its server took something, or it is to be tried anew: the alert goes; whether there was one. Inside the caller's
    transaction."""
    settled = f"UPDATE alert SET dealt = ?, dealt_by = ? WHERE {_ITS_ALERT}"
    return store.write(settled, store.now(), store.user, AlertKind.TURNED_AWAY, sender) > 0


def pause_sender(store: Store, sender: str, until: datetime, reason: str) -> None:
    """Everything from this address waits until then."""
    with store.writing():
        store.write(
            "INSERT INTO pause (sender, until, reason) VALUES (?, ?, ?)"
            " ON CONFLICT (sender) DO UPDATE SET until = max(until, excluded.until), reason = excluded.reason",
            sender,
            instant(until),
            reason,
        )
