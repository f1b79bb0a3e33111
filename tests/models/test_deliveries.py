"""What the screens read about deliveries."""

from datetime import timedelta
from pathlib import Path

import pytest

from facturier.models import outbox
from facturier.models.alerts import AlertKind, open_alerts, raise_alert
from facturier.models.deliveries import (
    ended_since,
    find_delivery,
    leaving_soon,
    refused_of,
)
from facturier.models.invoices import get_invoice
from facturier.models.journal import read_journal
from facturier.models.status import State
from tests.models.making import Clock, a_store, claim, in_state, queue


def test_what_leaves_soon_is_what_can_still_be_taken_back(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    soon = queue(store, later=timedelta(seconds=10))
    queue(store, later=timedelta(hours=1))  # at a time that a person chose
    queue(store)  # it may be leaving at this moment
    assert [delivery.id for delivery in leaving_soon(store, 60)] == [soon.id]
    clock.go(seconds=10)
    assert leaving_soon(store, 60) == []


def test_a_delivery_that_waits_for_another_try_is_not_about_to_leave(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    queue(store)
    outbox.put_back(store, claim(store), "no line", store.clock() + timedelta(seconds=15))
    assert leaving_soon(store, 60) == []


def test_those_that_ended_since_a_time_the_last_one_first(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    in_state(store, State.SENT)
    clock.go(hours=1)
    since = clock()
    failed, _held = in_state(store, State.FAILED)
    clock.go(seconds=1)
    sent, _held = in_state(store, State.SENT)
    queue(store)
    assert [found.id for found in ended_since(store, since, 10)] == [sent.id, failed.id]
    assert [found.id for found in ended_since(store, since, 1)] == [sent.id]


def test_who_was_refused_is_known_of_a_partly_sent_delivery_only(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    partly, _held = in_state(store, State.PARTLY_SENT)
    sent, _held = in_state(store, State.SENT)
    assert refused_of(store, partly.id) == ("boss@tremblay.example",)
    assert refused_of(store, sent.id) == ()
    assert partly.envelope.recipients == sent.envelope.recipients


@pytest.mark.parametrize("state", [State.SENT, State.PARTLY_SENT, State.BOUNCED])
def test_a_second_delivery_says_in_the_journal_that_it_is_one(tmp_path: Path, state: State) -> None:
    store = a_store(tmp_path)
    first, _held = in_state(store, state)
    queue(store, invoice=get_invoice(store, first.invoice_id))
    assert [entry.kind for entry in read_journal(store, first.invoice_id)].count("queued_again") == 1


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_after_one_that_did_not_leave_it_is_the_first(tmp_path: Path, state: State) -> None:
    store = a_store(tmp_path)
    first, _held = in_state(store, state)
    queue(store, invoice=get_invoice(store, first.invoice_id))
    assert "queued_again" not in [entry.kind for entry in read_journal(store, first.invoice_id)]


def test_a_bounce_is_about_what_left_and_not_about_what_was_taken_back_since(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    sent, _held = in_state(store, State.SENT)
    again = queue(store, invoice=get_invoice(store, sent.invoice_id), later=timedelta(hours=1))
    outbox.cancel_delivery(store, again.id)
    for clue in ({"message_id": "<1@acme.example>"}, {"subject": sent.subject}):
        found = find_delivery(store, **clue)
        assert found is not None
        assert found.id == sent.id


def test_the_alert_of_a_bounce_names_who_was_not_reached(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    sent, _held = in_state(store, State.SENT)
    outbox.report_bounce(store, sent.id, {"boss@tremblay.example": "550 gone"})
    [alert] = open_alerts(store)
    assert alert.detail == {"reason": "boss@tremblay.example: 550 gone", "recipients": "boss@tremblay.example"}


@pytest.mark.parametrize("state", [State.FAILED, State.PARTLY_SENT, State.BOUNCED])
def test_once_sent_again_an_earlier_trouble_is_no_alert_any_more(tmp_path: Path, state: State) -> None:
    store = a_store(tmp_path)
    other, _held = in_state(store, State.FAILED)
    first, _held = in_state(store, state)
    if state is State.PARTLY_SENT:
        raise_alert(store, AlertKind.PARTLY_SENT, invoice_id=first.invoice_id, delivery_id=first.id)
    queue(store, invoice=get_invoice(store, first.invoice_id))
    held = claim(store)
    outbox.hand_over(store, held, "session")
    assert len(open_alerts(store, first.invoice_id)) == 1
    outbox.accepted(store, held, "id")
    assert open_alerts(store, first.invoice_id) == []
    assert get_invoice(store, first.invoice_id).number
    assert len(open_alerts(store, other.invoice_id)) == 1
    assert [entry.kind for entry in read_journal(store, first.invoice_id)][-2:] == ["accepted", "alert_settled"]
