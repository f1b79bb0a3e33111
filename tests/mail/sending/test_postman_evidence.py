"""The questions and records of the postman after a failed step, and when other deliveries may continue."""

import threading
from datetime import timedelta

import pytest

from facturier.mail.errors import AnswerLost, ConnectionOver, NotNow, Refused, Unreachable, VaultError
from facturier.models.books.alerts import open_alerts
from facturier.models.books.journal import read_journal
from facturier.models.books.status import State
from facturier.models.errors import LockedCompany
from facturier.models.outbox.changes import claims
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.outbox.pauses import server_pauses
from facturier.models.store.store import Store
from tests.mail.scripted import ScriptedSender, Step
from tests.mail.sending.test_postman import alerts, postman
from tests.models.making import GMAIL, MESSAGE, Clock, queue, spoil_messages

TIMEOUT = AnswerLost("timeout", reply="ReadTimeout")


def last_reply(store: Store, delivery: Delivery) -> str:
    return read_journal(store, delivery.invoice_id)[-1].detail.get("reply", "")


@pytest.mark.parametrize(
    "error", [NotNow("busy", reply="451"), Unreachable("x", reply="refused"), VaultError("no key"), RuntimeError("x")]
)
def test_an_error_before_the_handing_over_is_recorded(store: Store, error: Exception) -> None:
    delivery = queue(store)
    postman(store, ScriptedSender(opening=[error])).deliver()
    assert last_reply(store, delivery) == getattr(error, "reply", "")
    assert (GMAIL in server_pauses(store)) is isinstance(error, Unreachable)  # only then do the others wait as well
    problem = get_delivery(store, delivery.id).problem
    assert ("RuntimeError" if isinstance(error, RuntimeError) else str(error)) in problem


@pytest.mark.parametrize("error", [Refused("no such mailbox"), ConnectionOver("access was withdrawn")])
def test_the_alert_says_why_nothing_was_sent(store: Store, error: Exception) -> None:
    queue(store)
    postman(store, ScriptedSender(opening=[error])).deliver()
    assert [str(error) in alert.detail["reason"] for alert in open_alerts(store)] == [True]


@pytest.mark.parametrize(
    ("answer", "told"), [(AnswerLost("x", reply="404"), "404"), (Refused("x", reply="403"), "403"), (OSError("x"), "")]
)
def test_the_answer_of_the_session_is_kept_or_else_the_lost_answer(store: Store, answer: Exception, told: str) -> None:
    delivery = queue(store)
    postman(store, ScriptedSender(after=[TIMEOUT], asking=[answer] * 3)).deliver()
    assert get_delivery(store, delivery.id).state is State.IN_DOUBT
    assert last_reply(store, delivery) == (told or "ReadTimeout")


def test_an_unexpected_error_after_the_handing_over_has_no_reply(store: Store) -> None:
    delivery = queue(store, SenderKind.DEFAULT)
    postman(store, ScriptedSender(sessions=False, after=[OSError("x")])).deliver()
    assert last_reply(store, delivery) == ""


def test_stopping_asks_once_and_leaves_the_rest_for_later(store: Store) -> None:
    stop = threading.Event()
    sender = ScriptedSender(before=[stop.set], after=[TIMEOUT], asking=[Unreachable("down")] * 3)
    delivery = queue(store)
    postman(store, sender, stop=stop).deliver()
    assert (sender.server.asked, get_delivery(store, delivery.id).state) == (1, State.IN_DOUBT)


def test_a_message_damaged_during_the_delivery_is_in_doubt_without_asking(store: Store) -> None:
    def damage() -> None:
        spoil_messages(store.path)
        raise TIMEOUT

    sender = ScriptedSender(after=[damage])
    delivery = queue(store)
    postman(store, sender).deliver()
    assert (sender.server.asked, get_delivery(store, delivery.id).state) == (0, State.IN_DOUBT)


