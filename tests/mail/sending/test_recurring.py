"""Recurring invoices: created and queued once, whoever runs first and whatever stops it in between."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from facturier.mail.errors import VaultError
from facturier.mail.open_workspace import open_workspace
from facturier.mail.senders.access import blocker
from facturier.mail.sending import recurring
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import cancel, queue
from facturier.mail.sending.recurring import PATIENCE, run_recurring
from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import open_alerts
from facturier.models.books.exchange_rates import newest_rate
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.status import BookStatus, PeriodUnit, RecurringAction, State
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import save_draft
from facturier.models.outbox.deliveries import deliveries_of
from facturier.models.recurring.changing import create_schedule
from facturier.models.recurring.making import make_invoice
from facturier.models.recurring.periods import Rhythm
from facturier.models.recurring.schedule import Schedule, get_schedule, runs_of
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import TaxRate
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.models.making import TODAY, Clock, a_draft


def scheduled(store: Store, first: date = TODAY, *, send: bool = True, unit: PeriodUnit = PeriodUnit.MONTH) -> Schedule:
    action = RecurringAction.SEND if send else RecurringAction.DRAFT
    earlier = save_draft(store, replace(a_draft(store), date=date(2026, 8, 1)))
    return create_schedule(store, earlier.id or 0, Rhythm(1, unit, first), action=action)


def test_a_draft_or_a_queued_invoice(ws: Workspace) -> None:
    draft, send = scheduled(ws.store, send=False), scheduled(ws.store)
    ran = run_recurring(ws)
    assert [created.date for created in ran.created] == [TODAY, TODAY]
    assert [delivery.state for delivery in ran.queued] == [State.QUEUED]
    ids = [runs_of(ws.store, schedule.id)[0].invoice_id or 0 for schedule in (draft, send)]
    statuses = [get_invoice(ws.store, id_).book_status for id_ in ids]
    assert statuses == [BookStatus.DRAFT, BookStatus.ISSUED]
    again = run_recurring(ws)
    assert (again.created, again.queued) == ([], [])
    # A send that a person undoes is not repeated.
    cancel(ws, ran.queued[0])
    assert run_recurring(ws).queued == []


def test_a_date_is_queued_once_even_if_the_schedule_has_forgotten_it(ws: Workspace) -> None:
    schedule = scheduled(ws.store)
    assert len(run_recurring(ws).queued) == 1
    with ws.store.writing():
        ws.store.write("DELETE FROM schedule_run")
        ws.store.write("UPDATE schedule SET next = ?", TODAY.isoformat())
    ran = run_recurring(ws)
    assert ran.queued == []
    assert [*ran.unsent.values()] == ["This schedule has already sent an invoice for this date or a later one."]
    assert get_schedule(ws.store, schedule.id).next == date(2026, 12, 24)


def test_another_currency_takes_the_newest_rate_or_asks_for_one(ws: Workspace, clock: Clock) -> None:
    store = ws.store
    save_company(store, replace(read_company(store), rates=(TaxRate("GST", Decimal(5)),)))
    taxed = (Line("Work", rate="100.00", tax="GST"),)
    earlier = save_draft(store, replace(a_draft(store), date=date(2026, 8, 1), currency="USD", lines=taxed))
    schedule = create_schedule(store, earlier.id or 0, Rhythm(1, PeriodUnit.MONTH, TODAY), action=RecurringAction.SEND)
    ran = run_recurring(ws)
    assert ran.queued == []
    [(asking, reason)] = ran.unsent.items()
    assert reason == "No exchange rate for USD was entered in the last 31 days. Enter the rate of the day."
    # A person enters it in the draft and sends it.
    draft = save_draft(store, replace(get_invoice(store, asking), exchange_rate="1.364"))
    number = queue(ws, prepare(ws, draft.id or 0, compose(ws, draft.id or 0))).number
    clock.go(days=30)
    [delivery] = run_recurring(ws).queued
    made = get_invoice(store, delivery.invoice_id)
    assert (made.date, made.exchange_rate) == (date(2026, 12, 24), "1.364")
    [entry] = [entry for entry in read_journal(store, made.id) if entry.kind == "recurring"]
    assert (entry.detail["rate"], entry.detail["rate_day"], entry.detail["rate_of"]) == ("1.364", "2026-11-24", number)
    # A rate that was taken is not taken again: it would never change.
    clock.go(days=31)
    assert run_recurring(ws).queued == []
    # A template can have a rate of its own.
    template = get_invoice(store, schedule.invoice_id)
    save_draft(store, replace(template, exchange_rate="1.4"))
    clock.go(days=31)
    [delivery] = run_recurring(ws).queued
    made = get_invoice(store, delivery.invoice_id)
    assert made.exchange_rate == "1.4"
    # Other schedules do not take it: a person may have entered it long ago.
    assert newest_rate(store, "USD", made.date) is None


def test_another_currency_needs_no_rate_without_taxes(ws: Workspace) -> None:
    earlier = save_draft(ws.store, replace(a_draft(ws.store), date=date(2026, 8, 1), currency="USD"))
    create_schedule(ws.store, earlier.id or 0, Rhythm(1, PeriodUnit.MONTH, TODAY), action=RecurringAction.SEND)
    ran = run_recurring(ws)
    assert ran.unsent == {}
    [delivery] = ran.queued
    assert get_invoice(ws.store, delivery.invoice_id).exchange_rate == ""


def test_a_process_that_was_killed_in_between_is_completed_once(ws: Workspace) -> None:
    schedule = scheduled(ws.store)
    draft = make_invoice(ws.store, schedule.id, TODAY, TODAY)
    assert draft is not None
    ran = run_recurring(ws)
    assert (ran.created, [delivery.invoice_id for delivery in ran.queued]) == ([], [draft.id])
    assert run_recurring(ws).queued == []
    assert len(deliveries_of(ws.store, draft.id or 0)) == 1


def test_two_processes_that_queue_the_same_draft(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    scheduled(ws.store)
    inner = []

    def prepare_while_another_queues(*arguments: object) -> object:
        prepared = prepare(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(recurring, "prepare", prepare)
        inner.append(run_recurring(ws))
        return prepared

    monkeypatch.setattr(recurring, "prepare", prepare_while_another_queues)
    ran = run_recurring(ws)
    assert (len(inner[0].queued), ran.queued, ran.unsent, ran.problems) == (1, [], {}, [])
    assert len(deliveries_of(ws.store, inner[0].queued[0].invoice_id)) == 1
    assert open_alerts(ws.store) == []


def test_what_cannot_be_sent_remains_a_draft_with_an_alert(ws: Workspace) -> None:
    schedule = scheduled(ws.store)
    template = get_invoice(ws.store, schedule.invoice_id)
    save_draft(ws.store, replace(template, customer=replace(template.customer, email="")))
    ran = run_recurring(ws)
    [reason] = ran.unsent.values()
    assert "is empty" in reason
    [alert] = open_alerts(ws.store)
    assert (alert.kind, alert.invoice_id, alert.detail["reason"]) == (
        "recurring_unsent", ran.created[0].id, reason,
    )  # fmt: skip
    assert get_invoice(ws.store, ran.created[0].id or 0).book_status is BookStatus.DRAFT
    assert run_recurring(ws).unsent == {}


def test_who_may_not_send_leaves_it_to_others_for_a_day(
    ws: Workspace, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled(ws.store)
    monkeypatch.setattr(recurring, "blocker", lambda *_: VaultError("You may not send."))
    assert [len(run_recurring(ws).created), len(open_alerts(ws.store))] == [1, 0]
    monkeypatch.setattr(recurring, "blocker", blocker)
    assert len(run_recurring(ws).queued) == 1
    clock.go(days=31)
    monkeypatch.setattr(recurring, "blocker", lambda *_: VaultError("You may not send."))
    run_recurring(ws)
    clock.now += PATIENCE
    assert [*run_recurring(ws).unsent.values()] == ["You may not send."]


def test_several_missed_periods_wait(ws: Workspace) -> None:
    late, later = (scheduled(ws.store, date(2026, 9, 15), send=False) for _ in range(2))
    once = scheduled(ws.store, date(2026, 11, 1), send=False)
    ran = run_recurring(ws)
    assert [created.date for created in ran.created] == [date(2026, 11, 1)]
    assert [schedule.id for schedule in ran.waiting] == [late.id, later.id]
    assert {alert.kind for alert in open_alerts(ws.store)} == {"recurring_missed"}
    assert len(run_recurring(ws, catch_up=[late.id]).created) == 3
    assert len(run_recurring(ws, catch_up=None).created) == 3
    assert open_alerts(ws.store) == []
    assert [len(runs_of(ws.store, one.id)) for one in (late, later, once)] == [3, 3, 1]


def test_a_broken_template_does_not_stop_the_others(ws: Workspace) -> None:
    broken, sound = scheduled(ws.store, send=False), scheduled(ws.store, send=False)
    with ws.store.writing():
        ws.store.write("UPDATE invoice SET rates = 'x' WHERE id = ?", broken.invoice_id)
    ran = run_recurring(ws)
    assert (len(ran.created), len(ran.problems)) == (1, 1)
    assert get_schedule(ws.store, sound.id).next != TODAY


def test_a_copy_of_the_company_does_nothing(ws: Workspace, tmp_path: Path) -> None:
    scheduled(ws.store)
    copy = tmp_path / "copy.facturier"
    copy.touch()
    ws.store.copy_to(copy)
    elsewhere = open_workspace(open_company(copy, clock=ws.clock), ws.locations, ws.endpoints)
    assert run_recurring(elsewhere).created == []


def test_the_day_is_that_of_the_place_when_the_clock_changes(
    ws: Workspace, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/Toronto")
    time.tzset()
    try:
        clock.now = datetime(2026, 10, 30, 5, tzinfo=UTC)
        schedule = scheduled(ws.store, date(2026, 10, 30), send=False, unit=PeriodUnit.DAY)
        for _hour in range(96):  # over 1 November, when the hour from 1:00 to 2:00 comes twice
            for created in run_recurring(ws).created:
                assert created.date == clock().astimezone().date()
                assert clock().astimezone().hour <= 1
            clock.go(hours=1)
        periods = [run.period.day for run in runs_of(ws.store, schedule.id)]
        assert periods == [2, 1, 31, 30]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_draft_that_was_changed_is_left_to_the_person(ws: Workspace) -> None:
    schedule = scheduled(ws.store)
    draft = make_invoice(ws.store, schedule.id, TODAY, TODAY)
    assert draft is not None
    save_draft(ws.store, replace(draft, lines=(Line("Other", rate="1"),)))
    ran = run_recurring(ws)
    assert (ran.queued, [*ran.unsent]) == ([], [draft.id])
    save_company(ws.store, replace(read_company(ws.store), name="Other"))
    assert run_recurring(ws).queued == []
