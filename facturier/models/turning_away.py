"""A sender that is turned away whatever the message: its queue stands, with one alert, until it is mended.

It is tried again by itself, ever less often: a mail server locks an account that signs in wrongly again and again.
"""

from datetime import datetime, timedelta

from facturier.models.alerts import AlertKind, raise_alert
from facturier.models.store import Store, instant

# It is tried again after as long as it has been turned away, between these two.
SOONEST, LATEST = timedelta(minutes=5), timedelta(days=1)
_ITS_ALERT = "kind = ? AND dealt IS NULL AND detail ->> 'address' = ?"


def turn_away(store: Store, sender: str, reason: str) -> None:
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
    """It was mended, says a person or its settings: what waits may go at once."""
    with store.writing():
        if served(store, sender):
            store.write("DELETE FROM pause WHERE sender = ?", sender)


def served(store: Store, sender: str) -> bool:
    """Its server took something, or it is to be tried anew: the alert goes; whether there was one. Inside the caller's
    transaction."""
    settled = f"UPDATE alert SET dealt = ?, dealt_by = ? WHERE {_ITS_ALERT}"
    return store.write(settled, store.now(), store.user, AlertKind.TURNED_AWAY, sender) > 0
