"""Stored addresses of upload sessions. Only `facturier.mail` can interpret them."""

from datetime import timedelta
from typing import Any

from peewee import fn

from facturier.models.books.status import State
from facturier.models.outbox.deliveries import ENDED, UNDER_WAY
from facturier.models.outbox.sender_kind import SenderKind
from facturier.models.store import sqlite, tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store

# Google forgets a session after a week: https://developers.google.com/workspace/gmail/api/guides/uploads
_LIFE = timedelta(days=8)
_row = tables.Delivery


def kept_in_clear(store: Store) -> list[tuple[int, str]]:
    """Return Gmail deliveries with an unencrypted session address, which an earlier version of Facturier stored.

    Only deliveries that Google can still be asked about are included.
    """
    return [found for query in _IN_CLEAR for found in store.all(query())]


def _in_clear(states: Any) -> Prepared:
    return Prepared(
        lambda: _row.select(_row.id, _row.session).where(
            sqlite.one_of(_row.state, states),
            _row.way == SenderKind.GMAIL,
            sqlite.begins_with(fn.lower(_row.session), "http"),
        )
    )


_IN_CLEAR = (_in_clear([State.IN_DOUBT]), _in_clear(UNDER_WAY))  # two queries, because each state has its own index


def replace_session(store: Store, delivery_id: int, before: str, after: str) -> None:
    """Replace a session address. Nothing happens if it has changed since it was read."""
    with store.writing():
        store.run(_row.update(session=after).where(_row.id == delivery_id, _row.session == before))


def forget_finished(store: Store) -> None:
    """Delete the session addresses of finished deliveries that Google may still know. They are no longer needed.

    If there are none, this takes no lock.
    """
    since = store.clock() - _LIFE
    if store.value(_finished(changed=since)) is not None:
        with store.writing():
            store.run(_row.update(session="").where(_is_finished(since)))


def _is_finished(since: Any) -> Any:
    return (
        (_row.way == SenderKind.GMAIL)
        & sqlite.one_of(_row.state, ENDED)
        & (_row.changed >= since)
        & (_row.session != "")
    )


_finished = Prepared(lambda: _row.select(_row.id).where(_is_finished(slot(_row.changed))).limit(sqlite.literal(1)))
