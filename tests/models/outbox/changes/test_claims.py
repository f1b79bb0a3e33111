"""Claiming deliveries: one postman at a time, not before they are due, and within Gmail's rate limit."""

import itertools
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pysqlite3 as sqlite3
import pytest

from facturier.models.books.alerts import open_alerts
from facturier.models.books.journal import read_journal
from facturier.models.books.sent import when_sent
from facturier.models.books.status import State
from facturier.models.company.connection import end_connection, get_connection, remove_connection, set_connection
from facturier.models.errors import LostClaim
from facturier.models.outbox import pauses
from facturier.models.outbox.changes import claims, outcomes, resolving
from facturier.models.outbox.changes.claims import LEASE
from facturier.models.outbox.deliveries import answers_due, get_delivery, in_doubt, under_way, unfinished
from facturier.models.outbox.delivery import Claim, Delivery, SenderKind
from facturier.models.outbox.schedule import next_due
from facturier.models.outbox.sender_kind import GMAIL_A_MINUTE
from facturier.models.store.fields import instant
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.models.making import GMAIL, NOON, OWNER, Clock, a_store, claim, in_state, queue


def test_a_claim_has_an_owner_and_a_lease(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery = queue(store)
    claimed = claims.claim_next(store, "first")
    assert claimed is not None
    assert (claimed.id, claimed.state, claimed.owner, claimed.epoch) == (delivery.id, State.CLAIMED, "first", 1)
    assert (claimed.lease, claimed.attempts) == (NOON + LEASE, 1)
    assert claims.claim_next(store, "second") is None


def test_concurrent_postmen_never_claim_the_same_delivery(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for _ in range(30):
        queue(store, SenderKind.DEFAULT)
    taken: list[int] = []

    def take(owner: str) -> None:
        mine = open_company(store.path, clock=Clock())
        while (delivery := claims.claim_next(mine, owner)) is not None:
            taken.append(delivery.id)

    threads = [threading.Thread(target=take, args=(f"postman {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 30


def test_deliveries_are_claimed_in_the_order_they_are_due(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    later = queue(store, later=timedelta(seconds=30))
    first, second = queue(store, SenderKind.DEFAULT), queue(store)
    assert next_due(store) == NOON
    assert {claim(store).delivery_id, claim(store).delivery_id} == {first.id, second.id}
    assert next_due(store) == NOON + timedelta(seconds=30)
    assert claims.claim_next(store, "first") is None
    clock.go(seconds=30)
    assert claim(store).delivery_id == later.id
    assert next_due(store) is None


def test_only_permitted_senders_are_claimed(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    queue(store)
    assert claims.claim_next(store, "guest", (SenderKind.DEFAULT,)) is None
    assert claims.claim_next(store, "guest", ()) is None
    assert claims.claim_next(store, "guest", (SenderKind.GMAIL,)) is not None


def test_an_expired_lease_cannot_hand_over(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    queue(store)
    held = claim(store)
    clock.go(minutes=4)
    claims.hold_claim(store, held)
    clock.go(minutes=4)
    claims.hold_claim(store, held)
    clock.go(minutes=5, seconds=1)
    with pytest.raises(LostClaim):
        outcomes.hand_over(store, held, "session")
    assert get_delivery(store, held.delivery_id).state is State.CLAIMED


def test_a_lease_is_valid_to_its_last_moment_and_handing_over_renews_it(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    queue(store)
    held = claim(store)
    clock.go(minutes=5)
    assert outcomes.hand_over(store, held, "session").lease == clock.now + LEASE


def test_only_a_claimed_delivery_can_be_held(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for state in (State.SENT, State.FAILED, State.IN_DOUBT, State.QUEUED):
        delivery, held = in_state(store, state)
        held = Claim(held.delivery_id, delivery.owner, delivery.epoch)
        with pytest.raises(LostClaim):
            claims.hold_claim(store, held)


@pytest.mark.parametrize("state", [State.CLAIMED, State.HANDING_OVER], ids=str)
def test_taking_over_ends_the_old_claim(tmp_path: Path, state: State) -> None:
    store = a_store(tmp_path)
    delivery, former = in_state(store, state)
    mine = claims.take_over(store, delivery, "second")
    assert mine == Claim(delivery.id, "second", delivery.epoch + 1)
    with pytest.raises(LostClaim):
        claims.hold_claim(store, former)
    with pytest.raises(LostClaim):  # a third postman that checked at the same time is too late
        claims.take_over(store, delivery, "third")
    last = read_journal(store, delivery.invoice_id)[-1]
    assert (last.kind, last.detail) == ("taken_over", {"owner": OWNER})
    claims.hold_claim(store, mine)


def test_taking_over_starts_a_new_lease(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    delivery, _former = in_state(store, State.CLAIMED)
    clock.go(minutes=6)
    claims.take_over(store, delivery, "second")
    assert get_delivery(store, delivery.id).lease == clock.now + LEASE


def test_a_delivery_claimed_again_in_between_is_not_taken_over(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    seen, held = in_state(store, State.CLAIMED)
    outcomes.put_back(store, held, "busy", store.clock())
    assert claim(store).delivery_id == seen.id
    with pytest.raises(LostClaim):
        claims.take_over(store, seen, "second")


@pytest.mark.parametrize("state", [State.QUEUED, State.SENT, State.IN_DOUBT, State.CANCELLED], ids=str)
def test_only_claimed_deliveries_are_taken_over(tmp_path: Path, state: State) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, state)
    with pytest.raises(LostClaim):
        claims.take_over(store, delivery, "second")


def test_a_delivery_is_cancelled_or_claimed_but_never_both(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for _ in range(12):
        delivery = queue(store, SenderKind.DEFAULT)
        start = threading.Barrier(2)
        won: list[str] = []

        def cancel(delivery: Delivery = delivery, start: threading.Barrier = start, won: list[str] = won) -> None:
            start.wait()
            try:
                resolving.cancel_delivery(store, delivery.id)
                won.append("person")
            except LostClaim:
                pass

        thread = threading.Thread(target=cancel)
        thread.start()
        start.wait()
        if claims.claim_next(store, "postman"):
            won.append("postman")
        thread.join()
        assert len(won) == 1
        state = get_delivery(store, delivery.id).state
        assert state is (State.CANCELLED if won == ["person"] else State.CLAIMED)


def test_a_pause_applies_to_one_address_until_its_time(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    queue(store)
    other = queue(store, SenderKind.DEFAULT)
    until = NOON + timedelta(minutes=10)
    pauses.pause_sender(store, GMAIL, until, "429")
    pauses.pause_sender(store, GMAIL, NOON + timedelta(minutes=5), "429")  # does not shorten the pause
    assert claim(store).delivery_id == other.id
    assert claims.claim_next(store, "first") is None
    assert next_due(store) == until
    clock.go(minutes=9, seconds=59)
    assert claims.claim_next(store, "first") is None
    clock.go(seconds=1)
    assert claims.claim_next(store, "first") is not None


def test_a_pause_of_one_sender_does_not_stop_others_of_its_kind(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    queue(store, SenderKind.DEFAULT, sender="old@acme.example", later=timedelta(minutes=-1))
    other = queue(store, SenderKind.DEFAULT)
    pauses.pause_sender(store, "old@acme.example", NOON + timedelta(minutes=10), "451")
    assert claim(store).delivery_id == other.id
    assert claims.claim_next(store, "first") is None


def test_an_ended_connection_does_not_stop_a_default_sender_with_the_same_address(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    queue(store)
    other = queue(store, SenderKind.DEFAULT, sender=GMAIL)
    end_connection(store, get_connection(store), "invalid_grant")
    assert next_due(store) == NOON
    assert claim(store).delivery_id == other.id
    assert claims.claim_next(store, "first") is None


def test_every_sender_gets_its_turn_whatever_its_name(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    last = queue(store, SenderKind.DEFAULT, sender="1@acme.example")
    for minutes, name in ((5, "zoe"), (2, "Anna"), (3, "marc")):
        queue(store, SenderKind.DEFAULT, sender=f"{name}@acme.example", later=timedelta(minutes=-minutes))
    turns = [claim(store).delivery_id for _ in range(4)]
    assert turns == [last.id + 1, last.id + 3, last.id + 2, last.id]


def test_a_scheduled_delivery_does_not_delay_asking_about_a_lost_answer(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    in_state(store, State.IN_DOUBT)
    clock.go(seconds=10)
    in_state(store, State.IN_DOUBT)
    queue(store, later=timedelta(hours=1))
    assert next_due(store) == NOON + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("change", "now"),
    [
        ("", False),
        ("sender = 'other@acme.example'", True),
        ("way = 'default'", True),
        ("state = 'cancelled'", True),
        ("attempts = 0", True),
    ],
)
def test_gmails_rate_counts_tries_from_the_same_address(tmp_path: Path, change: str, now: bool) -> None:
    store = a_store(tmp_path)
    before, _held = in_state(store, State.SENT)
    columns = "invoice_id, state, way, sender, recipients, subject, not_before, queued, changed, attempts"
    with store.writing():
        for _ in range(GMAIL_A_MINUTE - 1):
            store.write(f"INSERT INTO delivery ({columns}) SELECT {columns} FROM delivery WHERE id = ?", before.id)
        if change:
            store.write(f"UPDATE delivery SET {change}")
    queue(store)
    queue(store, SenderKind.DEFAULT, sender=GMAIL)
    assert claims.claim_next(store, "first", (SenderKind.DEFAULT,)) is not None
    assert (claims.claim_next(store, "first") is not None) is now


def test_all_postmen_together_keep_gmails_rate(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    for _ in range(GMAIL_A_MINUTE + 2):
        queue(store)
    for count in range(GMAIL_A_MINUTE):
        held = claim(store, f"postman {count % 3}")
        if count % 2:  # a delivery that was tried and put back counts as well
            outcomes.put_back(store, held, "503", NOON + timedelta(hours=1))
        clock.go(milliseconds=100)
    assert claims.claim_next(store, "first") is None
    again = next_due(store)
    assert again == NOON + timedelta(minutes=1)
    clock.now = again - timedelta(milliseconds=1)
    assert claims.claim_next(store, "first") is None
    clock.now = again
    assert claims.claim_next(store, "first") is not None
    assert claims.claim_next(store, "first") is None


def test_a_clock_set_back_does_not_stop_gmail(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    for _ in range(GMAIL_A_MINUTE):
        queue(store)
        outcomes.put_back(store, claim(store), "x", NOON + timedelta(days=2))
    clock.go(days=-1)
    queue(store)
    assert claims.claim_next(store, "first") is not None


def test_the_default_sender_has_no_rate_limit(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for _ in range(GMAIL_A_MINUTE + 2):
        queue(store, SenderKind.DEFAULT)
        claim(store)


def test_an_ended_connection_stops_its_queue_until_reconnected(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    queue(store)
    assert end_connection(store, get_connection(store), "invalid_grant") is True
    assert claims.claim_next(store, "first") is None
    assert next_due(store) is None
    assert [alert.kind for alert in open_alerts(store)] == ["connection_over"]
    # the connection has ended, and one alert is enough
    assert end_connection(store, get_connection(store), "again") is True
    assert len(open_alerts(store)) == 1
    pauses.pause_sender(store, GMAIL, NOON + timedelta(days=1), "daily limit of the old project")
    assert set_connection(store, GMAIL, "client") == get_connection(store)
    assert open_alerts(store) == []
    assert claims.claim_next(store, "first") is not None


def test_a_new_connection_is_not_ended_by_an_error_of_the_old_one(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    old = get_connection(store)
    clock.go(seconds=1)
    set_connection(store, GMAIL, "client")
    assert end_connection(store, old, "invalid_grant") is False
    connection = get_connection(store)
    assert connection is not None
    assert connection.over == ""
    assert open_alerts(store) == []


def test_journal_and_alert_report_the_connection(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    old = get_connection(store)
    end_connection(store, old, "invalid_grant")
    end_connection(store, old, "again")
    [alert] = open_alerts(store)
    assert alert.detail == {"address": GMAIL, "reason": "invalid_grant"}
    remove_connection(store)
    assert (get_connection(store), open_alerts(store)) == (None, [])
    assert end_connection(store, old, "late news") is end_connection(store, None, "none") is False
    remove_connection(store)  # another window removed it first
    told = [(entry.kind, entry.detail) for entry in read_journal(store) if "connect" in entry.kind]
    assert told == [
        ("connected", {"address": GMAIL}),
        ("connection_over", {"address": GMAIL, "reason": "invalid_grant"}),
        ("disconnected", {"address": GMAIL}),
    ]


def test_another_address_is_another_connection_and_releases_no_other_sender(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    old = get_connection(store)
    pauses.pause_sender(store, "hello@acme.example", NOON + timedelta(hours=1), "451")
    set_connection(store, "new@acme.example", "client")
    assert end_connection(store, old, "invalid_grant") is False
    assert store.rows("SELECT sender FROM pause") == [("hello@acme.example",)]


def test_removing_the_address_cancels_its_queued_deliveries(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    going = queue(store)
    held = claim(store)
    waiting, other = queue(store), queue(store, SenderKind.DEFAULT)
    remove_connection(store)
    assert get_delivery(store, waiting.id).state is State.CANCELLED
    [alert] = open_alerts(store)
    assert (alert.invoice_id, alert.delivery_id) == (waiting.invoice_id, waiting.id)
    reason = "The Gmail address was removed before this message was sent."
    assert alert.detail == {"reason": reason, "recipients": "marie@tremblay.example"}
    assert read_journal(store, waiting.invoice_id)[-1].detail == {"delivery": str(waiting.id), "reason": reason}
    assert get_delivery(store, other.id).state is State.QUEUED
    # The claimed delivery was put back too late to be cancelled. It is claimed anyway, so that the postman learns from
    # its sender that there is no connection, and tells the user.
    outcomes.put_back(store, held, "503", NOON)
    assert {claim(store).delivery_id, claim(store).delivery_id} == {going.id, other.id}


def test_a_lost_answer_is_asked_for_less_and_less_often_by_one_postman(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    delivery, _held = in_state(store, State.IN_DOUBT)
    asked = []
    for _minute in range(300):
        clock.go(minutes=1)
        found = answers_due(store)
        if found:
            assert outcomes.ask_again(store, found[0])
            assert not outcomes.ask_again(store, found[0])  # another postman that checked at the same time
            asked.append(int((clock.now - NOON).total_seconds()) // 60)
            due = next_due(store)
            assert due is not None
            assert due > clock.now
    assert asked == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    clock.go(days=30)
    assert outcomes.ask_again(store, get_delivery(store, delivery.id))
    assert next_due(store) == clock.now + timedelta(days=1)  # at least once a day
    resolving.resolve_delivery(store, delivery.id, sent=True, reason="seen")
    clock.go(days=30)
    assert answers_due(store) == []
    assert next_due(store) is None


def test_a_lost_answer_is_not_asked_for_too_early_or_once_it_is_known(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    delivery, _held = in_state(store, State.IN_DOUBT)
    assert not outcomes.ask_again(store, delivery)
    clock.go(minutes=1)
    resolving.resolve_delivery(store, delivery.id, sent=True, reason="seen")
    assert not outcomes.ask_again(store, delivery)


def test_without_a_session_nothing_can_be_asked(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    queue(store, SenderKind.DEFAULT)
    held = claim(store)
    outcomes.hand_over(store, held, "")
    outcomes.lost(store, held, "dropped")
    clock.go(hours=1)
    assert answers_due(store) == []
    assert next_due(store) is None


def test_the_content_of_each_list(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    found: dict[State, int] = {
        state: in_state(store, state, SenderKind.DEFAULT)[0].id for state in State if state is not State.QUEUED
    }
    found[State.QUEUED] = queue(store).id
    assert [delivery.state for delivery in in_doubt(store)] == [State.IN_DOUBT]
    assert {delivery.id for delivery in under_way(store)} == {found[State.CLAIMED], found[State.HANDING_OVER]}
    waiting = {found[State.CLAIMED], found[State.HANDING_OVER], found[State.QUEUED]}
    assert {delivery.id for delivery in unfinished(store)} == waiting


def test_checking_a_long_outbox_is_fast_and_takes_no_lock(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    _fill(store, queue(store, later=timedelta(days=1)), 30_000)
    other = open_company(store.path, clock=clock)
    with other.writing(), store.reading():  # a check does not wait for another writer
        started = time.process_time()
        for _ in range(20):
            assert claims.claim_next(store, "first") is None
            assert under_way(store) == []
            assert next_due(store) == NOON + timedelta(days=1)
            assert answers_due(store) == []
        assert time.process_time() - started < 1
    clock.go(days=2)
    with store.reading():
        started = time.process_time()
        for _ in range(20):
            claim(store)
        assert time.process_time() - started < 2


def _fill(store: Store, like: Delivery, count: int) -> None:
    """Queue `count` more deliveries, each for its own invoice."""
    with store.writing():
        columns = ", ".join(
            name
            for _cid, name, _kind, _notnull, _default, _key, hidden in store.rows("PRAGMA table_xinfo(invoice)")
            if name not in ("id", "number") and not hidden
        )
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
        store.write(
            f"{numbers} INSERT INTO invoice (number, {columns}) SELECT 'F' || i, {columns} FROM n, invoice"
            " WHERE invoice.id = ?",
            like.invoice_id,
        )
        store.write(
            "INSERT INTO delivery (invoice_id, state, way, sender, recipients, subject, not_before, queued, changed)"
            " SELECT id, 'queued', 'gmail', ?, '{}', '', ?, ?, ? FROM invoice WHERE number LIKE 'F%'",
            like.envelope.sender,
            instant(like.not_before),
            instant(NOON),
            instant(NOON),
        )
        store.write('UPDATE delivery SET recipients = \'{"to": [], "cc": [], "bcc": []}\' WHERE recipients = \'{}\'')


@pytest.mark.parametrize(
    "damage", ["invoice_id = 999", f"epoch = {2**63 - 1}", f"attempts = {2**63 - 1}", "attempts = -1"]
)
def test_a_damaged_delivery_blocks_no_other(tmp_path: Path, damage: str) -> None:
    store = a_store(tmp_path)
    damaged, other = queue(store), queue(store)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as database:
        database.execute(f"UPDATE delivery SET {damage} WHERE id = ?", (damaged.id,))
    assert claim(store).delivery_id == other.id
    assert claims.claim_next(store, OWNER) is None
    assert store.row("SELECT state FROM delivery WHERE id = ?", damaged.id) == ("failed",)
    assert [alert.kind for alert in open_alerts(store)] == ["failed"]


def test_an_unreadable_time_affects_only_itself(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    sent, _held = in_state(store, State.SENT)
    other, _held = in_state(store, State.SENT)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as database:
        database.execute("DROP TRIGGER IF EXISTS journal_stays")
        database.execute(
            "UPDATE journal SET at = '2026-11-24T12:05:00.000+0:00' WHERE invoice_id = ?", (sent.invoice_id,)
        )
    assert list(when_sent(store, [sent.invoice_id, other.invoice_id])) == [other.invoice_id]
    assert len(store.damaged) == 1


@pytest.mark.parametrize("sender", ["'a' || char(27)", "CAST(x'fffe00' AS TEXT)", "'a' || char(8238) || 'b'"])
def test_a_sender_with_unprintable_characters_does_not_block_the_outbox(tmp_path: Path, sender: str) -> None:
    """The cleaned value differs from the value in the file, so a search must not continue from the cleaned value."""
    store = a_store(tmp_path)
    damaged, other = queue(store, SenderKind.DEFAULT), queue(store, SenderKind.GMAIL)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as database:
        database.execute(f"UPDATE delivery SET sender = {sender} WHERE id = ?", (damaged.id,))
    calls = itertools.count()
    first = store.first

    def counted(query: Any) -> Any:
        assert next(calls) < 1_000, "an endless look"
        return first(query)

    store.first = counted  # type: ignore[method-assign]
    assert next_due(store) == NOON
    assert next(calls) > 0
    assert {claim(store).delivery_id, claim(store).delivery_id} == {damaged.id, other.id}


def test_an_owner_that_somebody_else_wrote_hides_no_proof(tmp_path: Path) -> None:
    """What is read of it is not what is in the file, so it cannot be compared."""
    store = a_store(tmp_path)
    _under_way, held = in_state(store, State.HANDING_OVER)
    doubtful, _held = in_state(store, State.IN_DOUBT)
    waiting, next_one = queue(store), queue(store)
    with store.writing():
        store.write("UPDATE delivery SET owner = ? || char(27)", OWNER)
    with pytest.raises(LostClaim):
        outcomes.put_back(store, replace(held, owner="second"), "busy", store.clock())
    with pytest.raises(LostClaim):
        outcomes.put_back(store, held, "busy", store.clock())
    assert outcomes.accepted(store, held, "id").state is State.SENT
    assert resolving.resolve_delivery(store, doubtful.id, sent=True, reason="seen").state is State.SENT
    resolving.cancel_delivery(store, waiting.id)
    assert get_delivery(store, waiting.id).state is State.CANCELLED
    assert claim(store, "second").delivery_id == next_one.id
