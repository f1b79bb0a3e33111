"""Pausing the outbox: nothing is sent, for any user, until someone resumes it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from facturier.models.books.journal import read_journal, write_journal
from facturier.models.outbox import pauses
from facturier.models.outbox.changes import claims, outcomes
from facturier.models.outbox.delivery import SenderKind
from facturier.models.outbox.pauses import pause_outbox, paused_by, resume_outbox, server_pauses
from facturier.models.outbox.schedule import next_due
from facturier.models.store.fields import instant
from facturier.models.store.opening import open_company
from tests.models.making import DEFAULT, GMAIL, OWNER, Clock, a_store, claim, queue


def test_nothing_is_claimed_while_paused_and_everything_afterwards(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    queue(store)
    queue(store, SenderKind.DEFAULT)
    pause_outbox(store)
    other = open_company(store.path, clock=clock, user="paul")  # another window, or the restarted program
    assert paused_by(other) == "marie"
    clock.go(days=400)
    assert claims.claim_next(other, OWNER) is None
    assert next_due(other) is None  # so that no postman wakes for it

    resume_outbox(other)

    assert paused_by(store) is None
    assert {claim(store).delivery_id, claim(store).delivery_id} == {1, 2}


def test_a_handing_over_in_progress_is_finished(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    queue(store)
    held = claim(store)
    pause_outbox(store)
    outcomes.hand_over(store, held, "")
    assert outcomes.accepted(store, held, "id").state == "sent"


def test_resuming_keeps_a_pause_requested_by_a_server(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    queue(store, SenderKind.DEFAULT)
    pauses.pause_sender(store, DEFAULT, clock() + timedelta(minutes=5), "slow down")
    pause_outbox(store)
    resume_outbox(store)
    assert next_due(store) == clock() + timedelta(minutes=5)


def test_current_pauses_of_servers_are_listed(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    until = clock() + timedelta(minutes=5)
    pauses.pause_sender(store, DEFAULT, clock() + timedelta(minutes=1), "busy")
    pauses.pause_sender(store, DEFAULT, until, "slow down")
    assert paused_by(store) is None
    pause_outbox(store)
    assert server_pauses(store) == {DEFAULT: (until, "slow down")}
    clock.now = until
    assert server_pauses(store) == {}


def test_a_server_can_request_a_pause_of_at_most_25_hours(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    queue(store, SenderKind.DEFAULT)
    longest = clock() + timedelta(hours=25)
    pauses.pause_sender(store, DEFAULT, longest, "tomorrow")
    assert server_pauses(store) == {DEFAULT: (longest, "tomorrow")}
    assert next_due(store) == longest
    pauses.pause_sender(store, DEFAULT, longest + timedelta(seconds=1), "next year")
    assert server_pauses(store) == {}
    assert claims.claim_next(store, OWNER) is not None


def test_a_damaged_pause_is_reported_and_hides_no_other(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    until = clock() + timedelta(minutes=5)
    with store.writing():
        store.write("INSERT INTO pause VALUES (?, ?, 'x')", GMAIL, instant(until) + "?")
    pauses.pause_sender(store, DEFAULT, until, "slow down")
    assert server_pauses(store) == {DEFAULT: (until, "slow down")}
    assert [happened.startswith(f"Row {GMAIL} of “pause”") for happened in store.damaged] == [True]


def test_the_journal_records_who_paused_and_resumed_once(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for act in (resume_outbox, pause_outbox, pause_outbox, resume_outbox, resume_outbox):
        act(store)
    found = [(entry.kind, entry.user) for entry in read_journal(store) if entry.kind.startswith("outbox")]
    assert found == [("outbox_paused", "marie"), ("outbox_resumed", "marie")]


def test_a_flood_of_rows_does_not_hold_up_the_outbox_or_the_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program may write as many as it likes."""
    store = a_store(tmp_path)
    queued = queue(store)
    now = store.now()
    with store.writing():
        store.write_many("INSERT INTO pause VALUES (?, ?, 'x')", ((f"{n}@x.example", now) for n in range(6_000)))
        store.write_many(
            "INSERT INTO journal (invoice_id, at, user, kind, detail) VALUES (?, ?, 'x', 'x', '{}')",
            ((queued.invoice_id, now) for _n in range(6_000)),
        )
        write_journal(store, "mine", queued.invoice_id)
    read: list[int] = []
    every = store.all

    def counted(query: Any) -> list[Any]:
        found = every(query)
        read.append(len(found))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(store, "all", counted)
        assert claim(store).delivery_id == queued.id
    assert read
    assert sum(read) < 100
    entries = read_journal(store, queued.invoice_id)
    assert len(entries) == 5_000
    assert [entry.kind for entry in entries[-2:]] == ["mine", "claimed"]
