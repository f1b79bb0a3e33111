"""The company's Gmail connection: which address, since when, whether Google ended it. The token is in the vault."""

from facturier.models.alerts import AlertKind, raise_alert, settle_alerts
from facturier.models.company import Connection
from facturier.models.errors import DamagedRow
from facturier.models.journal import write_journal
from facturier.models.language import _
from facturier.models.reading import instant_of, reading_row
from facturier.models.status import State
from facturier.models.store import Store
from facturier.models.turning_away import served

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
        served(store, address)
        store.write("DELETE FROM pause WHERE sender = ?", address)
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
    from facturier.models.deliveries import unfinished
    from facturier.models.delivery import Way
    from facturier.models.outbox import withdraw

    with store.writing():
        connection = get_connection(store)
        if connection is None:
            return
        store.write("DELETE FROM connection")
        settle_alerts(store, AlertKind.CONNECTION_OVER)
        write_journal(store, "disconnected", address=connection.address)
        for delivery in unfinished(store):
            if delivery.way is Way.GMAIL and delivery.state is State.QUEUED:
                withdraw(store, delivery.id, _("The Gmail address was removed before this message left."))
