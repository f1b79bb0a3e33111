"""The invoices of a schedule: once per period, with the taxes, prices and words of its day."""

import tempfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facturier.models.books.alerts import AlertKind, open_alerts
from facturier.models.books.invoice import Customer, Invoice, Item
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus, InvoiceKind, PeriodUnit, Prices, RecurringAction
from facturier.models.company.adopting import adopt
from facturier.models.company.save_settings import save_company
from facturier.models.customers.figures import read_figures
from facturier.models.customers.history import invoice_count, invoice_ids
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.errors import ChangedElsewhere, StoreError
from facturier.models.issuing.deleting import delete_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.items.items import save_item
from facturier.models.listing.listing import Listing
from facturier.models.listing.totals import currencies, sums
from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.recurring.changing import change_schedule, create_schedule, proposed_first
from facturier.models.recurring.deleting import delete_schedule
from facturier.models.recurring.making import give_up_sending, make_invoice, unsent_invoices
from facturier.models.recurring.pausing import pause_schedule, resume_schedule, skip_period, undo_skip
from facturier.models.recurring.periods import Rhythm
from facturier.models.recurring.schedule import (
    Schedule,
    all_schedules,
    due_schedules,
    get_schedule,
    runs_of,
    schedule_of,
)
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import TaxRate
from facturier.models.store import tables
from facturier.models.store.store import Store
from tests.models.making import TODAY, a_draft, a_store

FIRST = date(2026, 10, 31)
MONTHLY = Rhythm(1, PeriodUnit.MONTH, FIRST)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path)


def scheduled(store: Store, rhythm: Rhythm = MONTHLY, *, send: bool = False, prices: Prices = Prices.FIXED) -> Schedule:
    action = RecurringAction.SEND if send else RecurringAction.DRAFT
    return create_schedule(store, a_draft(store).id or 0, rhythm, action=action, prices=prices)


def made(store: Store, schedule: Schedule, period: date, today: date = date(2026, 12, 31)) -> Invoice:
    draft = make_invoice(store, schedule.id, period, today)
    assert draft is not None
    return draft


def test_a_period_is_invoiced_once(store: Store) -> None:
    schedule = scheduled(store)
    assert schedule.upcoming() == [
        date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28),
    ]  # fmt: skip
    assert due_schedules(store, date(2026, 10, 30)) == []
    assert make_invoice(store, schedule.id, FIRST, date(2026, 10, 30)) is None
    draft = made(store, schedule, FIRST, FIRST)
    assert (draft.kind, draft.date, draft.due) == (InvoiceKind.INVOICE, FIRST, FIRST + timedelta(draft.terms))
    assert make_invoice(store, schedule.id, FIRST, FIRST) is None
    # Nor after it was deleted, or if the clock goes back and forth.
    delete_draft(store, draft.id or 0)
    for today in (date(2026, 1, 1), FIRST, TODAY):
        assert make_invoice(store, schedule.id, FIRST, today) is None
    assert [(run.period, run.invoice_id) for run in runs_of(store, schedule.id)] == [(FIRST, None)]
    assert get_schedule(store, schedule.id).next == date(2026, 11, 30)


def test_a_template_is_no_invoice(store: Store) -> None:
    tremblay = save_customer(store, Customer(name="Tremblay", email="t@client.example"))
    draft = replace(new_draft(store, TODAY, tremblay), lines=(Line("Work", rate="100"),))
    original = issue_invoice(store, save_draft(store, draft))
    schedule = create_schedule(store, original.id or 0, MONTHLY)
    template = get_invoice(store, schedule.invoice_id)
    assert (template.kind, template.lines) == (InvoiceKind.RECURRING, original.lines)
    for show in InvoiceFilter:
        assert schedule.invoice_id not in [row.id for row in Listing(store, View(show), TODAY).first(9)]
    customer = tremblay.id or 0
    assert (invoice_ids(store, customer), invoice_count(store, customer)) == ([original.id], 1)
    assert read_figures(store, TODAY)[customer].of("CAD").owed == 10000
    with store.writing():
        store.write("UPDATE invoice SET currency = 'USD' WHERE id = ?", template.id)
    assert currencies(store) == ["CAD"]
    with pytest.raises(StoreError, match="template"):
        issue_invoice(store, template)
    assert schedule_of(store, template.id or 0) == schedule.id
    assert schedule_of(store, original.id or 0) == schedule.id
    assert schedule_of(store, made(store, schedule, FIRST).id or 0) == schedule.id
    assert schedule_of(store, a_draft(store).id or 0) is None


