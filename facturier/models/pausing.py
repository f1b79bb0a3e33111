"""A pause of the whole outbox, as a person wants it. It stands in the company file: it holds for every window and every
`facturier post`, and outlives them all."""

from datetime import datetime, timedelta

from facturier.models.journal import write_journal
from facturier.models.reading import each, instant_of, text
from facturier.models.store import Store, instant

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
