"""The postman with a scripted sender: the required result of each outcome, and the forbidden ones."""

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pysqlite3 as sqlite3
import pytest

from facturier.mail.errors import AnswerLost, ConnectionOver, NotNow, Refused, SendError, Unreachable, VaultError
from facturier.mail.senders.protocol import Receipt
from facturier.mail.sending.postman import Postman
from facturier.mail.sending.retry import BACKOFF
from facturier.models.books.alerts import open_alerts
from facturier.models.books.journal import read_journal
from facturier.models.books.status import State
from facturier.models.company.connection import get_connection, remove_connection, set_connection
from facturier.models.errors import LockedCompany, LostClaim, NoRoom
from facturier.models.outbox.changes import claims, outcomes, resolving
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.outbox.schedule import next_due
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.mail.scripted import Killed, ScriptedHandover, ScriptedSender, Step
from tests.models.making import GMAIL, MESSAGE, NOON, Clock, claim, queue, spoil_messages


def postman(store: Store, sender: Any, owner: str = "me", **options: Any) -> Postman:
    return Postman(store, sender, owner, ask_pause=0, **{"gone": lambda _owner: False, **options})


def alerts(store: Store) -> list[str]:
    return [alert.kind for alert in open_alerts(store)]


def facts(store: Store, delivery: Delivery) -> list[str]:
    return [entry.kind for entry in read_journal(store, delivery.invoice_id)][3:]


def test_it_is_sent_once_and_the_proof_is_kept(store: Store) -> None:
    sender = ScriptedSender()
    delivery = queue(store)
    assert postman(store, sender).deliver() == 1
    found = get_delivery(store, delivery.id)
    assert (found.state, found.server_id, found.session) == (State.SENT, "id 1", "")
    assert sender.server.accepted == {MESSAGE: 1}
    assert facts(store, delivery) == ["claimed", "handed_over", "accepted"]
    assert postman(store, sender).deliver() == 0
    assert (sender.server.opened, sender.server.asked, sender.closed) == (1, 0, 1)


def test_the_handing_over_is_recorded_before_the_first_byte(store: Store) -> None:
    seen: list[State] = []
    other = open_company(store.path)
    delivery = queue(store)
    look: Step = lambda: seen.append(get_delivery(other, delivery.id).state)  # noqa: E731
    postman(store, ScriptedSender(opening=[look], before=[look], closing=[look])).deliver()
    # the acceptance is recorded before the connection closes
    assert seen == [State.CLAIMED, State.HANDING_OVER, State.SENT]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (NotNow("later", reply="451"), State.QUEUED),
        (Unreachable("gone", reply="refused"), State.QUEUED),
        (Refused("no", reply="550"), State.FAILED),
        (ConnectionOver("over", reply="invalid_grant"), State.QUEUED),
        (VaultError("no key"), State.QUEUED),
        (AnswerLost("on opening nothing can leave"), State.QUEUED),
        (RuntimeError("secret"), State.QUEUED),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_before_the_handing_over_means_not_sent(store: Store, error: Exception, state: State) -> None:
    sender = ScriptedSender(opening=[error])
    delivery = queue(store)
    postman(store, sender).deliver()
    found = get_delivery(store, delivery.id)
    assert found.state is state
    assert found.problem
    assert "secret" not in found.problem
    assert sender.server.accepted == {}
    if isinstance(error, SendError):
        assert read_journal(store, delivery.invoice_id)[-1].detail.get("reply", "") == error.reply


