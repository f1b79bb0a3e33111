"""What can be undone is sent later, if the person has not seen it in time."""

from datetime import timedelta
from pathlib import Path

from facturier.models.books.status import State
from facturier.models.outbox.changes import outcomes
from facturier.models.outbox.changes.postponing import postpone
from facturier.models.outbox.deliveries import get_delivery
from tests.models.making import NOON, a_store, claim, queue


def test_only_what_waits_for_its_first_try_is_postponed(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    tried = queue(store)
    outcomes.put_back(store, claim(store), "no line", NOON + timedelta(seconds=5))
    taken = queue(store)
    claim(store)
    waiting, later, other = queue(store), queue(store, later=timedelta(minutes=5)), queue(store)
    before = [get_delivery(store, one.id) for one in (tried, taken, later, other)]
    assert [one.state for one in before] == [State.QUEUED, State.CLAIMED, State.QUEUED, State.QUEUED]

    until = NOON + timedelta(minutes=1)
    postpone(store, {tried.id, taken.id, waiting.id, later.id}, until)

    assert get_delivery(store, waiting.id).not_before == until
    assert [get_delivery(store, one.id) for one in (tried, taken, later, other)] == before
