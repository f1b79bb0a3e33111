"""The words of every column fit into it, and so does its title, in both languages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from rich.cells import cell_len
from rich.text import Text

from facturier.models.books.status import DeliveryKind, Settlement, SettlementStatus, State
from facturier.models.estimates.estimate_list import Progressing, ProgressStatus
from facturier.models.imports.plan import Status as ImportStatus
from facturier.models.settings.reminders import level_text
from facturier.models.text.i18n import LANGUAGES, _, speak
from facturier.tui.screens.chase.rows import chase_columns
from facturier.tui.screens.customers.columns import KINDS, customer_columns, payment_columns
from facturier.tui.screens.customers.columns import invoice_columns as customer_invoice_columns
from facturier.tui.screens.estimates.columns import estimate_columns
from facturier.tui.screens.imports.rows import import_columns
from facturier.tui.screens.invoice_list.parts.columns import invoice_columns
from facturier.tui.screens.items.rows import item_columns
from facturier.tui.screens.outbox.batch_rows import batch_columns
from facturier.tui.screens.outbox.rows import outbox_columns
from facturier.tui.screens.recurring.rows import recurring_columns
from facturier.tui.screens.reports.documents import _columns as document_columns
from facturier.tui.screens.statements.rows import account_columns
from facturier.tui.widgets.estimate_status import progress_text
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.widgets.status import BY_HAND, DELIVERIES, DRAFT, NOT_SENT, VOID, email_status, settlement
from facturier.tui.words.formatting import long_day, short_day
from facturier.tui.words.imports import STATUS
from facturier.tui.words.notices import notice_word
from facturier.tui.words.recurring import _STATUS as SCHEDULES
from tests.tui.support.sample import Shop

TODAY = date(2026, 11, 24)
Columns = Sequence[Column[Any]]


def today() -> date:
    return TODAY


def lists() -> dict[str, Columns]:
    return {
        "invoices": invoice_columns(today, "CAD", lambda: datetime(2026, 11, 24, tzinfo=UTC)),
        "customers": customer_columns(today, "CAD"),
        "invoices of a customer": customer_invoice_columns(today, "CAD"),
        "payments of a customer": payment_columns(today, "CAD"),
        "estimates": estimate_columns(today, "CAD"),
        "items": item_columns("CAD"),
        "recurring": recurring_columns(today),
        "outbox": outbox_columns(today),
        "batch": batch_columns(),
        "chase": chase_columns(today),
        "statements": account_columns(today),
        "documents of a report": document_columns(today, "CAD"),
        "import": import_columns(),
    }


def forms(columns: Iterable[Column[Any]]) -> Iterator[Column[Any]]:
    for column in columns:
        yield column
        yield from forms(filter(None, (column.short, column.without and column.without[1])))


def words() -> dict[tuple[str, str], list[str]]:
    """The texts of the columns that show one of a few words, by list and title."""
    days = [date(TODAY.year, month, day) for month in range(1, 13) for day in (1, 28)]
    short = [short_day(day, TODAY) for day in days] + [short_day(day.replace(year=2025), TODAY) for day in days]
    long = [*map(long_day, days)]
    delivery = [one.text().plain for one in (NOT_SENT, DRAFT, VOID, *DELIVERIES.values(), *BY_HAND.values())]
    emails = {email_status(state, kind).plain for state in State for kind in DeliveryKind}
    owed = [
        *(settlement(SettlementStatus(Settlement.DUE, number)).plain for number in (0, 1, 30, 365)),
        *(settlement(SettlementStatus(Settlement.OVERDUE, -number)).plain for number in (1, 99, 999)),
        *(settlement(SettlementStatus(one, 0)).plain for one in Settlement),
    ]
    levels = [level_text(number) for number in (-30, -1, 0, 1, 30, 100)]
    results = [f"✗ {_('Blocked')}", f"⚠ {_('Excluded')}", f"✓ {_('Ready')}"]
    return {
        ("invoices", "Date"): short,
        ("invoices", "Due"): owed,
        ("invoices", "Delivery"): delivery,
        ("customers", "Last invoice"): short,
        ("invoices of a customer", "Date"): short,
        ("invoices of a customer", "Due"): owed,
        ("invoices of a customer", "Delivery"): delivery,
        ("payments of a customer", "Date"): long,
        ("payments of a customer", "Kind"): [_(kind) for kind in KINDS.values()],
        ("estimates", "Date"): short,
        ("estimates", "Until"): short,
        ("estimates", "Delivery"): delivery,
        ("recurring", "Next"): long,
        ("recurring", "State"): [_(status) for status in SCHEDULES.values()],
        ("outbox", "Time"): [*long, *(f"{day} 12:00" for day in short[: len(days)])],
        ("outbox", "Delivery"): [*emails],
        ("batch", "Result"): results,
        ("chase", "Reminder"): levels,
        ("chase", "Last reminder"): [f"{day} {email}" for day in short for email in emails],
        ("statements", "Last sent"): [*short, _("in outbox")],
        ("documents of a report", "Date"): long,
        ("documents of a report", "Due"): owed,
        ("import", "Result"): [f"✗ {_(STATUS[status])}" for status in ImportStatus],
    }


@pytest.fixture(params=LANGUAGES)
def _language(request: pytest.FixtureRequest) -> Iterator[None]:
    speak(request.param)
    yield
    speak("en")


@pytest.mark.usefixtures("_language")
def test_words_fit() -> None:
    columns, cut = lists(), []
    for (name, title), texts in words().items():
        found = [one for one in forms(columns[name]) if one.title == _(title) and not one.figures]
        assert found, (name, title)
        cut += [(name, title, text) for text in texts for one in found if cell_len(text) > one.width]
    assert cut == []


@pytest.mark.usefixtures("_language")
def test_titles_fit() -> None:
    cut = [
        (name, one.title)
        for name, columns in lists().items()
        for one in forms(columns)
        if cell_len(one.title) > one.width
    ]
    assert cut == []


@pytest.mark.usefixtures("_language")
def test_types_and_states_fit(shop: Shop) -> None:
    invoice, delivery = shop.issued(), shop.queued()
    [type_column] = [one for one in outbox_columns(today) if one.title == _("Type")]
    types = [notice_word(replace(delivery, kind=kind)) for kind in DeliveryKind]
    assert [one for one in types if cell_len(one) > type_column.width] == []
    [state_column] = [one for one in estimate_columns(today, "CAD") if one.title == _("State")]
    states: list[Text] = [progress_text(invoice, ProgressStatus(one, 100)) for one in Progressing]
    assert [one.plain for one in states if one.cell_len > state_column.width] == []