def test_asking_is_repeated_after_a_locked_file(store: Store) -> None:
    sender = ScriptedSender(after=[TIMEOUT], asking=[LockedCompany("held for too long")])
    delivery = queue(store)
    me = postman(store, sender)
    with pytest.raises(LockedCompany):
        me.deliver()
    assert get_delivery(store, delivery.id).state is State.HANDING_OVER
    me.deliver()
    assert get_delivery(store, delivery.id).state is State.SENT


def test_the_default_sender_never_ends_the_gmail_connection(store: Store) -> None:
    queue(store, SenderKind.DEFAULT)
    postman(store, ScriptedSender(opening=[ConnectionOver("of whom?")])).deliver()
    assert open_alerts(store) == []


def test_a_second_round_of_the_same_postman_waits_for_the_first(store: Store) -> None:
    """A postman resumes its own unfinished deliveries, so two rounds at the same time would send them twice."""

    def again() -> None:
        second.start()
        second.join(0.2)

    sender = ScriptedSender(opening=[again])
    delivery = queue(store)
    me = postman(store, sender)
    second = threading.Thread(target=me.deliver)
    me.deliver()
    second.join()
    found = get_delivery(store, delivery.id)
    assert (found.state, found.attempts, sender.server.accepted) == (State.SENT, 1, {MESSAGE: 1})


def two_in_doubt(
    store: Store, sender_kinds: tuple[SenderKind, SenderKind] = (SenderKind.GMAIL, SenderKind.GMAIL)
) -> ScriptedSender:
    sender = ScriptedSender(after=[TIMEOUT] * 2, asking=[Unreachable("down")] * 6)
    for sender_kind in sender_kinds:
        queue(store, sender_kind)
    postman(store, sender).deliver()
    assert alerts(store) == ["in_doubt"] * 2
    sender.server.asked = 0
    return sender


def test_two_postmen_ask_once_for_each_lost_answer(store: Store, still: Clock) -> None:
    sender = two_in_doubt(store)
    other = postman(store, sender, "other")
    still.go(minutes=1)
    sender.asking = [other.deliver, Unreachable("down")]
    postman(store, sender).deliver()
    assert sender.server.asked == 2


@pytest.mark.parametrize("trouble", [Unreachable("down"), OSError("ours")])
def test_a_delivery_that_cannot_be_asked_about_does_not_block_the_next(
    store: Store, still: Clock, trouble: Step
) -> None:
    sender = two_in_doubt(store)
    still.go(minutes=1)
    sender.asking = [trouble]
    postman(store, sender).deliver()
    assert [get_delivery(store, number).state for number in (1, 2)] == [State.IN_DOUBT, State.SENT]


def test_a_delivery_that_may_not_be_asked_about_does_not_block_the_next(store: Store, still: Clock) -> None:
    sender = two_in_doubt(store, (SenderKind.GMAIL, SenderKind.DEFAULT))
    still.go(minutes=1)
    postman(store, sender, sender_kinds=lambda: (SenderKind.DEFAULT,)).deliver()
    assert [get_delivery(store, number).state for number in (1, 2)] == [State.IN_DOUBT, State.SENT]


def test_a_lease_is_valid_to_its_last_moment(store: Store, still: Clock) -> None:
    delivery = queue(store, SenderKind.DEFAULT)
    claimed = claims.claim_next(store, "living")
    assert claimed is not None
    me = postman(store, ScriptedSender(sessions=False), gone=lambda _owner: None)
    still.go(minutes=5)
    assert me.deliver() == 0
    still.go(milliseconds=1)
    assert me.deliver() == 1
    assert get_delivery(store, delivery.id).state is State.SENT


def test_silence_counts_after_an_hour_and_not_before(store: Store, still: Clock) -> None:
    delivery = queue(store, SenderKind.DEFAULT)
    sender = ScriptedSender(sessions=False, before=[KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt):
        postman(store, sender, "elsewhere").deliver()
    me = postman(store, sender, gone=lambda _owner: None)
    for wait, state in (
        (claims.LEASE + timedelta(hours=1), State.HANDING_OVER),
        (timedelta(milliseconds=1), State.IN_DOUBT),
    ):
        still.now += wait
        me.deliver()
        assert get_delivery(store, delivery.id).state is state
