"""Exporting what a list shows: the rows, the columns, which are remembered, and a file that is never replaced."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from facturier.models.books.invoice import Customer
from facturier.models.books.status import InvoiceKind
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.exports.company_file import company_lines
from facturier.models.exports.lists import LISTS, column_names
from facturier.models.payments.payments import record_payment
from facturier.models.settings.line import Line
from facturier.tui.app import FacturierApp
from facturier.tui.words.columns import column_words
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until


async def test_what_the_list_shows_is_exported_with_the_columns_that_were_chosen(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for name in ("Boulangerie Tremblay", "Garage Lévesque", "=Acme"):
        shop.issued(name, "100")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("slash", *"acme", "enter", "X")
        await sees(pilot, "Export invoices")
        await sees(pilot, "✓ Number")  # and not “number”, as in the file
        # Down to “due”, which is not wanted.
        await pilot.press("tab", "j", "j", "space", "enter")
        file = tmp_path / f"invoices-{shop.today.isoformat()}.csv"
        await until(pilot, lambda: "1 row exported to" in text_of(app).replace("\n", " "))
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        assert lines[0].startswith("number,date,customer,currency,")
        assert [line.split(",")[2] for line in lines[1:]] == ["'=Acme"]
        # A mark counts, whatever the filter. The columns are remembered, and no file is replaced.
        await pilot.press("escape", "home", "space", "slash", *"acme", "enter", "X")
        await sees(pilot, "1 marked invoice.")
        await pilot.press("f9")
        await sees(pilot, "This file already exists.")
        await pilot.press(*"2.json", "f9")
        json = tmp_path / f"{file.name}2.json"
        await until(pilot, json.exists)
        await until(pilot, lambda: "Export invoices" not in text_of(app))
    found = json.read_text(encoding="utf-8")
    assert found.count('"number"') == 1
    assert '"due":' not in found


def test_every_column_has_a_name_for_the_reader() -> None:
    assert {name for kind in LISTS for name in column_names(kind) if column_words(name)[0] == name} == {"id"}


async def test_customers_and_estimates_are_exported_from_their_lists(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    shop.issued("Boulangerie Tremblay", "100"), shop.issued("Zoé", "20")
    draft = new_draft(shop.store, shop.today, Customer(name="Estimated"), InvoiceKind.ESTIMATE)
    save_draft(shop.store, replace(draft, lines=(Line("Big job", rate="200"),)))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("C", "slash", *"zoe", "enter", "X")
        await sees(pilot, "All customers that the list shows.")
        await pilot.press("tab", "end", "up", "up", "up", "space", "f9")  # with what they owe
        file = tmp_path / f"customers-{shop.today.isoformat()}.csv"
        await until(pilot, file.exists)
        await until(pilot, lambda: "Export customers" not in text_of(app))
        [row] = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))
        assert (row["name"], row["owed"]) == ("Zoé", "21.00")
        await pilot.press("escape", "escape", "Q", "X")
        await sees(pilot, "All estimates that the list shows")
        await pilot.press("f9")
        file = tmp_path / f"estimates-{shop.today.isoformat()}.csv"
        await until(pilot, file.exists)
        await until(pilot, lambda: "Export estimates" not in text_of(app))
    [row] = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    assert (row["customer"], row["total"], row["status"]) == ("Estimated", "200.00", "draft")


async def test_payments_and_the_company_are_exported_from_the_palette(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    invoice = shop.issued("Boulangerie Tremblay", "100")
    record_payment(shop.store, invoice.id or 0, shop.today, 2500, "cheque")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("colon", *"export pay", "enter")
        await sees(pilot, "Export payments")
        await pilot.press("f9")
        payments = tmp_path / f"payments-{shop.today.isoformat()}.csv"
        await until(pilot, payments.exists)
        await until(pilot, lambda: "F9 Export" not in text_of(app))
        await pilot.press("colon", *"export the company", "enter")
        await sees(pilot, "Export the whole company as JSON")
        await pilot.press("enter")
        company = tmp_path / f"{shop.store.path.stem}-{shop.today.isoformat()}.json"
        await until(pilot, company.exists)
    assert "1001,Boulangerie Tremblay,CAD,25.00,payment,cheque" in payments.read_text(encoding="utf-8")
    assert company.read_text(encoding="utf-8") == "".join(company_lines(shop.store))
