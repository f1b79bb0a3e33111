"""A person pauses the outbox: nothing leaves, for nobody, until someone lets it go on."""

from datetime import timedelta
from pathlib import Path

from facturier.models import outbox
from facturier.models.delivery import Way
from facturier.models.due import next_due
from facturier.models.journal import read_journal
from facturier.models.pausing import pause_outbox, paused_by, resume_outbox, server_pauses
from facturier.models.store import open_company
from tests.models.making import DEFAULT, OWNER, Clock, a_store, claim, queue


def test_nothing_is_claimed_by_anyone_while_it_is_paused_and_all_of_it_afterwards(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    queue(store)
    queue(store, Way.DEFAULT)
    pause_outbox(store)
    other = open_company(store.path, clock=clock, user="paul")  # another window, or the program started anew
    assert paused_by(other) == "marie"
    clock.go(days=400)
    assert outbox.claim_next(other, OWNER) is None
    assert next_due(other) is None  # so that nobody wakes for it

    resume_outbox(other)

    assert paused_by(store) is None
    assert {claim(store).delivery_id, claim(store).delivery_id} == {1, 2}


def test_what_is_being_handed_over_is_finished(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    queue(store)
    held = claim(store)
    pause_outbox(store)
    outbox.hand_over(store, held, "")
    assert outbox.accepted(store, held, "id").state == "sent"


def test_resuming_leaves_the_pause_that_a_server_asked_for(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    queue(store, Way.DEFAULT)
    outbox.pause_sender(store, DEFAULT, clock() + timedelta(minutes=5), "slow down")
    pause_outbox(store)
    resume_outbox(store)
    assert next_due(store) == clock() + timedelta(minutes=5)


def test_the_pauses_of_servers_are_told_while_they_last(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    until = clock() + timedelta(minutes=5)
    outbox.pause_sender(store, DEFAULT, clock() + timedelta(minutes=1), "busy")
    outbox.pause_sender(store, DEFAULT, until, "slow down")
    assert paused_by(store) is None
    pause_outbox(store)
    assert server_pauses(store) == {DEFAULT: (until, "slow down")}
    clock.now = until
    assert server_pauses(store) == {}


def test_the_journal_says_who_paused_and_resumed_and_once_only(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for act in (resume_outbox, pause_outbox, pause_outbox, resume_outbox, resume_outbox):
        act(store)
    found = [(entry.kind, entry.user) for entry in read_journal(store) if entry.kind.startswith("outbox")]
    assert found == [("outbox_paused", "marie"), ("outbox_resumed", "marie")]