@pytest.mark.parametrize(
    ("error", "state", "asked"),
    [
        (NotNow("later"), State.QUEUED, 0),
        (Unreachable("broken before the dot"), State.QUEUED, 0),
        (Refused("no"), State.FAILED, 0),
        (AnswerLost("timeout"), State.SENT, 1),  # the session reports missing bytes and accepts them
        (VaultError("unheard of here"), State.SENT, 1),
        (OSError("unheard of here"), State.SENT, 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_an_error_before_the_acceptance(store: Store, error: Exception, state: State, asked: int) -> None:
    sender = ScriptedSender(before=[error])
    delivery = queue(store)
    postman(store, sender).deliver()
    assert get_delivery(store, delivery.id).state is state
    assert sum(sender.server.accepted.values()) == (state is State.SENT)
    assert sender.server.asked == asked
    assert sender.server.opened == 1


@pytest.mark.parametrize(
    "error", [AnswerLost("timeout"), OSError("x"), VaultError("x")], ids=lambda e: type(e).__name__
)
def test_after_the_acceptance_the_session_proves_it(store: Store, error: Exception) -> None:
    sender = ScriptedSender(after=[error])
    delivery = queue(store)
    postman(store, sender).deliver()
    found = get_delivery(store, delivery.id)
    assert (found.state, found.server_id) == (State.SENT, "id 1")
    assert sender.server.accepted == {MESSAGE: 1}
    assert alerts(store) == []


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize(
    "answer", [AnswerLost("404"), Unreachable("x"), NotNow("x"), Refused("x"), ConnectionOver("x"), OSError("x")]
)
def test_it_is_in_doubt_if_the_session_proves_nothing(store: Store, accepted: bool, answer: Exception) -> None:
    lost: list[Step] = [AnswerLost("timeout", reply="ReadTimeout")]
    sender = ScriptedSender(after=lost if accepted else [], before=[] if accepted else lost, asking=[answer] * 3)
    delivery = queue(store)
    postman(store, sender).deliver()
    assert get_delivery(store, delivery.id).state is State.IN_DOUBT
    assert alerts(store) == ["in_doubt"]
    assert sender.server.asked == 3
    assert sum(sender.server.accepted.values()) == accepted
    assert postman(store, sender).deliver() == 0  # never automatically
    assert sum(sender.server.accepted.values()) == accepted


def test_the_second_question_can_bring_the_answer(store: Store) -> None:
    sender = ScriptedSender(after=[AnswerLost("timeout")], asking=[Unreachable("still down")])
    delivery = queue(store)
    postman(store, sender).deliver()
    assert get_delivery(store, delivery.id).state is State.SENT
    assert sender.server.asked == 2


def test_asking_keeps_the_claim(store: Store, still: Clock) -> None:
    """However long each answer takes, no other postman takes over the delivery."""
    leases: list[timedelta] = []
    delivery = queue(store)

    def slow() -> None:
        leases.append((get_delivery(store, delivery.id).lease or still()) - still())
        still.go(minutes=4)
        raise Unreachable("slow")

    postman(store, ScriptedSender(after=[AnswerLost("timeout")], asking=[slow, slow, slow])).deliver()
    assert leases == [claims.LEASE] * 3


def test_a_clear_refusal_of_the_rest_is_a_failure(store: Store) -> None:
    sender = ScriptedSender(before=[AnswerLost("dropped"), Refused("too large", reply="413")])
    delivery = queue(store)
    postman(store, sender).deliver()
    assert get_delivery(store, delivery.id).state is State.FAILED
    assert sender.server.accepted == {}


def test_without_a_session_a_lost_answer_is_in_doubt_at_once(store: Store) -> None:
    sender = ScriptedSender(sessions=False, after=[AnswerLost("dropped after the dot")])
    delivery = queue(store, SenderKind.DEFAULT)
    postman(store, sender).deliver()
    assert get_delivery(store, delivery.id).state is State.IN_DOUBT
    assert sender.server.asked == 0


def test_a_delivery_in_doubt_is_asked_about_later_and_never_sent_again(store: Store, still: Clock) -> None:
    sender = ScriptedSender(after=[AnswerLost("timeout")], asking=[Unreachable("down")] * 4)
    delivery = queue(store)
    me = postman(store, sender)
    me.deliver()
    me.deliver()
    assert sender.server.asked == 3  # a check one second later asks nothing
    still.go(minutes=1)
    me.deliver()
    assert sender.server.asked == 4
    assert get_delivery(store, delivery.id).state is State.IN_DOUBT
    still.go(minutes=2)
    me.deliver()
    found = get_delivery(store, delivery.id)
    assert (found.state, found.server_id) == (State.SENT, "id 1")
    assert alerts(store) == []
    assert sender.server.accepted == {MESSAGE: 1}


def test_a_session_that_is_still_incomplete_later_sends_nothing(store: Store, still: Clock) -> None:
    """By then the user may have sent it another way."""
    sender = ScriptedSender(before=[AnswerLost("timeout")], asking=[Unreachable("down")] * 3)
    delivery = queue(store)
    postman(store, sender).deliver()
    still.go(hours=1)
    postman(store, sender).deliver()
    assert sender.server.asked == 4
    assert get_delivery(store, delivery.id).state is State.IN_DOUBT
    assert sender.server.accepted == {}


def test_an_error_while_asking_does_not_block_other_deliveries(store: Store, still: Clock) -> None:
    sender = ScriptedSender(after=[AnswerLost("timeout")], asking=[OSError("x")] * 3 + [ZeroDivisionError("ours")])
    queue(store)
    postman(store, sender).deliver()
    still.go(minutes=1)
    following = queue(store)
    assert postman(store, sender).deliver() == 1
    assert get_delivery(store, following.id).state is State.SENT


def test_a_refused_copy_and_a_refused_recipient(store: Store) -> None:
    for refused, raised in (("boss@tremblay.example", []), ("marie@tremblay.example", ["partly_sent"])):
        delivery = queue(store, SenderKind.DEFAULT)
        postman(store, ScriptedSender(receipt=Receipt("250", refused={refused: "550"}))).deliver()
        assert get_delivery(store, delivery.id).state is State.PARTLY_SENT
        assert alerts(store) == raised


def test_waits_between_retries_grow(store: Store, still: Clock) -> None:
    sender = ScriptedSender(opening=[NotNow("greylisted")] * 9)
    delivery = queue(store, SenderKind.DEFAULT)
    waits = []
    for _try in range(9):
        postman(store, sender).deliver()
        again = get_delivery(store, delivery.id).not_before
        waits.append(again - still())
        still.now = again
    assert waits == [*BACKOFF, BACKOFF[-1], BACKOFF[-1]]
    postman(store, sender).deliver()
    assert get_delivery(store, delivery.id).state is State.SENT


def test_an_unreachable_server_is_not_tried_for_every_delivery(store: Store, still: Clock) -> None:
    sender = ScriptedSender(opening=[Unreachable("no route")] * 100)
    deliveries = [queue(store, SenderKind.DEFAULT) for _ in range(20)]
    assert postman(store, sender).deliver() == 1
    assert next_due(store) == NOON + BACKOFF[0]
    still.go(seconds=15)
    assert postman(store, sender).deliver() == 1
    sender.opening.clear()
    still.go(minutes=1)
    assert postman(store, sender).deliver() == 20
    assert {get_delivery(store, delivery.id).state for delivery in deliveries} == {State.SENT}


def test_one_message_delays_the_others_by_at_most_a_minute(store: Store, still: Clock) -> None:
    delivery = queue(store, SenderKind.DEFAULT)
    for _try in range(4):
        postman(store, ScriptedSender(before=[Unreachable("dropped")])).deliver()
        still.now = get_delivery(store, delivery.id).not_before
    postman(store, ScriptedSender(before=[Unreachable("dropped")])).deliver()
    queue(store, SenderKind.DEFAULT)
    assert get_delivery(store, delivery.id).not_before == still() + BACKOFF[4]
    assert next_due(store) == still() + timedelta(minutes=1)


class HangsUpOn(ScriptedSender):
    """A server that disconnects whenever it receives one particular message."""

    def open(self, envelope: Envelope, message: bytes) -> ScriptedHandover:
        self.before = [Unreachable("dropped in the middle")] if message == b"poison" else []
        return super().open(envelope, message)


def test_a_message_that_servers_hang_up_on_does_not_stop_the_others(store: Store, still: Clock) -> None:
    poison = queue(store, SenderKind.DEFAULT, message=b"poison")
    me = postman(store, HangsUpOn())
    for _time in range(24):
        following = queue(store, SenderKind.DEFAULT)
        for _minute in range(3):
            me.deliver()
            still.go(minutes=1)
        assert get_delivery(store, following.id).state is State.SENT
        still.go(minutes=17)
    found = get_delivery(store, poison.id)
    assert found.state is State.QUEUED
    assert 8 <= found.attempts <= 16  # once an hour at the end


@pytest.mark.parametrize(
    ("named", "wait"),
    [
        (timedelta(minutes=7), timedelta(minutes=7)),
        (timedelta(minutes=-7), BACKOFF[0]),  # our clock is ahead of the server's clock
        (timedelta(days=400), timedelta(days=1)),  # asked again anyway: nothing is forgotten
    ],
)
def test_a_pause_requested_by_the_server(store: Store, still: Clock, named: timedelta, wait: timedelta) -> None:
    error = NotNow("429", retry=NOON + named, whole_sender=True)
    sender = ScriptedSender(before=[error])
    first, second = queue(store), queue(store)
    assert postman(store, sender).deliver() == 1
    assert next_due(store) == NOON + wait
    still.now = NOON + wait
    assert postman(store, sender).deliver() == 2
    assert {get_delivery(store, one.id).state for one in (first, second)} == {State.SENT}


def test_a_pause_of_one_message_does_not_affect_the_others(store: Store) -> None:
    sender = ScriptedSender(before=[NotNow("busy", retry=NOON + timedelta(hours=1))])
    first, second = queue(store), queue(store)
    postman(store, sender).deliver()
    assert get_delivery(store, first.id).state is State.QUEUED
    assert get_delivery(store, second.id).state is State.SENT


def test_an_ended_connection_stops_the_queue_until_reconnected(store: Store, still: Clock) -> None:
    sender = ScriptedSender(opening=[ConnectionOver("over", reply="invalid_grant")])
    deliveries = [queue(store) for _ in range(3)]
    assert postman(store, sender).deliver() == 1
    assert alerts(store) == ["connection_over"]
    still.go(days=3)
    assert postman(store, sender).deliver() == 0
    set_connection(store, GMAIL, "client")
    assert alerts(store) == []
    assert postman(store, sender).deliver() == 3
    assert {get_delivery(store, delivery.id).state for delivery in deliveries} == {State.SENT}


def test_reconnecting_during_a_delivery_is_not_undone(store: Store, still: Clock) -> None:
    def reconnect() -> None:
        still.go(seconds=1)
        set_connection(store, GMAIL, "client")
        raise ConnectionOver("the old permission")

    delivery = queue(store)
    postman(store, ScriptedSender(opening=[reconnect])).deliver()
    connection = get_connection(store)
    assert connection is not None
    assert connection.over == ""
    assert alerts(store) == []
    still.go(minutes=1)
    postman(store, ScriptedSender()).deliver()
    assert get_delivery(store, delivery.id).state is State.SENT


def test_removing_the_address_during_a_delivery_loses_nothing(store: Store, still: Clock) -> None:
    def remove() -> None:
        remove_connection(store)
        raise NotNow("busy")

    delivery = queue(store)
    postman(store, ScriptedSender(opening=[remove])).deliver()
    still.go(minutes=1)
    postman(store, ScriptedSender(opening=[Refused("no longer the company’s address")])).deliver()
    assert get_delivery(store, delivery.id).state is State.FAILED
    assert alerts(store) == ["failed"]


@pytest.mark.parametrize("damage", ["recipients = 'junk'", "changed = 'junk'", "epoch = -1"])
def test_a_damaged_delivery_held_by_a_postman_is_an_alert(store: Store, damage: str) -> None:
    held, handed_over, following = queue(store), queue(store), queue(store)
    claim(store)
    outcomes.hand_over(store, claim(store), "")
    database = sqlite3.connect(store.path)
    with closing(database), database:
        database.execute(f"UPDATE delivery SET {damage} WHERE id IN (?, ?)", (held.id, handed_over.id))
    sender = ScriptedSender()
    assert postman(store, sender).deliver() == 1
    assert get_delivery(store, following.id).state is State.SENT
    states = store.rows("SELECT state FROM delivery WHERE id IN (?, ?) ORDER BY id", held.id, handed_over.id)
    assert states == [("failed",), ("in_doubt",)]
    assert [(alert.kind, alert.delivery_id) for alert in open_alerts(store)] == [
        ("failed", held.id),
        ("in_doubt", handed_over.id),
    ]
    postman(store, sender).deliver()
    assert len(open_alerts(store)) == 2


def test_damage_during_the_handing_over_is_in_doubt_and_blocks_nothing(store: Store) -> None:
    damaged, following = queue(store), queue(store)

    def spoil() -> None:
        database = sqlite3.connect(store.path)
        with closing(database), database:
            database.execute("UPDATE delivery SET recipients = 'junk' WHERE id = ?", (damaged.id,))

    working = postman(store, ScriptedSender(before=[spoil]))
    for _round in range(2):
        working.deliver()
    assert store.row("SELECT state FROM delivery WHERE id = ?", damaged.id) == ("in_doubt",)
    assert get_delivery(store, following.id).state is State.SENT
    assert alerts(store) == ["in_doubt"]
    assert "The server had accepted the message" in open_alerts(store)[0].detail["reason"]


def test_who_may_not_send_gives_up_nothing(store: Store) -> None:
    """The file may be a copy, which must stay as it is."""
    delivery = queue(store)
    outcomes.hand_over(store, claim(store), "session")
    with store.writing():
        store.write("UPDATE delivery SET recipients = 'junk' WHERE id = ?", delivery.id)
    postman(store, ScriptedSender(), "guest", sender_kinds=lambda: ()).deliver()
    assert store.row("SELECT state FROM delivery WHERE id = ?", delivery.id) == ("handing_over",)


def test_a_damaged_message_is_not_sent_and_blocks_nothing(store: Store) -> None:
    damaged, following = queue(store), queue(store)
    spoil_messages(store.path, f"delivery_id = {damaged.id}")
    sender = ScriptedSender()
    postman(store, sender).deliver()
    assert get_delivery(store, damaged.id).state is State.FAILED
    assert get_delivery(store, following.id).state is State.SENT
    assert sender.server.accepted == {MESSAGE: 1}


def test_an_error_on_closing_is_ignored(store: Store) -> None:
    delivery = queue(store)
    postman(store, ScriptedSender(closing=[OSError("at QUIT")])).deliver()
    assert get_delivery(store, delivery.id).state is State.SENT


class Faulty(Store):
    """A company file that cannot be written while `full` is set."""

    full = False

    def run(self, query: Any) -> int:
        if self.full:
            raise NoRoom("The disk is full.")
        return super().run(query)


@pytest.fixture
def faulty(store: Store) -> Faulty:
    return Faulty(store.path, clock=store.clock, user=store.user)


def set_full(store: Faulty, full: bool) -> Callable[[], None]:
    def set_it() -> None:
        store.full = full

    return set_it


@pytest.mark.parametrize(
    ("sessions", "error", "state"),
    [
        (True, None, State.SENT),
        (False, None, State.SENT),
        (False, NotNow("451"), State.QUEUED),
        (False, Refused("550"), State.FAILED),
        (False, AnswerLost("dropped"), State.IN_DOUBT),
    ],
)
def test_a_result_that_cannot_be_written_is_written_first_in_the_next_round(
    faulty: Faulty, sessions: bool, error: SendError | None, state: State
) -> None:
    """Even without a session to ask: the postman that got the answer remembers it."""

    def fill() -> None:
        faulty.full = True
        if error:
            raise error

    delivery = queue(faulty, SenderKind.DEFAULT)
    sender = ScriptedSender(sessions=sessions, after=[fill])
    me = postman(faulty, sender)
    for _try in range(2):
        with pytest.raises(NoRoom):
            me.deliver()
        assert get_delivery(faulty, delivery.id).state is State.HANDING_OVER
    assert postman(faulty, sender, "other").deliver() == 0  # the postman is alive, so no other one takes it over
    faulty.full = False
    me.deliver()
    assert get_delivery(faulty, delivery.id).state is state
    assert sum(sender.server.accepted.values()) == 1


def test_a_full_disk_before_the_handing_over_sends_nothing(faulty: Faulty, still: Clock) -> None:
    delivery = queue(faulty)
    sender = ScriptedSender(opening=[set_full(faulty, True)])
    me = postman(faulty, sender)
    with pytest.raises(NoRoom):
        me.deliver()
    assert (sender.server.accepted, sender.closed) == ({}, 1)
    faulty.full = False
    assert me.deliver() == 1
    assert get_delivery(faulty, delivery.id).state is State.SENT


def test_a_result_is_remembered_while_the_file_is_locked(store: Store) -> None:
    delivery = queue(store)
    me = postman(store, ScriptedSender(opening=[LockedCompany("held for too long")]))
    with pytest.raises(LockedCompany):
        me.deliver()
    me.deliver()
    assert get_delivery(store, delivery.id).state is State.SENT


# Postmen that have ended, and postmen that only seem to have ended


@pytest.mark.parametrize("where", ["opening", "before", "after", "closing"])
@pytest.mark.parametrize("sessions", [True, False])
def test_the_next_postman_recovers_the_delivery_of_a_killed_one(store: Store, where: str, sessions: bool) -> None:
    sender = ScriptedSender(sessions=sessions)
    getattr(sender, where).append(Killed())
    delivery = queue(store)
    with pytest.raises(Killed):
        postman(store, sender, "killed").deliver()
    postman(store, sender, "next", gone=lambda owner: owner == "killed").deliver()
    found = get_delivery(store, delivery.id)
    doubtful = not sessions and where in ("before", "after")
    assert found.state is (State.IN_DOUBT if doubtful else State.SENT)
    assert sum(sender.server.accepted.values()) == (where != "before" or sessions)


def test_a_postman_that_continued_before_it_died(store: Store) -> None:
    """Another postman saw it preparing, then it handed the message over and died. Its last state counts, not the state
    that was seen."""
    sender = ScriptedSender()
    delivery = queue(store)
    held = claim(store, "victim")

    def dying(owner: str) -> bool:
        if not sender.server.opened:
            session = sender.open(delivery.envelope, MESSAGE).session
            outcomes.hand_over(store, held, session)
            sender.server.take(session)
        return owner == "victim"

    me = postman(store, sender, gone=dying)
    me.deliver()
    me.deliver()
    assert sender.server.accepted == {MESSAGE: 1}
    assert get_delivery(store, delivery.id).state is State.SENT


def test_deliveries_of_running_postmen_are_not_taken_over(store: Store, still: Clock) -> None:
    queue(store)
    held = claim(store, "living")
    outcomes.hand_over(store, held, "session 1")
    still.go(days=1)  # the machine was asleep
    postman(store, ScriptedSender(), gone=lambda _owner: False).deliver()
    assert outcomes.accepted(store, held, "id").state is State.SENT


def test_before_the_handing_over_an_expired_lease_is_enough(store: Store, still: Clock) -> None:
    delivery = queue(store)
    held = claim(store, "hung")
    still.go(minutes=4)
    assert postman(store, ScriptedSender()).deliver() == 0
    still.go(minutes=2)
    assert postman(store, ScriptedSender()).deliver() == 1
    with pytest.raises(LostClaim):
        outcomes.hand_over(store, held, "session")
    assert get_delivery(store, delivery.id).state is State.SENT


def test_an_owner_that_cannot_be_checked_gets_one_more_hour(store: Store, still: Clock) -> None:
    delivery = queue(store, SenderKind.DEFAULT)
    held = claim(store, "another container")
    outcomes.hand_over(store, held, "")
    me = postman(store, ScriptedSender(sessions=False), gone=lambda _owner: None)
    still.go(minutes=64)
    me.deliver()
    assert get_delivery(store, delivery.id).state is State.HANDING_OVER
    still.go(minutes=2)
    me.deliver()
    assert get_delivery(store, delivery.id).state is State.IN_DOUBT


def test_an_acceptance_counts_even_if_its_postman_was_given_up(store: Store, still: Clock) -> None:
    sender = ScriptedSender(sessions=False)
    other = postman(store, sender, "hasty", gone=lambda _owner: True)
    delivery = queue(store, SenderKind.DEFAULT)
    sender.after.append(other.deliver)  # it takes over between the acceptance and the record of it
    postman(store, sender).deliver()
    assert get_delivery(store, delivery.id).state is State.SENT
    assert alerts(store) == []
    assert sender.server.accepted == {MESSAGE: 1}


def test_a_late_acceptance_tells_who_was_refused(store: Store, still: Clock) -> None:
    to_refused = Receipt("id", refused={"marie@tremblay.example": "550 no"})
    sender = ScriptedSender(sessions=False, receipt=to_refused)
    other = postman(store, sender, "hasty", gone=lambda _owner: True)
    delivery = queue(store, SenderKind.DEFAULT)
    sender.after.append(other.deliver)
    postman(store, sender).deliver()
    assert get_delivery(store, delivery.id).state is State.PARTLY_SENT
    assert alerts(store) == ["partly_sent"]


@pytest.mark.parametrize("sessions", [True, False])
def test_an_acceptance_outweighs_a_report_that_it_was_not_sent(store: Store, still: Clock, sessions: bool) -> None:
    """The acceptance reached the postman that sent it, or was found while the user was saying that it was not sent."""
    sender = ScriptedSender(sessions=sessions)
    other = postman(store, sender, "hasty", gone=lambda _owner: True)
    delivery = queue(store, SenderKind.DEFAULT)

    def say_no() -> None:
        if not sessions:
            other.deliver()
        resolving.resolve_delivery(store, delivery.id, sent=False, reason="not in Sent")

    if sessions:
        sender.after, sender.asking = [AnswerLost("timeout")], [Unreachable("down")] * 3
        other.deliver()
        sender.asking = [say_no]
        still.go(minutes=1)
    else:
        sender.after = [say_no]
    postman(store, sender).deliver()
    assert get_delivery(store, delivery.id).state is State.SENT
    assert alerts(store) == ["left_after_all"]
    assert facts(store, delivery)[-2:] == ["said_not_sent", "accepted"]
    assert sender.server.accepted == {MESSAGE: 1}


def test_a_slow_preparation_that_was_taken_over_stops_before_the_handing_over(store: Store, still: Clock) -> None:
    sender = ScriptedSender()
    other = postman(store, sender, "other")

    def sleep() -> None:
        still.go(minutes=6)
        other.deliver()

    delivery = queue(store)
    sender.opening.append(sleep)
    postman(store, sender).deliver()
    assert get_delivery(store, delivery.id).state is State.SENT
    assert sender.server.accepted == {MESSAGE: 1}


def test_a_claim_lost_during_a_refusal_is_no_error(store: Store, still: Clock) -> None:
    other = postman(store, ScriptedSender(), "other")

    def sleep() -> None:
        still.go(minutes=6)
        other.deliver()
        raise NotNow("too late to matter")

    delivery = queue(store)
    assert postman(store, ScriptedSender(opening=[sleep])).deliver() == 1
    assert get_delivery(store, delivery.id).state is State.SENT


def test_its_own_expired_lease_is_tried_again_in_the_next_round(store: Store, still: Clock) -> None:
    delivery = queue(store)
    me = postman(store, ScriptedSender(opening=[lambda: still.go(minutes=6)]))
    me.deliver()
    assert get_delivery(store, delivery.id).state is State.CLAIMED
    me.deliver()
    assert get_delivery(store, delivery.id).state is State.SENT


def test_stopping_finishes_the_delivery_in_progress(store: Store) -> None:
    stop = threading.Event()
    first, second = queue(store), queue(store)
    me = postman(store, ScriptedSender(before=[stop.set]), stop=stop)
    assert me.deliver() == 1
    assert get_delivery(store, first.id).state is State.SENT
    assert get_delivery(store, second.id).state is State.QUEUED
    stop.clear()
    assert me.deliver() == 1


def test_one_postman_in_two_threads_sends_each_once(store: Store, tmp_path: Path) -> None:
    sender = ScriptedSender()
    for _ in range(10):
        queue(store)
    me = postman(store, sender)
    threads = [threading.Thread(target=me.deliver) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sender.server.accepted == {MESSAGE: 10}


def test_a_postman_does_not_take_over_deliveries_that_it_may_not_send(store: Store) -> None:
    delivery = queue(store)
    with pytest.raises(Killed):
        postman(store, ScriptedSender(before=[Killed()]), "killed").deliver()
    guest = postman(
        store, ScriptedSender(), "guest", sender_kinds=lambda: (SenderKind.DEFAULT,), gone=lambda _owner: True
    )
    assert guest.deliver() == 0
    assert get_delivery(store, delivery.id).state is State.HANDING_OVER


def test_a_postman_does_not_ask_about_deliveries_that_it_may_not_send(store: Store, still: Clock) -> None:
    sender = ScriptedSender(after=[AnswerLost("timeout")], asking=[Unreachable("down")] * 3)
    delivery = queue(store)
    postman(store, sender).deliver()
    still.go(minutes=1)
    postman(store, sender, "guest", sender_kinds=lambda: (SenderKind.DEFAULT,)).deliver()
    assert sender.server.asked == 3
    postman(store, sender).deliver()  # and this does not keep another postman from asking
    assert get_delivery(store, delivery.id).state is State.SENT


def test_a_stopped_round_asks_nothing_more(store: Store, still: Clock) -> None:
    stop = threading.Event()
    sender = ScriptedSender(after=[AnswerLost("timeout")] * 2, asking=[Unreachable("down")] * 6)
    for _ in range(2):
        queue(store)
    postman(store, sender).deliver()
    still.go(minutes=1)
    sender.asking = [stop.set]
    postman(store, sender, stop=stop).deliver()
    assert sender.server.asked == 7


def test_an_unexpected_error_affects_only_one_delivery(store: Store) -> None:
    first, second = queue(store), queue(store)
    unheard_of = NotNow("later", retry=datetime(2026, 1, 1))  # noqa: DTZ001 - without a zone it cannot be compared
    sender = ScriptedSender(opening=[unheard_of])
    working = postman(store, sender)

    assert working.deliver() == 2
    assert get_delivery(store, second.id).state is State.SENT
    working.deliver()

    assert get_delivery(store, first.id).state is State.SENT
    assert sum(sender.server.accepted.values()) == 2
