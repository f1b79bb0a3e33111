"""The company's Gmail connection: its address, its start, and whether Google ended it. The vault stores the token."""

import contextlib
from datetime import UTC, datetime
from typing import Any

from facturier.models.books.alerts import AlertKind, raise_alert, settle_alerts
from facturier.models.books.journal import write_journal
from facturier.models.books.status import State
from facturier.models.errors import ChangedElsewhere, DamagedRow
from facturier.models.outbox.pauses import end_pause, end_refused_pause
from facturier.models.settings.company import Connection
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_ONLY = 1  # the id of the only row in `connection` and in `vault`


def _select_connection() -> Any:
    kept = tables.Connection
    return kept.select(kept.address, kept.client_id, kept.connected, kept.user, kept.over).objects(Connection)


_connection = Prepared(_select_connection)


def get_connection(store: Store) -> Connection | None:
    try:
        connection: Connection | None = store.first(_connection())
    except DamagedRow as error:  # only `connected` can be damaged; the other columns are text
        store.note(error)
        kept = tables.Connection
        address, client_id, user, over = store.first(kept.select(kept.address, kept.client_id, kept.user, kept.over))
        return Connection(address, client_id, _LONG_AGO, user, over)
    return connection


def set_connection(store: Store, address: str, client_id: str) -> Connection:
    """Connect a Gmail address. Any earlier connection is replaced, its alert is closed, and the queue runs again.

    A pause that Google requested earlier does not apply to the new connection, so it is removed.
    """
    connected = datetime.fromisoformat(store.now())  # rounded to milliseconds, as it is stored
    connection = Connection(address, client_id, connected, store.user)
    with store.writing():
        store.run(tables.Connection.delete())
        store.run(tables.Connection.insert(id=_ONLY, **connection._asdict()))
        end_refused_pause(store, address)
        end_pause(store, address)
        settle_alerts(store, AlertKind.CONNECTION_OVER)
        write_journal(store, "connected", address=address)
    return connection


def end_connection(store: Store, connection: Connection | None, reason: str) -> bool:
    """Record that Google ended a connection. Deliveries wait, and an alert gives the reason and offers to reconnect.

    Nothing changes if the company has reconnected since. Return whether the company's current connection has ended.
    """
    kept = tables.Connection
    with store.writing():
        if connection is not None and store.run(
            kept.update(over=reason).where(
                kept.over == "", kept.address == connection.address, kept.connected == connection.connected
            )
        ):
            raise_alert(store, AlertKind.CONNECTION_OVER, address=connection.address, reason=reason)
            write_journal(store, "connection_over", address=connection.address, reason=reason)
        current = get_connection(store)
        return current is not None and bool(current.over)


def remove_connection(store: Store) -> None:
    """Remove the Gmail address. Each queued delivery that would use it is withdrawn and gets an alert."""
    from facturier.models.outbox.changes.resolving import withdraw
    from facturier.models.outbox.deliveries import unfinished

    with store.writing():
        connection = get_connection(store)
        if connection is None:
            return
        store.run(tables.Connection.delete())
        settle_alerts(store, AlertKind.CONNECTION_OVER)
        write_journal(store, "disconnected", address=connection.address)
        for delivery in unfinished(store):
            if delivery.sender_kind.connected and delivery.state is State.QUEUED:
                withdraw(store, delivery.id, _("The Gmail address was removed before this message was sent."))


class StoredBlob:
    """The bytes of the vault, with a version that increases with every write."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self) -> tuple[bytes, int]:
        """Return the bytes and their version: no bytes and 0 before the first write."""
        version = self._version()
        if version is None:
            return b"", 0
        # A damaged vault must not look like a missing one, because a new vault would replace it.
        blob = b""
        with contextlib.suppress(DamagedRow):
            blob = self._store.value(tables.Vault.select(tables.Vault.blob))
        return blob or b"damaged", version

    def write(self, blob: bytes, version: int) -> None:
        """Replace the bytes that were read as `version`.

        Raises ChangedElsewhere if someone else has written the vault since.
        """
        with self._store.writing():
            if (self._version() or 0) != version:
                raise ChangedElsewhere(_("Someone else has changed the company’s secrets in the meantime."))
            vault = tables.Vault
            self._store.run(
                vault.insert(id=_ONLY, blob=blob, version=version + 1).on_conflict(
                    conflict_target=[vault.id], preserve=[vault.blob, vault.version]
                )
            )

    def _version(self) -> int | None:
        version: int | None = self._store.value(tables.Vault.select(tables.Vault.version))
        return version