def test_taxes_prices_words_dates_and_files_are_those_of_the_period(store: Store) -> None:
    rates = (
        TaxRate("GST", Decimal(5)),
        TaxRate("QST", Decimal("9.975"), until=date(2026, 12, 31)),
        TaxRate("QST", Decimal(10), since=date(2027, 1, 1)),
    )
    save_company(store, replace(read_company(store), rates=rates))
    save_item(store, Item("Rent", "Rent", "900"))
    customer = save_customer(store, Customer(name="Tremblay", email="t@client.example", language="fr"))
    lines = (
        Line("Loyer de {month} {year}", "Rent", "1", "900", "GST+QST"),
        Line("Du {period}, {other}", "Gone", "1", "10", "GST", service_from=TODAY, service_to=TODAY),
    )
    draft = replace(new_draft(store, TODAY, customer), lines=lines, reference="{year}-{month}", terms=10)
    original = save_draft(store, replace(draft, terms_rule="eom", due=date(2026, 12, 31)))
    fixed, current = (create_schedule(store, original.id or 0, MONTHLY, prices=prices) for prices in Prices)
    with store.writing():
        row = {"invoice_id": current.invoice_id, "name": "a.txt", "type": "text/plain", "bytes": b"x"}
        store.run(tables.Attachment.insert(row))
    save_item(store, Item("Rent", "Rent", "950"), "Rent")
    november = [made(store, schedule, FIRST) for schedule in (fixed, current)]
    assert [draft.lines[0].rate for draft in november] == ["900", "950"]
    assert [line.description for line in november[0].lines] == [
        "Loyer de octobre 2026",
        "Du 31 oct. 2026 – 29 nov. 2026, {other}",
    ]
    assert november[0].reference == "2026-octobre"
    assert (november[0].lines[1].service_from, november[0].lines[1].service_to) == (FIRST, date(2026, 11, 29))
    assert november[0].due == date(2026, 11, 30)  # the end of the month in which the ten days end
    file = tables.Attachment
    assert [store.value(file.select(file.bytes).where(file.invoice_id == one.id)) for one in november] == [None, b"x"]
    for period in (date(2026, 11, 30), date(2026, 12, 31)):
        made(store, fixed, period)
    january = made(store, fixed, date(2027, 1, 31), date(2027, 1, 31))
    taxes = [[(rate.code, rate.percent) for rate in draft.rates] for draft in (november[0], january)]
    assert taxes == [[("GST", 5), ("QST", Decimal("9.975"))], [("GST", 5), ("QST", 10)]]


def test_several_missed_periods_wait_for_a_person(store: Store) -> None:
    one, other = scheduled(store), scheduled(store)
    today = date(2026, 12, 1)
    for schedule in (one, other, one):
        assert make_invoice(store, schedule.id, FIRST, today, alone=True) is None
    alerts = open_alerts(store)
    assert [(alert.kind, alert.invoice_id) for alert in alerts] == [(AlertKind.RECURRING_MISSED, None)] * 2
    assert sums(store, TODAY)[InvoiceFilter.ALERTS].count == 0  # the list shows no template
    assert (alerts[0].detail["count"], alerts[0].detail["dates"]) == ("2", "2026-10-31 2026-11-30")
    # A person skips one, and then the other one is no question any more.
    skip_period(store, one.id, FIRST)
    assert make_invoice(store, one.id, date(2026, 11, 30), today, alone=True) is not None
    assert [alert.detail["address"] for alert in open_alerts(store)] == [f"@{other.invoice_id}"]
    delete_schedule(store, other.id)
    assert open_alerts(store) == []


def test_an_invoice_of_the_first_day_is_the_first_one(store: Store) -> None:
    original = issue_invoice(store, a_draft(store))
    schedule = create_schedule(store, original.id or 0, replace(MONTHLY, first=original.date, most=2))
    assert [(run.period, run.number) for run in runs_of(store, schedule.id)] == [(TODAY, original.number)]
    assert schedule.upcoming() == [date(2026, 12, 24)]
    assert schedule_of(store, original.id or 0) == schedule.id
    # An old invoice proposes the next date that keeps its day.
    assert proposed_first(original, date(2026, 12, 23)) == TODAY
    assert proposed_first(replace(original, date=date(2026, 8, 31)), TODAY) == date(2026, 11, 30)


def test_skip_pause_and_resume(store: Store) -> None:
    schedule = scheduled(store)
    skip_period(store, schedule.id, FIRST)
    with pytest.raises(ChangedElsewhere):
        skip_period(store, schedule.id, FIRST)
    undo_skip(store, schedule.id, FIRST)
    assert (get_schedule(store, schedule.id).next, runs_of(store, schedule.id)) == (FIRST, [])
    pause_schedule(store, schedule.id)
    today = date(2026, 12, 1)
    assert due_schedules(store, today) == []
    assert make_invoice(store, schedule.id, FIRST, today) is None
    resume_schedule(store, schedule.id, skip=get_schedule(store, schedule.id).due(today))
    assert get_schedule(store, schedule.id).next == date(2026, 12, 31)
    assert [run.skipped for run in runs_of(store, schedule.id)] == [True, True]
    with pytest.raises(ChangedElsewhere):
        undo_skip(store, schedule.id, FIRST)


def test_a_skip_that_is_undone_after_a_change_of_the_rhythm_does_not_stop_the_schedule(store: Store) -> None:
    schedule = scheduled(store)
    skip_period(store, schedule.id, FIRST)
    later = Rhythm(1, PeriodUnit.MONTH, date(2026, 11, 15))
    change_schedule(store, schedule.id, later, action=RecurringAction.DRAFT, prices=Prices.FIXED)
    undo_skip(store, schedule.id, FIRST)
    changed = get_schedule(store, schedule.id)
    assert changed.next == later.first
    assert make_invoice(store, schedule.id, later.first, later.first) is not None


