"""Every transition of the state machine through its function, and a refusal of all others."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from facturier.models.books.alerts import open_alerts
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.status import OPEN, State
from facturier.models.errors import AlreadyBounced, LostClaim
from facturier.models.outbox.changes import bounces, claims, outcomes, resolving
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Claim, Delivery, Envelope, SenderKind
from facturier.models.outbox.queue import queue_delivery
from facturier.models.outbox.transitions import TRANSITIONS, DeliveryEvent
from facturier.models.store.store import Store
from tests.models.making import DEFAULT, MESSAGE, OWNER, Clock, a_draft, a_store, claim, in_state, next_number, queue

REFUSED_BY = {"marie@tremblay.example": "550 no such user"}
# The function for each event. RELEASED and DEFERRED share one function, which distinguishes them by the state.
DOORS: dict[DeliveryEvent, Callable[[Store, Delivery, Claim], object]] = {
    DeliveryEvent.HANDED_OVER: lambda store, delivery, held: outcomes.hand_over(store, held, "session"),
    DeliveryEvent.ACCEPTED: lambda store, delivery, held: outcomes.accepted(store, held, "id", "250 2.0.0 Ok"),
    DeliveryEvent.PARTLY_ACCEPTED: lambda store, delivery, held: outcomes.partly_accepted(
        store, held, "id", REFUSED_BY
    ),
    DeliveryEvent.RELEASED: lambda store, delivery, held: outcomes.put_back(store, held, "later", store.clock(), "451"),
    DeliveryEvent.DEFERRED: lambda store, delivery, held: outcomes.put_back(store, held, "later", store.clock(), "451"),
    DeliveryEvent.REFUSED: lambda store, delivery, held: outcomes.refused(store, held, "no", "550"),
    DeliveryEvent.LOST: lambda store, delivery, held: outcomes.lost(store, held, "lost", "timeout"),
    DeliveryEvent.CANCELLED: lambda store, delivery, held: resolving.cancel_delivery(store, delivery.id),
    DeliveryEvent.SAID_SENT: lambda store, delivery, held: resolving.resolve_delivery(
        store, delivery.id, sent=True, reason="seen"
    ),
    DeliveryEvent.SAID_NOT_SENT: lambda store, delivery, held: resolving.resolve_delivery(
        store, delivery.id, sent=False, reason="not there"
    ),
    DeliveryEvent.BOUNCED: lambda store, delivery, held: bounces.report_bounce(store, delivery.id, REFUSED_BY),
}
ALERTS = {
    DeliveryEvent.REFUSED: "failed",
    DeliveryEvent.LOST: "in_doubt",
    DeliveryEvent.BOUNCED: "bounced",
    DeliveryEvent.PARTLY_ACCEPTED: "partly_sent",  # above, the To recipient is refused
}


def goes_to(state: State, fact: DeliveryEvent) -> State | None:
    """The target state from the table. A function may stand for two events, and a bounce proves that a delivery in
    doubt was sent."""
    if fact in (DeliveryEvent.RELEASED, DeliveryEvent.DEFERRED):
        return TRANSITIONS.get((state, DeliveryEvent.RELEASED)) or TRANSITIONS.get((state, DeliveryEvent.DEFERRED))
    if fact is DeliveryEvent.BOUNCED and state is State.IN_DOUBT:
        return State.BOUNCED
    return TRANSITIONS.get((state, fact))


@pytest.mark.parametrize("fact", DOORS, ids=str)
@pytest.mark.parametrize("state", State, ids=str)
def test_only_the_transitions_in_the_table(tmp_path: Path, state: State, fact: DeliveryEvent) -> None:
    store = a_store(tmp_path)
    delivery, held = in_state(store, state)
    alerts = {alert.kind for alert in open_alerts(store)}
    entries = len(read_journal(store, delivery.invoice_id))
    expected = goes_to(state, fact)
    if expected is None:
        told_twice = state is State.BOUNCED and fact is DeliveryEvent.BOUNCED
        with pytest.raises(AlreadyBounced if told_twice else LostClaim):
            DOORS[fact](store, delivery, held)
        assert get_delivery(store, delivery.id) == delivery
        assert len(read_journal(store, delivery.invoice_id)) == entries
        assert {alert.kind for alert in open_alerts(store)} == alerts
        return
    DOORS[fact](store, delivery, held)
    moved = get_delivery(store, delivery.id)
    assert moved.state is expected
    assert get_invoice(store, delivery.invoice_id).delivery is expected  # the state that the list shows
    last = [entry for entry in read_journal(store, delivery.invoice_id) if entry.kind in DOORS][-1]
    assert goes_to(state, DeliveryEvent(last.kind)) is expected
    assert last.user == "marie"
    assert last.detail["delivery"] == str(delivery.id)
    kinds = {alert.kind for alert in open_alerts(store, delivery.invoice_id)}
    assert fact not in ALERTS or ALERTS[fact] in kinds
    assert "in_doubt" not in kinds or moved.state is State.IN_DOUBT


def test_a_step_changes_only_one_delivery(tmp_path: Path) -> None:
    """Deliveries in every other state keep their rows, journal and alerts."""
    clock = Clock()
    store = a_store(tmp_path, clock)
    for state in State:
        if state is not State.QUEUED:
            in_state(store, state, SenderKind.DEFAULT)
    for number, (state, fact) in enumerate([*TRANSITIONS, (State.IN_DOUBT, DeliveryEvent.BOUNCED)]):
        if number == 5:  # some of the others are queued
            queue(store, SenderKind.DEFAULT, later=timedelta(days=1))
        clock.go(seconds=1)
        delivery, held = in_state(store, state, SenderKind.DEFAULT)
        others = (
            store.rows("SELECT * FROM delivery WHERE id != ? ORDER BY id", delivery.id),
            store.rows("SELECT * FROM alert WHERE delivery_id != ? ORDER BY id", delivery.id),
            store.rows("SELECT * FROM journal WHERE invoice_id != ? ORDER BY id", delivery.invoice_id),
        )
        if fact is DeliveryEvent.CLAIMED:
            claim(store)
        else:
            DOORS[fact](store, delivery, held)
        if state in (State.CLAIMED, State.HANDING_OVER) and fact in (DeliveryEvent.RELEASED, DeliveryEvent.DEFERRED):
            resolving.cancel_delivery(store, delivery.id)
        assert others == (
            store.rows("SELECT * FROM delivery WHERE id != ? ORDER BY id", delivery.id),
            store.rows("SELECT * FROM alert WHERE delivery_id != ? ORDER BY id", delivery.id),
            store.rows("SELECT * FROM journal WHERE invoice_id != ? ORDER BY id", delivery.invoice_id),
        )


def test_holding_and_taking_over_change_only_one_delivery(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    others = [in_state(store, state, SenderKind.DEFAULT)[0] for state in (State.HANDING_OVER, State.CLAIMED)]
    doubtful, _held = in_state(store, State.IN_DOUBT)
    again, _held = in_state(store, State.IN_DOUBT)
    delivery, held = in_state(store, State.CLAIMED, SenderKind.DEFAULT)
    clock.go(minutes=2)
    claims.hold_claim(store, held)
    claims.take_over(store, delivery, "second")
    outcomes.ask_again(store, again)
    for other in (*others, doubtful):
        assert get_delivery(store, other.id) == other


def test_claiming_is_the_only_way_out_of_the_queue(tmp_path: Path) -> None:
    for state in State:
        folder = tmp_path / state
        folder.mkdir()
        store = a_store(folder)
        in_state(store, state)
        claimed = claims.claim_next(store, "second")
        assert (claimed is not None) is (state is State.QUEUED)


def test_every_event_has_a_function(tmp_path: Path) -> None:
    assert set(DOORS) | {DeliveryEvent.CLAIMED} == set(DeliveryEvent)


def test_open_deliveries_can_move_and_finished_ones_cannot_be_sent(tmp_path: Path) -> None:
    """No transition leads from a finished state back to the outbox. A second try is a new delivery."""
    assert {state for state, _fact in TRANSITIONS} >= set(OPEN)
    for (state, _fact), target in TRANSITIONS.items():
        if state not in OPEN:
            assert target not in OPEN


def test_evidence_is_kept(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, held = in_state(store, State.HANDING_OVER)
    outcomes.accepted(store, held, "18c2f", "200 18c2f")
    found = get_delivery(store, delivery.id)
    assert (found.server_id, found.problem) == ("18c2f", "")
    assert read_journal(store, delivery.invoice_id)[-1].detail == {
        "delivery": str(delivery.id),
        "server_id": "18c2f",
        "reply": "200 18c2f",
    }


MARIE, BOSS = "marie@tremblay.example", "boss@tremblay.example"
NO_MARIE = {"reason": f"{MARIE}: 550 no such user", "recipients": MARIE}


@pytest.mark.parametrize(
    ("state", "fact", "written", "alert"),
    [
        (
            State.HANDING_OVER,
            DeliveryEvent.PARTLY_ACCEPTED,
            {"server_id": "id", "reason": NO_MARIE["reason"]},
            NO_MARIE,
        ),
        (State.CLAIMED, DeliveryEvent.RELEASED, {"reason": "later", "reply": "451"}, None),
        (State.HANDING_OVER, DeliveryEvent.DEFERRED, {"reason": "later", "reply": "451"}, None),
        (State.CLAIMED, DeliveryEvent.REFUSED, {"reason": "no", "reply": "550"}, {"reason": "no", "recipients": MARIE}),
        (
            State.HANDING_OVER,
            DeliveryEvent.LOST,
            {"reason": "lost", "reply": "timeout"},
            {"reason": "lost", "recipients": MARIE},
        ),
        (State.IN_DOUBT, DeliveryEvent.SAID_SENT, {"reason": "seen"}, None),
        (State.IN_DOUBT, DeliveryEvent.ACCEPTED, {"server_id": "id", "reply": "250 2.0.0 Ok"}, None),
        (State.IN_DOUBT, DeliveryEvent.PARTLY_ACCEPTED, {"server_id": "id", "reason": NO_MARIE["reason"]}, NO_MARIE),
        (State.SENT, DeliveryEvent.PARTLY_ACCEPTED, {"server_id": "id", "reason": NO_MARIE["reason"]}, NO_MARIE),
        (State.IN_DOUBT, DeliveryEvent.SAID_NOT_SENT, {"reason": "not there"}, None),
        (State.SENT, DeliveryEvent.BOUNCED, NO_MARIE, NO_MARIE),
        (State.FAILED, DeliveryEvent.ACCEPTED, {"server_id": "id", "reply": "250 2.0.0 Ok"}, {"recipients": MARIE}),
    ],
)
def test_the_text_of_journal_and_alert(
    tmp_path: Path, state: State, fact: DeliveryEvent, written: dict[str, str], alert: dict[str, str] | None
) -> None:
    store = a_store(tmp_path)
    delivery, held = in_state(store, state)
    DOORS[fact](store, delivery, held)
    assert read_journal(store, delivery.invoice_id)[-1].detail == {"delivery": str(delivery.id), **written}
    found = [(one.invoice_id, one.delivery_id, one.detail) for one in open_alerts(store)]
    assert found == ([] if alert is None else [(delivery.invoice_id, delivery.id, alert)])
    assert get_delivery(store, delivery.id).server_id == (written.get("server_id") or delivery.server_id)


def test_all_refused_recipients_are_named(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    _delivery, held = in_state(store, State.HANDING_OVER)
    moved = outcomes.partly_accepted(store, held, "id", {MARIE: "550", BOSS: "551"})
    [alert] = open_alerts(store)
    assert alert.detail == {"reason": f"{MARIE}: 550; {BOSS}: 551", "recipients": f"{MARIE}, {BOSS}"}
    bounces.report_bounce(store, moved.id, {MARIE: "550", BOSS: "551"})
    assert open_alerts(store)[-1].detail == alert.detail


def to_two(store: Store) -> Delivery:
    invoice, number = a_draft(store), next_number(store)
    envelope = Envelope(DEFAULT, (MARIE, BOSS))
    return queue_delivery(store, invoice, number, SenderKind.DEFAULT, envelope, "", MESSAGE, store.clock())


def test_one_refused_of_two_recipients_is_an_alert(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    to_two(store)
    held = claim(store)
    outcomes.hand_over(store, held, "")
    outcomes.partly_accepted(store, held, "id", {BOSS: "550"})
    [alert] = open_alerts(store)
    assert alert.detail["recipients"] == BOSS


def test_recipients_not_reached_are_named(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    to_two(store)
    to_two(store)
    for step in (outcomes.refused, outcomes.lost):
        held = claim(store)
        if step is outcomes.lost:
            outcomes.hand_over(store, held, "")
        step(store, held, "no")
    resolving.resolve_delivery(store, held.delivery_id, sent=False, reason="not there")
    outcomes.accepted(store, held, "id")  # a late acceptance
    delivery = to_two(store)
    with store.writing():
        resolving.withdraw(store, delivery.id, "gone")
    assert [alert.detail["recipients"] for alert in open_alerts(store)] == [f"{MARIE}, {BOSS}"] * 3
    assert read_journal(store, delivery.invoice_id)[-2].detail["to"] == f"{MARIE}, {BOSS}"


def test_an_acceptance_ends_earlier_problems(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    _delivery, held = in_state(store, State.HANDING_OVER)
    assert outcomes.put_back(store, held, "busy", store.clock()).problem == "busy"
    held = claim(store)
    outcomes.hand_over(store, held, "")
    assert outcomes.accepted(store, held, "id").problem == ""


def test_a_refused_copy_is_a_notice_and_not_an_alert(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, held = in_state(store, State.HANDING_OVER)
    outcomes.partly_accepted(store, held, "id", {"boss@tremblay.example": "550 gone"})
    assert open_alerts(store) == []
    assert get_delivery(store, delivery.id).problem == "boss@tremblay.example: 550 gone"


def test_another_postmans_claim_changes_nothing(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, held = in_state(store, State.CLAIMED)
    for stranger in (Claim(held.delivery_id, "second", held.epoch), Claim(held.delivery_id, OWNER, held.epoch + 1)):
        for fact in (DeliveryEvent.HANDED_OVER, DeliveryEvent.RELEASED, DeliveryEvent.REFUSED):
            with pytest.raises(LostClaim):
                DOORS[fact](store, delivery, stranger)
    assert get_delivery(store, delivery.id) == delivery


def test_an_acceptance_counts_from_any_postman(tmp_path: Path) -> None:
    """Another postman took over the claim in the meantime. The message was accepted anyway."""
    store = a_store(tmp_path)
    delivery, held = in_state(store, State.HANDING_OVER)
    claims.take_over(store, delivery, "second")
    assert outcomes.accepted(store, held, "id").state is State.SENT
    assert open_alerts(store) == []


@pytest.mark.parametrize(
    ("fact", "kinds"),
    [(DeliveryEvent.ACCEPTED, ["left_after_all"]), (DeliveryEvent.PARTLY_ACCEPTED, ["partly_sent", "left_after_all"])],
)
def test_a_failed_delivery_that_was_sent_after_all_is_an_alert(
    tmp_path: Path, fact: DeliveryEvent, kinds: list[str]
) -> None:
    """It replaces the alert that told the user to send the invoice again."""
    store = a_store(tmp_path)
    delivery, held = in_state(store, State.FAILED)
    assert [alert.kind for alert in open_alerts(store)] == ["failed"]
    DOORS[fact](store, delivery, held)
    assert [alert.kind for alert in open_alerts(store)] == kinds
    assert open_alerts(store)[-1].detail["recipients"] == MARIE


def test_the_session_is_forgotten_after_its_try(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, held = in_state(store, State.HANDING_OVER)
    assert get_delivery(store, delivery.id).session == "session"
    back = outcomes.put_back(store, held, "429", store.clock() + timedelta(minutes=1))
    assert (back.state, back.session, back.problem) == (State.QUEUED, "", "429")
    assert back.not_before == store.clock() + timedelta(minutes=1)


def test_a_bounce_proves_that_a_delivery_in_doubt_was_sent(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, State.IN_DOUBT)
    bounces.report_bounce(store, delivery.id, REFUSED_BY)
    assert [entry.kind for entry in read_journal(store, delivery.invoice_id)][-2:] == ["said_sent", "bounced"]
    assert [alert.kind for alert in open_alerts(store)] == ["bounced"]
