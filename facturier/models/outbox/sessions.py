"""The addresses of upload sessions as they are kept. What they say only `facturier.mail` knows."""

from datetime import timedelta

from facturier.models.store.store import Store, instant

# Google forgets a session after a week: https://developers.google.com/workspace/gmail/api/guides/uploads
_LIFE = timedelta(days=8)
_FINISHED = "way = 'gmail' AND state IN ('sent', 'partly_sent', 'failed', 'cancelled', 'bounced')"


def kept_in_clear(store: Store) -> list[tuple[int, str]]:
    """The deliveries through Gmail that are still asked for, with the address of their session, where an older
    Facturier has kept it as it is."""
    found = []
    for state in ("state = 'in_doubt'", "state IN ('claimed', 'handing_over')"):  # an index each
        found += store.rows(
            f"SELECT id, session FROM delivery WHERE {state} AND way = 'gmail' AND session LIKE 'http%'"
        )
    return [(int(id_), str(session)) for id_, session in found]


def replace_session(store: Store, delivery_id: int, before: str, after: str) -> None:
    """Keep it another way. Does nothing where it has changed meanwhile."""
    with store.writing():
        store.write("UPDATE delivery SET session = ? WHERE id = ? AND session = ?", after, delivery_id, before)


def forget_finished(store: Store) -> None:
    """Forget the sessions of deliveries that are finished, as far as Google still knows them: nobody asks them any
    more. A look at none takes no lock."""
    which = f"{_FINISHED} AND changed >= ? AND session != ''"
    since = instant(store.clock() - _LIFE)
    if store.row(f"SELECT 1 FROM delivery WHERE {which} LIMIT 1", since):
        with store.writing():
            store.write(f"UPDATE delivery SET session = '' WHERE {which}", since)
