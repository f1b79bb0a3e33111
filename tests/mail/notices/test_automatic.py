"""Automatic reminders: once a day, only the newest level, never many at once, and nothing that needs a person."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.notices import automatic
from facturier.mail.notices.automatic import run_reminders
from facturier.mail.notices.chase import due_today, send_due
from facturier.mail.open_workspace import open_workspace
from facturier.mail.senders.default import save_sender
from facturier.mail.sending.queue import cancel
from facturier.mail.sending.rounds import postman
from facturier.mail.vault.approval import approve_reminders
from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import close_alert, open_alerts
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.status import BookStatus, ByHand, DeliveryKind, State
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import InputError, NoRoom
from facturier.models.issuing.by_hand import issue_by_hand
from facturier.models.outbox.deliveries import notices_of
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.payments.payments import record_payment
from facturier.models.settings.automatic import check_time
from facturier.models.settings.reminders import Level
from facturier.models.store import tables
from facturier.models.store.opening import open_company
from facturier.models.store.setting import write_setting
from tests.models.making import TODAY, Clock, a_draft, a_store, in_state

MORNING = datetime(2026, 11, 24, 9, 5).astimezone()


@pytest.fixture
def still() -> Clock:
    return Clock(MORNING.astimezone(UTC))


@pytest.fixture
def ws(tmp_path: Path, still: Clock) -> Iterator[Workspace]:
    store = a_store(tmp_path, still, connected=False)
    (tmp_path / "out").mkdir()
    found = open_workspace(store, Locations(tmp_path / "data", tmp_path / "log"), Endpoints())
    with store.reading():
        switch(found, on=True)
        yield found


def switch(ws: Workspace, **changes: object) -> None:
    company = ws.company()
    automatic_reminders = replace(company.automatic_reminders, **changes)  # type: ignore[arg-type]
    save_company(ws.store, replace(company, automatic_reminders=automatic_reminders))


def owed(ws: Workspace, late: int, number: str, email: str = "marie@tremblay.example") -> Invoice:
    """An invoice that the customer has, and that became due `late` days ago."""
    draft, store, row = a_draft(ws.store), ws.store, tables.Invoice
    with store.writing():
        store.run(
            row.update(
                due=TODAY - timedelta(late), number=number, book_status=BookStatus.ISSUED, reached=1, email=email
            ).where(row.id == draft.id)
        )
    return get_invoice(store, draft.id or 0)


def queued(ws: Workspace) -> list[tuple[str, str]]:
    """The numbers and levels of the reminders that are queued now."""
    return [(one.number, (one.key or "").split(":")[2]) for one in run_reminders(ws).queued]


def test_the_newest_level_of_each_is_queued_once_a_day(ws: Workspace, still: Clock) -> None:
    first = owed(ws, 50, "1")
    owed(ws, 8, "2")
    owed(ws, 5, "3")
    assert queued(ws) == [("1", "45"), ("2", "7"), ("3", "0")]
    assert queued(ws) == []
    later = owed(ws, 9, "4")
    assert queued(ws) == []  # what becomes due later in the day is sent on the next one
    [entry] = [one for one in read_journal(ws.store, first.id) if one.kind == "queued"]
    assert (entry.detail["automatic"], entry.detail["level"]) == ("yes", "45")
    still.go(days=1)
    assert queued(ws) == [("4", "7")]
    still.go(days=400)
    assert queued(ws) == []  # of each one, a reminder is still in the outbox
    assert later.id is not None
    assert [alert.detail["count"] for alert in open_alerts(ws.store)] == ["3"]


def test_only_after_the_time_of_day_and_only_if_switched_on(ws: Workspace, still: Clock) -> None:
    owed(ws, 8, "1")
    switch(ws, on=False)
    assert queued(ws) == []
    switch(ws, on=True, at="09:06")
    assert queued(ws) == []
    still.go(minutes=1)
    assert queued(ws) == [("1", "7")]


def test_only_the_levels_that_are_chosen(ws: Workspace, still: Clock) -> None:
    owed(ws, 8, "1")
    owed(ws, 22, "2")
    switch(ws, until=7)
    assert queued(ws) == [("1", "7")]  # a lower level than the one that is due is not sent instead
    assert open_alerts(ws.store) == []
    still.go(days=1)
    assert [chased.number for chased in due_today(ws)] == ["2"]
    assert queued(ws) == []


def test_nothing_is_sent_on_the_day_on_which_the_customer_got_the_invoice(ws: Workspace, still: Clock) -> None:
    """Such as an invoice that is due on receipt, or has an earlier date: its reminder would arrive minutes later."""
    late = replace(a_draft(ws.store), date=TODAY - timedelta(38), due=TODAY - timedelta(8))
    issue_by_hand(ws.store, save_draft(ws.store, late), ByHand.PAPER)
    on_receipt = replace(a_draft(ws.store), due=TODAY, terms=0)
    in_state(ws.store, State.SENT, way=SenderKind.DEFAULT, invoice=save_draft(ws.store, on_receipt))
    owed(ws, 8, "other")
    assert queued(ws) == [("other", "7")]
    assert open_alerts(ws.store) == []
    still.go(days=1)
    assert [level for _number, level in queued(ws)] == ["7", "0"]


def test_two_people_whose_dates_differ_run_it_once_for_each_date(
    ws: Workspace, still: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is in Japan, the other in Montreal. Each minute of theirs would raise a new alert."""
    switch(ws, most=0, at="07:00")
    owed(ws, 8, "1")
    still.now = datetime(2026, 11, 24, 23, tzinfo=UTC)
    seen = []
    for _minute in range(3):
        for zone in ("Asia/Tokyo", "America/Toronto"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            seen.append(run_reminders(ws).waiting)
    still.go(hours=24)
    seen.append(run_reminders(ws).waiting)
    monkeypatch.undo()
    time.tzset()
    assert seen == [1, 0, 0, 0, 0, 0, 0]
    assert len(ws.store.rows("SELECT 1 FROM alert")) == 1


def test_switching_it_off_stops_a_run(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        owed(ws, 8, str(number))

    def then_off(*arguments: object, **options: object) -> Delivery:
        switch(ws, on=False)
        return send_due(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(automatic, "send_due", then_off)
    assert queued(ws) == [("0", "7")]


def test_many_are_asked_about_once_a_day(ws: Workspace, still: Clock) -> None:
    switch(ws, most=2)
    for number in range(3):
        owed(ws, 8, str(number))
    ran = run_reminders(ws)
    assert (ran.queued, ran.waiting) == ([], 3)
    [alert] = open_alerts(ws.store)
    assert (alert.kind, alert.detail["count"]) == ("reminders_waiting", "3")
    assert alert.detail["reason"] == "More than 2 are due at once."
    # A person sends one: the others are still not sent on that day.
    send_due(ws, due_today(ws)[0])
    assert queued(ws) == []
    still.go(days=1)
    assert len(queued(ws)) == 2
    assert open_alerts(ws.store) == []


def test_what_needs_a_person_raises_one_alert(ws: Workspace, still: Clock) -> None:
    owed(ws, 8, "1", email="")
    owed(ws, 8, "2")
    assert queued(ws) == [("2", "7")]
    [alert] = open_alerts(ws.store)
    assert alert.detail["count"] == "1"
    assert "1: This email cannot be sent yet. There is no email address" in alert.detail["reason"]
    still.go(days=1)
    assert (queued(ws), open_alerts(ws.store)) == ([], [alert])
    with ws.store.writing():
        close_alert(ws.store, alert.id)
    still.go(days=1)
    assert (queued(ws), open_alerts(ws.store)) == ([], [])  # not again about the same reminder
    owed(ws, 8, "3", email="")
    still.go(days=1)
    assert queued(ws) == []
    assert [alert.detail["count"] for alert in open_alerts(ws.store)] == ["2"]


def test_a_reminder_that_a_person_has_undone_is_not_queued_again(ws: Workspace, still: Clock) -> None:
    invoice = owed(ws, 8, "1")
    [delivery] = run_reminders(ws).queued
    cancel(ws, delivery)
    still.go(days=1)
    assert queued(ws) == []
    assert [chased.days for chased in due_today(ws)] == [7]  # a person can send it
    still.go(days=14)
    assert queued(ws) == [("1", "21")]
    assert [one.state for one in notices_of(ws.store, invoice.id or 0)] == [State.CANCELLED, State.QUEUED]


def test_a_reminder_that_is_undone_while_another_program_goes_on_stays_undone(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other program had listed it before a person undid it."""
    invoice = owed(ws, 8, "1")

    def after_an_undo(*arguments: object, **options: object) -> Delivery:
        monkeypatch.setattr(automatic, "send_due", send_due)
        [delivery] = run_reminders(ws).queued
        cancel(ws, delivery)
        return send_due(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(automatic, "send_due", after_an_undo)
    assert queued(ws) == []
    assert [one.state for one in notices_of(ws.store, invoice.id or 0)] == [State.CANCELLED]
    send_due(ws, due_today(ws)[0])  # by a person


def test_a_reminder_with_an_old_balance_is_cancelled_and_sent_with_the_new_one(ws: Workspace, still: Clock) -> None:
    invoice = owed(ws, 8, "1")
    run_reminders(ws)
    record_payment(ws.store, invoice.id or 0, TODAY, 1_000)
    still.go(minutes=1)
    postman(ws).deliver()
    assert [one.state for one in notices_of(ws.store, invoice.id or 0)] == [State.CANCELLED]
    still.go(days=1)
    assert [one.stated for one in run_reminders(ws).queued] == [9_000]


def test_a_program_that_is_stopped_in_between_is_continued(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        owed(ws, 8, str(number))
    sent: list[Delivery] = []

    def full(*arguments: object, **options: object) -> Delivery:
        if len(sent) == 2:
            raise NoRoom("The disk is full.")
        sent.append(send_due(*arguments, **options))  # type: ignore[arg-type]
        return sent[-1]

    monkeypatch.setattr(automatic, "send_due", full)
    with pytest.raises(NoRoom):
        run_reminders(ws)
    monkeypatch.setattr(automatic, "send_due", send_due)
    assert [one.number for one in sent] == ["0", "1"]
    assert queued(ws) == [("2", "7"), ("3", "7")]
    assert queued(ws) == []


def test_two_programs_at_once_queue_each_once(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        owed(ws, 8, str(number))
    theirs: list[Delivery] = []

    def after_another(*arguments: object, **options: object) -> Delivery:
        monkeypatch.setattr(automatic, "send_due", send_due)
        theirs.extend(run_reminders(ws).queued)
        return send_due(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(automatic, "send_due", after_another)
    ran = run_reminders(ws)
    assert (len(theirs), ran.queued, ran.waiting) == (3, [], 0)
    assert open_alerts(ws.store) == []


def test_an_unexpected_error_costs_one_reminder(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        owed(ws, 8, str(number))
    tried: list[object] = []

    def broken(*arguments: object, **options: object) -> Delivery:
        tried.append(arguments)
        if len(tried) == 2:
            raise ZeroDivisionError
        return send_due(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(automatic, "send_due", broken)
    ran = run_reminders(ws)
    assert ([one.number for one in ran.queued], ran.waiting) == (["0", "2"], 1)
    assert "ZeroDivisionError" in open_alerts(ws.store)[0].detail["reason"]


def test_who_may_not_send_leaves_the_day_to_others(ws: Workspace, still: Clock, tmp_path: Path) -> None:
    owed(ws, 8, "1")
    company = ws.company()
    save_company(ws.store, replace(company, sender=replace(company.sender, kind="")))
    assert queued(ws) == []
    save_company(ws.store, company)
    copied = ws.store.path.with_name("copy.facturier")
    ws.store.copy_to(copied)
    copy = open_workspace(open_company(copied, clock=still), Locations(tmp_path / "b", tmp_path / "log"), Endpoints())
    assert queued(copy) == []
    assert queued(ws) == [("1", "7")]


def test_members_programs_send_only_with_settings_that_a_member_saved(ws: Workspace, still: Clock) -> None:
    company = ws.company()
    save_sender(ws, company, before=company, shown=company, password="begins a vault")
    # What the settings said when the first member was created counts as theirs.
    owed(ws, 8, "1")
    assert queued(ws) == [("1", "7")]
    # Somebody who may not send changes what reminders say, then who would be paid, and makes up a mark.
    still.go(days=1)
    other = owed(ws, 8, "2")
    assert other.id is not None
    level = Level(7, {"en": "Pay to my account"})
    for changed in (replace(company, reminders=(level,)), replace(company, iban="DE89370400440532013000")):
        approve_reminders(ws, company)
        save_company(ws.store, changed)
        ran = run_reminders(ws)
        assert (ran.queued, ran.waiting) == ([], 0)
        assert "someone without permission to send" in ran.reason
        with ws.store.writing():
            write_setting(ws.store, "reminders_approved", json.dumps("0" * 64))
    save_company(ws.store, company)
    assert queued(ws) == []
    approve_reminders(ws, ws.company())  # a member saves them
    assert queued(ws) == [("2", "7")]


@pytest.mark.parametrize("zone", ["America/Toronto", "Pacific/Kiritimati", "Europe/Lisbon"])
def test_clocks_that_step_and_time_zones_send_no_level_twice(
    ws: Workspace, still: Clock, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    """The clock steps over midnight, back again, and over both changes of summer time, for two zones at once."""
    invoice = owed(ws, 8, "1")
    switch(ws, at="00:00")
    store = ws.store
    seen: list[int] = []
    for hours in (0, 14, 1, -2, 1, -15, 24, -24, 24 * 13, -5, 5, 24 * 24, -1, 1, 24 * 90, 24 * 130, -1, 1, 24 * 400):
        still.go(hours=hours)
        for local in (zone, "UTC"):
            monkeypatch.setenv("TZ", local)
            time.tzset()
            seen += [int((one.key or "").split(":")[2]) for one in run_reminders(ws, at_once=True).queued]
            with store.writing():  # sent at once
                row = tables.Delivery
                store.run(row.update(state=State.SENT).where(row.kind == DeliveryKind.REMINDER))
    monkeypatch.undo()
    time.tzset()
    assert seen == [7, 21, 45]
    assert len(notices_of(store, invoice.id or 0)) == 3


@pytest.mark.parametrize(
    "stored",
    [{"on": 1}, {"most": True}, {"most": 501}, {"at": "25:00"}, {"at": 9}, {"until": 99_999}, {"else": 1}],
)
def test_settings_that_another_program_spoiled_turn_it_off(ws: Workspace, stored: dict[str, object]) -> None:
    good = {"on": True, "at": "09:00", "until": None, "most": 20}
    for value, on in ((good, True), ({**good, **stored}, False)):
        with ws.store.writing():
            write_setting(ws.store, "automatic_reminders", json.dumps(value))
        assert ws.company().automatic_reminders.on is on


@pytest.mark.parametrize(("typed", "at"), [("9", "09:00"), ("8 h 30", "08:30"), ("0:05", "00:05"), ("22:00", "22:00")])
def test_a_time_of_day(typed: str, at: str) -> None:
    assert check_time(typed) == at


@pytest.mark.parametrize("typed", ["", "22:01", "24", "9:60", "-1", "nine", "9:5"])
def test_what_is_not_a_time_of_day(typed: str) -> None:
    with pytest.raises(InputError, match="0:00"):
        check_time(typed)
