"""Every transition of the state machine through the door that makes it, and every other one refused."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from facturier.models import outbox
from facturier.models.alerts import open_alerts
from facturier.models.deliveries import get_delivery
from facturier.models.delivery import Claim, Delivery
from facturier.models.errors import LostClaim
from facturier.models.invoices import get_invoice
from facturier.models.journal import read_journal
from facturier.models.status import OPEN, State
from facturier.models.store import Store
from facturier.models.transitions import TRANSITIONS, Fact
from tests.models.making import OWNER, a_store, in_state

REFUSED_BY = {"marie@tremblay.example": "550 no such user"}
# How each fact is told. RELEASED and DEFERRED are one door, which knows by the state which of them it is.
DOORS: dict[Fact, Callable[[Store, Delivery, Claim], object]] = {
    Fact.HANDED_OVER: lambda store, delivery, held: outbox.hand_over(store, held, "session"),
    Fact.ACCEPTED: lambda store, delivery, held: outbox.accepted(store, held, "id", "250 2.0.0 Ok"),
    Fact.PARTLY_ACCEPTED: lambda store, delivery, held: outbox.partly_accepted(store, held, "id", REFUSED_BY),
    Fact.RELEASED: lambda store, delivery, held: outbox.put_back(store, held, "later", store.clock(), "451"),
    Fact.DEFERRED: lambda store, delivery, held: outbox.put_back(store, held, "later", store.clock(), "451"),
    Fact.REFUSED: lambda store, delivery, held: outbox.refused(store, held, "no", "550"),
    Fact.LOST: lambda store, delivery, held: outbox.lost(store, held, "lost", "timeout"),
    Fact.CANCELLED: lambda store, delivery, held: outbox.cancel_delivery(store, delivery.id),
    Fact.SAID_SENT: lambda store, delivery, held: outbox.resolve_delivery(
        store, delivery.id, sent=True, reason="seen", server_id="found"
    ),
    Fact.SAID_NOT_SENT: lambda store, delivery, held: outbox.resolve_delivery(
        store, delivery.id, sent=False, reason="not there"
    ),
    Fact.BOUNCED: lambda store, delivery, held: outbox.report_bounce(store, delivery.id, REFUSED_BY),
}
ALERTS = {
    Fact.REFUSED: "failed",
    Fact.LOST: "in_doubt",
    Fact.BOUNCED: "bounced",
    Fact.PARTLY_ACCEPTED: "partly_sent",  # the door above has the To refused
}


def goes_to(state: State, fact: Fact) -> State | None:
    """The table's word, where a door stands for two facts and a bounce proves what was in doubt."""
    if fact in (Fact.RELEASED, Fact.DEFERRED):
        return TRANSITIONS.get((state, Fact.RELEASED)) or TRANSITIONS.get((state, Fact.DEFERRED))
    if fact is Fact.BOUNCED and state is State.IN_DOUBT:
        return State.BOUNCED
    return TRANSITIONS.get((state, fact))


@pytest.mark.parametrize("fact", DOORS, ids=str)
@pytest.mark.parametrize("state", State, ids=str)
def test_the_table_and_nothing_else(tmp_path: Path, state: State, fact: Fact) -> None:
    store = a_store(tmp_path)
    delivery, held = in_state(store, state)
    alerts = {alert.kind for alert in open_alerts(store)}
    entries = len(read_journal(store, delivery.invoice_id))
    expected = goes_to(state, fact)
    if expected is None:
        with pytest.raises(LostClaim):
            DOORS[fact](store, delivery, held)
        assert get_delivery(store, delivery.id) == delivery
        assert len(read_journal(store, delivery.invoice_id)) == entries
        assert {alert.kind for alert in open_alerts(store)} == alerts
        return
    DOORS[fact](store, delivery, held)
    moved = get_delivery(store, delivery.id)
    assert moved.state is expected
    assert get_invoice(store, delivery.invoice_id).delivery is expected  # what the list shows
    last = read_journal(store, delivery.invoice_id)[-1]
    assert goes_to(state, Fact(last.kind)) is expected
    assert last.user == "marie"
    assert last.detail["delivery"] == str(delivery.id)
    kinds = {alert.kind for alert in open_alerts(store, delivery.invoice_id)}
    assert fact not in ALERTS or ALERTS[fact] in kinds
    assert "in_doubt" not in kinds or moved.state is State.IN_DOUBT


def test_claiming_is_the_only_way_out_of_the_queue(tmp_path: Path) -> None:
    for state in State:
        folder = tmp_path / state
        folder.mkdir()
        store = a_store(folder)
        in_state(store, state)
        claimed = outbox.claim_next(store, "second")
        assert (claimed is not None) is (state is State.QUEUED)


def test_every_fact_has_a_door(tmp_path: Path) -> None:
    assert set(DOORS) | {Fact.CLAIMED} == set(Fact)


def test_what_is_open_can_still_move_and_what_is_not_cannot_leave(tmp_path: Path) -> None:
    """Nothing leads from a finished state back into the outbox: a second try is a new delivery."""
    assert {state for state, _fact in TRANSITIONS} >= set(OPEN)
    for (state, _fact), target in TRANSITIONS.items():
        if state not in OPEN:
            assert target not in OPEN


def test_evidence_is_kept(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, held = in_state(store, State.HANDING_OVER)
    outbox.accepted(store, held, "18c2f", "200 18c2f")
    found = get_delivery(store, delivery.id)
    assert (found.server_id, found.problem) == ("18c2f", "")
    assert read_journal(store, delivery.invoice_id)[-1].detail == {
        "delivery": str(delivery.id),
        "server_id": "18c2f",
        "reply": "200 18c2f",
    }


def test_a_refused_copy_is_a_notice_and_no_alert(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, held = in_state(store, State.HANDING_OVER)
    outbox.partly_accepted(store, held, "id", {"boss@tremblay.example": "550 gone"})
    assert open_alerts(store) == []
    assert get_delivery(store, delivery.id).problem == "boss@tremblay.example: 550 gone"


def test_another_postman_s_claim_moves_nothing(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, held = in_state(store, State.CLAIMED)
    for stranger in (Claim(held.delivery_id, "second", held.epoch), Claim(held.delivery_id, OWNER, held.epoch + 1)):
        for fact in (Fact.HANDED_OVER, Fact.RELEASED, Fact.REFUSED):
            with pytest.raises(LostClaim):
                DOORS[fact](store, delivery, stranger)
    assert get_delivery(store, delivery.id) == delivery


def test_the_session_is_forgotten_with_the_try_it_belonged_to(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, held = in_state(store, State.HANDING_OVER)
    assert get_delivery(store, delivery.id).session == "session"
    back = outbox.put_back(store, held, "429", store.clock() + timedelta(minutes=1))
    assert (back.state, back.session, back.problem) == (State.QUEUED, "", "429")
    assert back.not_before == store.clock() + timedelta(minutes=1)


def test_a_bounce_proves_that_what_was_in_doubt_had_left(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, State.IN_DOUBT)
    outbox.report_bounce(store, delivery.id, REFUSED_BY)
    assert [entry.kind for entry in read_journal(store, delivery.invoice_id)][-2:] == ["said_sent", "bounced"]
    assert [alert.kind for alert in open_alerts(store)] == ["bounced"]
