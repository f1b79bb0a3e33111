"""The company's Gmail connection: which address, since when, whether Google ended it. The token is in the vault."""

from facturier.models.books.alerts import AlertKind, raise_alert, settle_alerts
from facturier.models.books.journal import write_journal
from facturier.models.books.status import State
from facturier.models.errors import ChangedElsewhere, DamagedRow
from facturier.models.outbox.pauses import end_pause, end_refused_pause
from facturier.models.settings.company import Connection
from facturier.models.store.damaged_rows import instant_of, reading_row
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_LONG_AGO = "1970-01-01T00:00:00.000+00:00"


def get_connection(store: Store) -> Connection | None:
    row = store.row("SELECT address, client_id, connected, user, over FROM connection")
    if row is None:
        return None
    connection = Connection(*(value if isinstance(value, str) else "" for value in row))
    try:
        with reading_row("connection", 1):
            instant_of(connection.connected)
    except DamagedRow as error:
        store.note(error)
        return connection._replace(connected=_LONG_AGO)
    return connection


def set_connection(store: Store, address: str, client_id: str) -> Connection:
    """This is the Gmail address from now on; the alert about an ended connection goes, and its queue runs again. A
    pause that Google asked of the last connection says nothing about this one."""
    connection = Connection(address, client_id, store.now(), store.user)
    with store.writing():
        store.write("DELETE FROM connection")
        store.write(
            "INSERT INTO connection (id, address, client_id, connected, user) VALUES (1, ?, ?, ?, ?)",
            address,
            client_id,
            connection.connected,
            connection.user,
        )
        end_refused_pause(store, address)
        end_pause(store, address)
        settle_alerts(store, AlertKind.CONNECTION_OVER)
        write_journal(store, "connected", address=address)
    return connection


def end_connection(store: Store, connection: Connection | None, reason: str) -> bool:
    """Google ended it: deliveries wait, the alert says why and offers to reconnect. A connection that a person has made
    since is left alone. Whether the company's connection is over now."""
    with store.writing():
        if connection is not None and store.write(
            "UPDATE connection SET over = ? WHERE over = '' AND address = ? AND connected = ?",
            reason,
            connection.address,
            connection.connected,
        ):
            raise_alert(store, AlertKind.CONNECTION_OVER, address=connection.address, reason=reason)
            write_journal(store, "connection_over", address=connection.address, reason=reason)
        stands = get_connection(store)
        return stands is not None and bool(stands.over)


def remove_connection(store: Store) -> None:
    """A person removed the Gmail address. What still waits for it is taken back, each with an alert: it did not leave,
    and is to be sent another way."""
    from facturier.models.outbox.deliveries import unfinished
    from facturier.models.outbox.outbox import withdraw

    with store.writing():
        connection = get_connection(store)
        if connection is None:
            return
        store.write("DELETE FROM connection")
        settle_alerts(store, AlertKind.CONNECTION_OVER)
        write_journal(store, "disconnected", address=connection.address)
        for delivery in unfinished(store):
            if delivery.sender_kind.connected and delivery.state is State.QUEUED:
                withdraw(store, delivery.id, _("The Gmail address was removed before this message was sent."))


class StoredBlob:
    """The vault's bytes with a version that goes up with every write."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self) -> tuple[bytes, int]:
        """The bytes and their version; nothing and 0 before the first write."""
        row = self._store.row("SELECT blob, version FROM vault")
        if row is None:
            return b"", 0
        # What is no vault must not look like none: then a new one would take its place.
        blob = row[0] if isinstance(row[0], bytes) and row[0] else b"damaged"
        return blob, row[1] if isinstance(row[1], int) else 0

    def write(self, blob: bytes, version: int) -> None:
        """Replace the bytes that were read as `version`. Raises ChangedElsewhere if someone else was first."""
        with self._store.writing():
            found = self._store.row("SELECT version FROM vault")
            if (found[0] if found else 0) != version:
                raise ChangedElsewhere(_("Someone else has changed the company’s secrets in the meantime."))
            self._store.write(
                "INSERT INTO vault (id, blob, version) VALUES (1, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET blob = excluded.blob, version = excluded.version",
                blob,
                version + 1,
            )