def test_a_changed_rhythm_never_repeats_a_period_that_is_over(store: Store) -> None:
    schedule = scheduled(store, replace(MONTHLY, most=1))
    made(store, schedule, FIRST)
    assert get_schedule(store, schedule.id).status == "ended"
    earlier = Rhythm(1, PeriodUnit.WEEK, date(2026, 10, 24))
    changed = change_schedule(store, schedule.id, earlier, action=RecurringAction.SEND, prices=Prices.FIXED)
    assert (changed.next, changed.status) == (date(2026, 11, 7), "active")
    # The draft from before is not sent.
    assert unsent_invoices(store) == []


def test_a_repeated_command_does_not_create_a_second_schedule(store: Store) -> None:
    original = a_draft(store).id or 0
    first = create_schedule(store, original, MONTHLY)
    with pytest.raises(StoreError, match="already has the same schedule"):
        create_schedule(store, original, MONTHLY)
    create_schedule(store, original, replace(MONTHLY, every=2))
    delete_schedule(store, first.id)
    create_schedule(store, original, MONTHLY)


def test_a_form_does_not_turn_on_again_what_another_window_turned_off(store: Store) -> None:
    seen = scheduled(store, send=True)
    change_schedule(store, seen.id, MONTHLY, action=RecurringAction.DRAFT, prices=Prices.FIXED, seen=seen)
    ending = replace(MONTHLY, most=2)
    with pytest.raises(ChangedElsewhere, match="in another window"):
        change_schedule(store, seen.id, ending, action=RecurringAction.SEND, prices=Prices.FIXED, seen=seen)
    assert get_schedule(store, seen.id).action is RecurringAction.DRAFT
    # Both did the same.
    change_schedule(store, seen.id, MONTHLY, action=RecurringAction.DRAFT, prices=Prices.FIXED, seen=seen)


def test_what_is_to_be_sent_is_remembered_until_somebody_touches_it(store: Store) -> None:
    schedule = scheduled(store, send=True)
    first, second = made(store, schedule, FIRST), made(store, schedule, date(2026, 11, 30))
    change_schedule(store, schedule.id, MONTHLY, action=RecurringAction.DRAFT, prices=Prices.FIXED)
    made(store, schedule, date(2026, 12, 31))
    save_draft(store, second)
    assert [(one.invoice_id, one.changed) for one in unsent_invoices(store)] == [(first.id, False), (second.id, True)]
    assert give_up_sending(store, first.id or 0, "No address.")
    assert not give_up_sending(store, first.id or 0, "No address.")
    assert [one.invoice_id for one in unsent_invoices(store)] == [second.id]
    [alert] = open_alerts(store)
    assert (alert.kind, alert.invoice_id) == (AlertKind.RECURRING_UNSENT, first.id)
    issue_invoice(store, get_invoice(store, first.id or 0))
    assert open_alerts(store) == []
    give_up_sending(store, second.id or 0, "No address.")
    delete_draft(store, second.id or 0)
    assert (open_alerts(store), unsent_invoices(store)) == ([], [])


def test_a_copy_that_becomes_the_company_creates_and_sends_nothing(store: Store) -> None:
    schedule = scheduled(store, send=True)
    draft = made(store, schedule, FIRST)
    adopt(store, up_to_date=False)
    assert [one.status for one in all_schedules(store)] == ["paused"]
    assert unsent_invoices(store) == []
    kinds = {alert.kind: alert.invoice_id for alert in open_alerts(store)}
    assert kinds == {AlertKind.RECURRING_PAUSED: None, AlertKind.RECURRING_UNSENT: draft.id}


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 3),
    st.sampled_from([PeriodUnit.WEEK, PeriodUnit.MONTH]),
    st.lists(st.integers(-40, 60), min_size=1, max_size=25),
)
def test_whatever_the_clock_does_each_period_is_invoiced_once(every: int, unit: PeriodUnit, jumps: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = a_store(Path(folder))
        schedule = scheduled(store, Rhythm(every, unit, FIRST))
        today = FIRST
        days = []
        for jump in jumps:
            today = max(today + timedelta(jump), FIRST - timedelta(99))
            for period in takewhile(lambda period: period <= today, schedule.rhythm.since(FIRST)):  # noqa: B023
                make_invoice(store, schedule.id, period, today)
            days.append(today)
        latest = max(days)
        done = [run.period for run in runs_of(store, schedule.id)][::-1]
        due = list(takewhile(lambda period: period <= latest, schedule.rhythm.since(FIRST)))
        assert done == due
        dates = store.all(
            tables.Invoice.select(tables.Invoice.date).where(
                tables.Invoice.kind == InvoiceKind.INVOICE,
                tables.Invoice.book_status == BookStatus.DRAFT,
                tables.Invoice.id != 1,
            )
        )
        assert sorted(day for (day,) in dates) == done
