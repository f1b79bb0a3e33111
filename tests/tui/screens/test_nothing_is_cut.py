"""Amounts, hints, keys and counts are whole in every list, in both languages, at 80 and 60 columns."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from facturier.models.books.invoice import Customer
from facturier.models.books.status import ByHand, InvoiceKind, PeriodUnit
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.issuing.by_hand import mark_sent
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.payments.payments import record_payment
from facturier.models.recurring.changing import create_schedule
from facturier.models.recurring.periods import Rhythm
from facturier.models.settings.line import Line
from facturier.models.text.i18n import speak
from facturier.tui.app import FacturierApp
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.title import Title
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import text_of, until
from tests.tui.support.typing import keys

LISTS = (
    *(("S",), ("H",), ("H", "f9"), ("Q",), ("L",), ("C",), ("C", "enter"), ("I",), ("V",)),
    *(("R",), ("R", "enter"), ("R", "enter", "enter"), ("O",), ("a",)),
)
SIZES = ((80, 24), (60, 20))


@pytest.fixture
def large(shop: Shop) -> Shop:
    """A company with large amounts in currencies that are not its own, all late."""
    day = shop.today - timedelta(100)
    for currency, rate in (("KWD", "1234567.890"), ("EUR", "1234567.89"), ("JPY", "12345678"), ("CAD", "1234567.89")):
        customer = Customer(name="Société d’exploitation forestière", email="compta@foret.example")
        lines = (Line("Work", "Consulting", "1", rate),)
        draft = replace(new_draft(shop.store, day, customer), currency=currency, lines=lines, due=day)
        issued = issue_invoice(shop.store, save_draft(shop.store, draft))
        mark_sent(shop.store, issued.id or 0, ByHand.OTHER, "a test")
        record_payment(shop.store, issued.id or 0, day, 1)  # so that the balance is shown besides the total
        create_schedule(shop.store, issued.id or 0, Rhythm(1, PeriodUnit.MONTH, shop.today + timedelta(1)))
        estimate = new_draft(shop.store, day, customer, InvoiceKind.ESTIMATE)
        issue_invoice(shop.store, save_draft(shop.store, replace(estimate, currency=currency, lines=lines)))
    return shop


def cut(app: FacturierApp) -> list[str]:
    """Return what is cut on the screen."""
    found = []
    for rows in app.screen.query(RowList[Any]):
        if not rows.size:
            continue
        for column, width in rows._fitted:
            texts = [column.cell(row).plain for row in rows.rows] if column.grows else []
            found += [f"{column.title}: {text}" for text in texts if cell_len(text) > width]
        if not rows.rows:
            shown = text_of(app).replace("\n", " ").split()
            found += [word for word in rows._empty.split() if word not in shown]
    for title in app.screen.query(Title):
        # The left side may be a long name.
        found += [str(title.right)] if str(title.right).rstrip() not in text_of(app) else []
    found += [line for line in text_of(app).split("\n")[-1:] if line.rstrip().endswith("…")]  # the keys
    return found


def reading(app: FacturierApp) -> bool:
    shown = text_of(app)
    return not shown or any(words in shown for words in ("Reading…", "Lecture…", "Checking", "Vérification"))


async def every_list(pilot: Pilot[None], app: FacturierApp) -> dict[str, list[str]]:
    found = {}
    for size in SIZES:
        await pilot.resize_terminal(*size)
        await until(pilot, lambda size=size: app.screen.size == size)  # type: ignore[misc]
        found[f"invoices at {size[0]}"] = cut(app)
        for path in LISTS:
            for key in path:
                before = app.screen
                await keys(pilot, key)
                await until(pilot, lambda: not reading(app))
                if app.screen is before:  # nothing to open
                    break
            found[f"{type(app.screen).__name__} at {size[0]}"] = cut(app)
            while not isinstance(app.screen, InvoicesScreen):
                before = app.screen
                await keys(pilot, "escape")
                await until(pilot, lambda before=before: app.screen is not before)  # type: ignore[misc]
    return {name: texts for name, texts in found.items() if texts}


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_with_large_amounts(large: Shop, language: str) -> None:
    speak(language)
    app = FacturierApp(large.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        assert await every_list(pilot, app) == {}


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_in_a_new_company(shop: Shop, language: str) -> None:
    speak(language)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        assert await every_list(pilot, app) == {}
