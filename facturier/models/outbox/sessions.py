"""The addresses of upload sessions as they are kept. What they say only `facturier.mail` knows."""

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
    """The deliveries through Gmail that are still asked for, with the address of their session, where an older
    Facturier has kept it as it is."""
    return [found for query in _IN_CLEAR for found in store.all(query())]


def _in_clear(states: Any) -> Prepared:
    return Prepared(
        lambda: _row.select(_row.id, _row.session).where(
            sqlite.one_of(_row.state, states),
            _row.way == SenderKind.GMAIL,
            sqlite.begins_with(fn.lower(_row.session), "http"),
        )
    )


_IN_CLEAR = (_in_clear([State.IN_DOUBT]), _in_clear(UNDER_WAY))  # an index each


def replace_session(store: Store, delivery_id: int, before: str, after: str) -> None:
    """Keep it another way. Does nothing where it has changed meanwhile."""
    with store.writing():
        store.run(_row.update(session=after).where(_row.id == delivery_id, _row.session == before))


def forget_finished(store: Store) -> None:
    """Forget the sessions of deliveries that are finished, as far as Google still knows them: nobody asks them any
    more. A look at none takes no lock."""
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
