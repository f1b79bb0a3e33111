"""Queries about deliveries for the screens."""

from datetime import timedelta
from pathlib import Path

import pytest

from facturier.models.books.alerts import AlertKind, open_alerts, raise_alert
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal, write_journal
from facturier.models.books.status import State
from facturier.models.company.connection import end_connection, get_connection
from facturier.models.errors import AlreadyBounced, BrokenCompany, LostClaim, NoSuchInvoice
from facturier.models.outbox import pauses
from facturier.models.outbox.changes import bounces, claims, outcomes, resolving
from facturier.models.outbox.composition import Composition, keep_composition, kept_composition
from facturier.models.outbox.deliveries import (
    answers_due,
    deliveries_of,
    ended_since,
    get_delivery,
    in_doubt,
    leaving_by,
    leaving_soon,
    marked,
    message_of,
    refused_of,
    sent_to,
    under_way,
    unfinished,
    with_message_id,
)
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.outbox.delivery_mark import MARK_HEADER, new_mark
from facturier.models.outbox.pauses import dismiss_alert, pause_outbox
from facturier.models.outbox.schedule import next_due
from facturier.models.outbox.sessions import forget_finished, kept_in_clear
from tests.models.making import NOON, Clock, a_store, claim, in_state, queue, watch


def test_deliveries_due_soon_are_those_that_can_be_cancelled(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    soon = queue(store, later=timedelta(seconds=10))
    queue(store, later=timedelta(hours=1))  # scheduled by a user
    queue(store)  # it may be sent at this moment
    assert [delivery.id for delivery in leaving_soon(store, 60)] == [soon.id]
    clock.go(seconds=10)
    assert leaving_soon(store, 60) == []


def ids(found: list[Delivery]) -> list[int]:
    return [delivery.id for delivery in found]


def test_they_are_listed_in_the_order_they_are_due(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    late, early, same = (queue(store, SenderKind.DEFAULT, later=timedelta(seconds=wait)) for wait in (20, 10, 10))
    taken = queue(store, later=timedelta(seconds=15))
    resolving.cancel_delivery(store, taken.id)
    resolving.cancel_delivery(store, queue(store, SenderKind.DEFAULT, later=timedelta(seconds=10)).id)
    order = [early.id, same.id, late.id]
    assert ids(unfinished(store)) == ids(leaving_soon(store, 20)) == order
    assert ids(leaving_soon(store, 19)) == order[:2]
    assert ids(leaving_by(store, late.not_before)) == order
    assert ids(leaving_by(store, early.not_before)) == order[:2]
    assert leaving_by(store, clock()) == []
    pauses.pause_sender(store, early.envelope.sender, clock() + timedelta(seconds=15), "busy")
    assert leaving_by(store, early.not_before) == []
    pause_outbox(store)
    assert leaving_by(store, late.not_before) == []


def test_tried_or_blocked_deliveries_are_not_about_to_be_sent(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    queue(store)
    outcomes.put_back(store, claim(store), "busy", store.clock())
    assert leaving_by(store, store.clock()) == []
    queue(store, later=timedelta(seconds=5))
    end_connection(store, get_connection(store), "invalid_grant")
    assert leaving_by(store, store.clock() + timedelta(hours=1)) == []


def test_deliveries_of_a_blocked_sender_are_not_about_to_be_sent(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    in_state(store, State.IN_DOUBT)
    queue(store)
    other = queue(store, SenderKind.DEFAULT)
    clock.go(minutes=2)
    end_connection(store, get_connection(store), "over")
    assert [found.id for found in leaving_by(store, clock())] == [other.id]
    pause_outbox(store)
    assert leaving_by(store, clock()) == []


def test_deliveries_in_doubt_are_listed_oldest_first_and_asked_in_turn(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    (first, _held), (second, _held) = in_state(store, State.IN_DOUBT), in_state(store, State.IN_DOUBT)
    assert ids(in_doubt(store)) == [first.id, second.id]
    clock.go(minutes=2)
    assert outcomes.ask_again(store, first)  # asked again in two minutes
    clock.go(minutes=3)
    assert ids(answers_due(store)) == [second.id, first.id]


def test_the_deliveries_of_an_invoice_are_listed_oldest_first(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    first, _held = in_state(store, State.SENT)
    in_state(store, State.SENT)
    again = queue(store, invoice=get_invoice(store, first.invoice_id))
    assert ids(deliveries_of(store, first.invoice_id)) == [first.id, again.id]
    other = queue(store)
    assert "queued_again" not in [entry.kind for entry in read_journal(store, other.invoice_id)]


def test_typed_text_is_kept_until_it_is_sent(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, held = in_state(store, State.HANDING_OVER)
    keep_composition(
        store, delivery.invoice_id, Composition(SenderKind.GMAIL, "a@b.example", "", "", "Subject", "Body")
    )
    outcomes.put_back(store, held, "busy", store.clock())
    assert kept_composition(store, delivery.invoice_id) is not None
    held = claim(store)
    outcomes.hand_over(store, held, "")
    outcomes.accepted(store, held, "id")
    assert kept_composition(store, delivery.invoice_id) is None


def test_a_missing_delivery_is_reported(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    with pytest.raises(NoSuchInvoice):
        get_delivery(store, 7)
    with pytest.raises(BrokenCompany):
        message_of(store, 7)
    assert refused_of(store, 7) == ()


MARIE = ("marie@tremblay.example",)


def test_deliveries_are_found_by_recipient(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    first, _held = in_state(store, State.SENT)
    second, _held = in_state(store, State.BOUNCED)
    in_state(store, State.FAILED)
    queue(store)
    assert ids(sent_to(store, ("Boss@Tremblay.example", "zoe@z.example"))) == [second.id, first.id]
    assert ids(sent_to(store, MARIE)) == [second.id, first.id]
    for nobody in ((), ("zoe@z.example",), ("%",), ("marie@tremblay",)):
        assert sent_to(store, nobody) == []


def test_a_message_id_is_not_a_pattern(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    first, _held = in_state(store, State.SENT)
    again = queue(store, invoice=get_invoice(store, first.invoice_id))
    held = claim(store)
    outcomes.hand_over(store, held, "")
    outcomes.accepted(store, held, "id")

    def found(message_id: str) -> int | None:
        delivery = with_message_id(store, message_id)
        return delivery.id if delivery else None

    assert found("<1@acme.example>") == again.id
    for other in ("%", "<%>", "_", "Hello", "<1@acme.example", "@", ""):
        assert found(other) is None, other


def test_a_mark_finds_only_its_delivery(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    mark = new_mark(1)
    sent = queue(store, message=f"Subject: x\r\n{MARK_HEADER}: {mark}\r\n\r\n{MARK_HEADER}: {new_mark(1)}\r\n".encode())
    assert sent.invoice_id == 1
    assert marked(store, mark) is None  # it has not been sent yet
    held = claim(store)
    outcomes.hand_over(store, held, "")
    outcomes.accepted(store, held, "id")
    found = marked(store, mark)
    assert found is not None
    assert found.id == sent.id
    for other in (new_mark(1), new_mark(2), mark.replace("1.", "01.", 1), mark.replace("1.", "2.", 1)):
        assert marked(store, other) is None


def test_a_delivery_waiting_for_a_retry_is_not_about_to_be_sent(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    queue(store)
    outcomes.put_back(store, claim(store), "no line", store.clock() + timedelta(seconds=15))
    assert leaving_soon(store, 60) == []


def test_recently_ended_deliveries_are_listed_newest_first(tmp_path: Path) -> None:
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


def test_every_finished_delivery_has_an_end_time(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for state in State:
        if state is not State.QUEUED:
            in_state(store, state, SenderKind.DEFAULT)
    over = {State.SENT, State.PARTLY_SENT, State.FAILED, State.CANCELLED, State.BOUNCED}
    assert {delivery.state for delivery in ended_since(store, store.clock(), 20)} == over


def test_refused_recipients_are_known_only_for_a_partly_sent_delivery(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    partly, _held = in_state(store, State.PARTLY_SENT)
    sent, _held = in_state(store, State.SENT)
    assert refused_of(store, partly.id) == ("boss@tremblay.example",)
    assert refused_of(store, sent.id) == ()
    assert partly.envelope.recipients == sent.envelope.recipients


@pytest.mark.parametrize("state", [State.SENT, State.PARTLY_SENT, State.BOUNCED])
def test_the_journal_says_if_a_delivery_is_the_second(tmp_path: Path, state: State) -> None:
    store = a_store(tmp_path)
    first, _held = in_state(store, state)
    queue(store, invoice=get_invoice(store, first.invoice_id))
    assert [entry.kind for entry in read_journal(store, first.invoice_id)].count("queued_again") == 1


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_after_an_unsent_delivery_the_next_is_the_first(tmp_path: Path, state: State) -> None:
    store = a_store(tmp_path)
    first, _held = in_state(store, state)
    queue(store, invoice=get_invoice(store, first.invoice_id))
    assert "queued_again" not in [entry.kind for entry in read_journal(store, first.invoice_id)]


def test_a_bounce_concerns_the_sent_delivery_and_not_a_later_cancelled_one(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    sent, _held = in_state(store, State.SENT)
    again = queue(store, invoice=get_invoice(store, sent.invoice_id), later=timedelta(hours=1))
    resolving.cancel_delivery(store, again.id)
    assert ids(sent_to(store, MARIE)) == [sent.id]
    found = with_message_id(store, "<1@acme.example>")
    assert found is not None
    assert found.id == sent.id


def test_the_alert_of_a_bounce_names_the_recipients_not_reached(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    sent, _held = in_state(store, State.SENT)
    bounces.report_bounce(store, sent.id, {"marie@tremblay.example": "550 gone"})
    [alert] = open_alerts(store)
    assert alert.detail == {"reason": "marie@tremblay.example: 550 gone", "recipients": "marie@tremblay.example"}


@pytest.mark.parametrize("state", [State.SENT, State.PARTLY_SENT, State.IN_DOUBT])
def test_a_bounced_copy_is_a_notice_and_the_invoice_stays_sent(tmp_path: Path, state: State) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, state)
    left = State.PARTLY_SENT if state is State.PARTLY_SENT else State.SENT
    assert bounces.report_bounce(store, delivery.id, {"Boss@tremblay.example": "550 gone"}).state is left
    assert open_alerts(store) == []
    last = read_journal(store, delivery.invoice_id)[-1]
    assert last.kind == "copy_bounced"
    assert last.detail == {
        "delivery": str(delivery.id),
        "reason": "Boss@tremblay.example: 550 gone",
        "recipients": "Boss@tremblay.example",
    }
    unknown = {"boss@tremblay.example": "550", "someone@else.example": "550"}
    assert bounces.report_bounce(store, delivery.id, unknown).state is State.BOUNCED


def test_a_later_bounce_adds_its_address_and_a_repeated_one_is_refused(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, State.SENT)
    bounces.report_bounce(store, delivery.id, {"marie@tremblay.example": "550 gone"})
    with pytest.raises(AlreadyBounced):
        bounces.report_bounce(store, delivery.id, {"Marie@tremblay.example": "552 full"})
    both = {"marie@tremblay.example": "550 gone", "paul@tremblay.example": "552 full"}
    assert bounces.report_bounce(store, delivery.id, both).state is State.BOUNCED
    [alert] = open_alerts(store)
    assert alert.detail == {
        "reason": "marie@tremblay.example: 550 gone; paul@tremblay.example: 552 full",
        "recipients": "marie@tremblay.example, paul@tremblay.example",
    }
    assert get_delivery(store, delivery.id).problem == alert.detail["reason"]
    last = read_journal(store, delivery.invoice_id)[-1]
    assert (last.kind, last.detail["recipients"]) == ("bounced", "paul@tremblay.example")
    # a Cc recipient: recorded in the journal only
    bounces.report_bounce(store, delivery.id, {"boss@tremblay.example": "550"})
    assert read_journal(store, delivery.invoice_id)[-1].kind == "copy_bounced"
    assert [one.detail for one in open_alerts(store)] == [alert.detail]
    with pytest.raises(AlreadyBounced):
        bounces.report_bounce(store, delivery.id, both | {"boss@tremblay.example": ""})


def test_a_later_bounce_raises_an_alert_after_the_first_was_dismissed(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, State.SENT)
    bounces.report_bounce(store, delivery.id, {"marie@tremblay.example": "550 gone"})
    dismiss_alert(store, open_alerts(store)[0].id)
    bounces.report_bounce(store, delivery.id, {"paul@tremblay.example": "552 full"})
    assert [alert.detail["recipients"] for alert in open_alerts(store)] == ["paul@tremblay.example"]


def test_bounced_copies_recorded_by_the_first_version_are_known(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, State.SENT)
    with store.writing():
        reason = "Boss@tremblay.example: 550 gone"
        write_journal(store, "copy_bounced", delivery.invoice_id, delivery=str(delivery.id), reason=reason)
    with pytest.raises(AlreadyBounced):
        bounces.report_bounce(store, delivery.id, {"boss@tremblay.example": "550 gone"})


def test_an_unsent_delivery_has_no_bounced_copy(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, State.FAILED)
    with pytest.raises(LostClaim):
        bounces.report_bounce(store, delivery.id, {"boss@tremblay.example": "550 gone"})


@pytest.mark.parametrize("state", [State.FAILED, State.PARTLY_SENT, State.BOUNCED])
def test_sending_again_closes_alerts_of_earlier_problems(tmp_path: Path, state: State) -> None:
    store = a_store(tmp_path)
    other, _held = in_state(store, State.FAILED)
    first, _held = in_state(store, state)
    if state is State.PARTLY_SENT:
        with store.writing():
            raise_alert(store, AlertKind.PARTLY_SENT, invoice_id=first.invoice_id, delivery_id=first.id)
    queue(store, invoice=get_invoice(store, first.invoice_id))
    held = claim(store)
    outcomes.hand_over(store, held, "session")
    assert len(open_alerts(store, first.invoice_id)) == 1
    outcomes.accepted(store, held, "id")
    assert open_alerts(store, first.invoice_id) == []
    assert get_invoice(store, first.invoice_id).number
    assert len(open_alerts(store, other.invoice_id)) == 1
    assert [entry.kind for entry in read_journal(store, first.invoice_id)][-2:] == ["accepted", "alert_settled"]


def test_no_look_at_the_outbox_reads_every_delivery(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for state in State:
        if state is not State.QUEUED:
            in_state(store, state)
    queue(store)
    with store.reading():
        statements = watch(store)
        for look in (unfinished, under_way, in_doubt, answers_due, next_due, kept_in_clear, forget_finished):
            look(store)
        leaving_soon(store, 60)
        leaving_by(store, NOON)
        ended_since(store, NOON, 10)
        deliveries_of(store, 1, strict=True)
        claims.claim_next(store, "second")
        looks = {sql for sql in statements if sql.startswith("SELECT") and '"delivery"' in sql}
        assert len(looks) > 10
        for sql in looks:
            plan = store.rows(f"EXPLAIN QUERY PLAN {sql}", *[None] * sql.count("?"))
            scans = [step for *_numbers, step in plan if step.startswith("SCAN") and "INDEX" not in step]
            assert scans == [], sql
