"""A deleted schedule can be restored exactly as it was."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from facturier.models.books.attachments import attach_file
from facturier.models.books.customers import get_customer
from facturier.models.books.invoice import Customer
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import PeriodUnit, RecurringAction
from facturier.models.customers.merge import merge_customers
from facturier.models.customers.saving import save_customer
from facturier.models.errors import ChangedElsewhere
from facturier.models.issuing.deleting import delete_draft
from facturier.models.listing.totals import sums
from facturier.models.recurring.changing import create_schedule
from facturier.models.recurring.deleting import delete_schedule, restore_schedule
from facturier.models.recurring.making import make_invoice
from facturier.models.recurring.pausing import pause_schedule, skip_period
from facturier.models.recurring.periods import Rhythm
from facturier.models.recurring.schedule import Schedule, all_schedules, get_schedule, runs_of
from facturier.models.store.store import Store
from tests.models.making import TODAY, a_draft, a_store

FIRST = date(2026, 8, 31)
_TABLES = ("invoice", "line", "attachment", "schedule", "schedule_run", "tally")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path)


@pytest.fixture
def schedule(store: Store, tmp_path: Path) -> Schedule:
    """A paused schedule with a file, an invoice that it created, and a period that was skipped."""
    original = a_draft(store)
    made = create_schedule(store, original.id or 0, Rhythm(1, PeriodUnit.MONTH, FIRST), action=RecurringAction.SEND)
    (terms := tmp_path / "terms.txt").write_text("net 30")
    attach_file(store, made.invoice_id, terms, private=tmp_path / "private")
    make_invoice(store, made.id, FIRST, date(2026, 12, 31))
    skip_period(store, made.id, date(2026, 9, 30))
    pause_schedule(store, made.id)
    return get_schedule(store, made.id)


def content(store: Store) -> dict[str, list[tuple[object, ...]]]:
    return {table: sorted(store.rows(f"SELECT * FROM {table}"), key=str) for table in _TABLES}


def test_it_is_exactly_as_before(store: Store, schedule: Schedule) -> None:
    before, figures = content(store), sums(store, TODAY)
    deleted = delete_schedule(store, schedule.id)
    assert all_schedules(store) == []
    restore_schedule(store, deleted)
    assert content(store) == before
    assert sums(store, TODAY) == figures
    found = get_schedule(store, schedule.id)
    assert (found, found.next, found.paused) == (schedule, date(2026, 10, 31), True)


def test_drafts_that_were_deleted_in_the_meantime_stay_deleted(store: Store, schedule: Schedule) -> None:
    deleted = delete_schedule(store, schedule.id)
    for (draft,) in store.rows("SELECT id FROM invoice"):
        delete_draft(store, draft)  # the invoice that it was made from, and the one that it created
    restore_schedule(store, deleted)
    assert get_schedule(store, schedule.id) == schedule
    assert [run.invoice_id for run in runs_of(store, schedule.id)] == [None, None]
    assert get_invoice(store, schedule.invoice_id).source_id is None


def test_its_customer_was_changed_in_the_meantime(store: Store, schedule: Schedule) -> None:
    customer = get_customer(store, get_invoice(store, schedule.invoice_id).customer.id or 0)
    assert customer is not None
    deleted = delete_schedule(store, schedule.id)
    save_customer(store, replace(customer, contacts=(), email="new@address.example"))
    restore_schedule(store, deleted)
    assert get_invoice(store, schedule.invoice_id).customer.email == "new@address.example"


def test_its_customer_was_merged_in_the_meantime(store: Store, schedule: Schedule) -> None:
    gone = get_invoice(store, schedule.invoice_id).customer.id or 0
    kept = save_customer(store, Customer(name="Kept")).id or 0
    deleted = delete_schedule(store, schedule.id)
    merge_customers(store, kept, gone)
    before = content(store)
    with pytest.raises(ChangedElsewhere, match="deleted or merged"):
        restore_schedule(store, deleted)
    assert content(store) == before
