"""The reports on the screen, by keys alone."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from facturier.models.books.invoice import Invoice
from facturier.models.drafts.drafts import save_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.payments.payments import record_payment
from facturier.models.reports import figures
from facturier.models.reports.document_figures import Document, DocumentLine, Figures, figures_of
from facturier.models.reports.period import PeriodName, named_period
from facturier.tui.app import FacturierApp
from facturier.tui.words import reports as words
from facturier.tui.words.formatting import long_day
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until


def abroad(shop: Shop, currency: str, rate: str) -> Invoice:
    draft = replace(shop.draft("Garage Lévesque"), currency=currency, exchange_rate=rate)
    return issue_invoice(shop.store, save_draft(shop.store, draft))


async def test_a_report_for_another_period_basis_and_currency_and_what_is_behind_it(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    today = shop.today
    invoice = shop.issued("Garage Lévesque", "200", today)
    shop.issued("Boulangerie Tremblay", "100", date(today.year - 1, 6, 15))
    record_payment(shop.store, invoice.id or 0, today, 10500)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("R")
        await sees(pilot, "Sales by customer")
        await pilot.press("down", "enter")
        await sees(pilot, "Net 200.00")
        await until(pilot, lambda: str(today.year) in text_of(app).splitlines()[0])
        await pilot.press("left_square_bracket")
        await sees(pilot, "Net 100.00")
        await pilot.press("right_square_bracket", "equals_sign", "end", "enter")
        await until(pilot, lambda: "All dates" in text_of(app).splitlines()[0] and "Net 300.00" in text_of(app))
        await sees(pilot, "▇▇▇▇▇▇▇▇▇▇")
        await pilot.press("end", "enter")  # the last month
        await until(pilot, lambda: "1 document" in text_of(app) and "Garage Lévesque" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Invoice 1001" in text_of(app) or "1001" in text_of(app).splitlines()[0])
        await pilot.press("escape", "escape")
        await sees(pilot, "Net 300.00")
        # Two dates: the year of the older one.
        await pilot.press("equals_sign", "tab", "ctrl+u", *f"1/1/{today.year - 1}", "tab", "ctrl+u")
        await pilot.press(*f"31/12/{today.year - 2}", "enter")
        await sees(pilot, "ends before it begins")
        await pilot.press("ctrl+u", *f"30/12/{today.year - 1}", "enter")
        await until(pilot, lambda: long_day(date(today.year - 1, 12, 30)) in text_of(app).splitlines()[0])
        await sees(pilot, "Net 100.00")
        await pilot.press("X", "enter")
        name = f"sales-by-month-{today.year - 1}-01-01-{today.year - 1}-12-30.csv"
        await until(pilot, lambda: (tmp_path / name).exists())
        assert (tmp_path / name).read_text("utf-8-sig").splitlines()[1] == f"{today.year - 1}-06,1,100.00,5.00,105.00"
        await pilot.press("escape", "end", *["up"] * 3, "enter")  # Tax by rate
        await sees(pilot, "Accrual basis")
        await pilot.press("equals_sign", "end", "enter")
        await sees(pilot, "Amount 15.00")
        await pilot.press("t")
        await until(pilot, lambda: "Cash basis" in text_of(app) and "Amount 5.00" in text_of(app))
        await pilot.press("escape", "home", "enter")
        await sees(pilot, "Owed 210.00")
        await until(pilot, lambda: long_day(today) in text_of(app).splitlines()[0])
        await pilot.press("left_square_bracket")
        await sees(pilot, "Owed 105.00")
        await pilot.press("right_square_bracket")
        await sees(pilot, "Owed 210.00")
        assert "$" not in text_of(app).splitlines()[-1]
        await pilot.press("escape", "end", "enter")
        await sees(pilot, "No gaps and no duplicates.")
        # An invoice in euro is converted, and one without a rate is named and listed.
        abroad(shop, "EUR", "1.5")
        lost = abroad(shop, "USD", "")
        await pilot.press("escape", *["up"] * 3, "enter")  # Tax by rate
        await sees(pilot, "Accrual basis")
        await pilot.press("equals_sign", "end", "enter")
        await until(pilot, lambda: "Amount 22.50" in text_of(app) and "exchange rates: 1 in EUR" in text_of(app))
        app.clear_notifications()  # of the file, in front of the last lines
        left_out = f"1 document in USD has no exchange rate and is not included: {lost.number}"
        await sees(pilot, left_out)
        await pilot.press("end", "enter")
        await until(pilot, lambda: "1 document" in text_of(app) and "No exchange rate: 1 in USD" in text_of(app))
        await sees(pilot, str(lost.number))
        await pilot.press("escape", "home", "enter")  # the amount of a converted invoice names its currency
        await until(pilot, lambda: "3 documents" in text_of(app) and "EUR 105.00" in text_of(app))
        await pilot.press("escape", "dollar_sign")
        await until(pilot, lambda: "EUR only" in text_of(app) and "Amount 5.00" in text_of(app))
        assert "No exchange rate" not in text_of(app)


async def test_a_report_found_in_the_palette_shows_its_preparation_which_stops_and_continues(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figures of many invoices are computed while the keys work. Leaving the report stops that, and nothing that
    was done is lost."""
    for _each in range(3):
        shop.issued("Garage Lévesque", "200", named_period(PeriodName.LAST_QUARTER, shop.today).since)
    monkeypatch.setattr(words, "_MANY", 1)
    monkeypatch.setattr(figures, "_CHUNK", 1)
    may_go_on = threading.Event()

    def computed(document: Document, lines: Sequence[DocumentLine]) -> Figures:
        if document.id > 1:
            assert may_go_on.wait(60)
        return figures_of(document, lines)

    monkeypatch.setattr(figures, "figures_of", computed)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("colon", *"receivables")
        await sees(pilot, "Report: Aging")
        await pilot.press("ctrl+u", *"tax return", "enter")
        await sees(pilot, "Preparing reports: 1 of 3 invoices")
        await pilot.press("escape")
        await until(pilot, lambda: "Preparing" not in text_of(app))
        may_go_on.set()
        await until(pilot, lambda: figures.unreported(shop.store) == 1)
        await pilot.press("colon", *"tax return", "enter")
        await until(pilot, lambda: "Sales and other revenue" in text_of(app) and "600.00" in text_of(app))
        assert figures.unreported(shop.store) == 0
