"""Several companies: switch to another one, open a path, create one, and share a Gmail address."""

from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import OptionList

from facturier.mail.google.connection import removal
from facturier.mail.new_company import new_company
from facturier.mail.open_workspace import companies_of, open_workspace
from facturier.mail.vault.permission import refusal
from facturier.models.books.alerts import open_alerts
from facturier.models.books.status import State
from facturier.models.company.recent import recent_companies, remember_company
from facturier.models.exports.company_file import company_lines
from facturier.models.outbox.deliveries import unfinished
from facturier.models.settings.settings import read_company
from facturier.models.store.backups.backups import back_up, copies_of
from facturier.models.store.fields import instant
from facturier.models.store.opening import open_company
from facturier.tui.app import FacturierApp
from facturier.tui.messages import CompanyChosen
from facturier.tui.screens.companies.screen import CompaniesScreen
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from facturier.tui.screens.preview.screen import PreviewScreen
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.inputs.picker import Picker
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.stand_in import connect, google_for
from tests.tui.support.typing import keys

SIZE = (80, 24)


def bakery(shop: Shop) -> Path:
    path = shop.store.path.with_name("bakery.facturier")
    new_company(path, name="Bakery [b]", email="hello@bakery.example", currency="EUR", language="en")
    return path


async def test_a_key_switches_to_another_company_and_back(shop: Shop) -> None:
    path = bakery(shop)
    remember_company(shop.ws.locations.data, path)
    remember_company(shop.ws.locations.data, shop.store.path)
    shop.draft("Only at Acme")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await sees(pilot, "Only at Acme")
        await pilot.press("f3")
        await sees(pilot, "Bakery [b]")
        await pilot.press("enter")
        await until(pilot, lambda: "No invoices yet" in text_of(app) and "Bakery [b]" in text_of(app))
        await until(pilot, lambda: recent_companies(shop.ws.locations.data)[0] == path)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await pilot.press("escape")
        # A change by another window at the new company is shown here; one at the old company is not.
        save = open_company(path)
        with save.writing():
            save.write("UPDATE setting SET value = value")
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, CompaniesScreen) and app.screen.query(OptionList).first())
        await sees(pilot, "Acme [EU] [/x]")
        await pilot.press("enter")
        await until(pilot, lambda: "Only at Acme" in text_of(app) and app.ws.store.path == shop.store.path)
        assert len(app.screen_stack) == 1
    assert len(copies_of(path, shop.ws.locations.copies)) == 1
    assert len(copies_of(shop.store.path, shop.ws.locations.copies)) == 1


async def test_a_send_in_progress_is_finished_before_switching(shop: Shop) -> None:
    path = bakery(shop)
    shop.queued(seconds=-1)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, CompaniesScreen))
        await pilot.press("o")
        app.screen.query_one(Field).text = str(path)
        await pilot.press("enter")
        await until(pilot, lambda: app.ws.store.path == path)
        assert not app.outbox_worker.busy or app.ws.store.path == path
    assert len(list(shop.mail.glob("*.eml"))) == 1


async def test_queued_invoices_are_named_and_waited_for_before_switching(shop: Shop) -> None:
    path = bakery(shop)
    remember_company(shop.ws.locations.data, path)
    remember_company(shop.ws.locations.data, shop.store.path)
    shop.queued(seconds=50)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("f3")
        await sees(pilot, "Bakery [b]")
        await pilot.press("enter")
        await sees(pilot, "1 email will be sent in")
        await until(pilot, lambda: "then switches to Bakery [b]" in " ".join(text_of(app).replace("│", " ").split()))
        await pilot.press("escape")  # stay
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        assert app.ws is shop.ws
        with shop.store.writing():
            shop.store.write("UPDATE delivery SET not_before = ?", instant(shop.store.clock() + timedelta(seconds=2)))
        await pilot.press("f3")
        await sees(pilot, "Bakery [b]")
        await pilot.press("enter")
        await sees(pilot, "1 email will be sent in")
        await until(pilot, lambda: app.ws.store.path == path and isinstance(app.screen, InvoicesScreen))
    assert len(list(shop.mail.glob("*.eml"))) == 1


async def test_switching_at_once_keeps_the_invoice_in_the_outbox(shop: Shop) -> None:
    path = bakery(shop)
    shop.queued(seconds=50)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.post_message(CompanyChosen(companies_of(shop.ws).open(path)))
        await sees(pilot, "1 email will be sent in")
        await pilot.press("y")
        await until(pilot, lambda: "No invoices yet" in text_of(app) and app.ws.store.path == path)
        assert len(app.screen_stack) == 1
    assert [found.state for found in unfinished(shop.store)] == [State.QUEUED]


async def test_a_path_that_is_not_a_company_is_reported_at_the_field(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("f3", "o")
        await sees(pilot, "Open a company")
        app.screen.query_one(Field).text = "/nowhere/at all"
        await pilot.press("enter")
        await sees(pilot, "Cannot find the company file")
        assert app.screen.query_one(Field).text == "/nowhere/at all"
        await pilot.press("escape", "escape")
    assert app.ws is shop.ws


async def test_a_new_company_is_created_and_opened(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("f3", "n")
        await sees(pilot, "New company")
        await pilot.press("enter")
        await sees(pilot, "needs a name")
        await keys(pilot, "=Cellar")
        assert app.screen.query_one("#path", Field).text.endswith("Cellar.facturier")
        await pilot.press("enter")
        await keys(pilot, "=a@b.example")
        await pilot.press("tab")
        await keys(pilot, "=EUR")
        await pilot.press("tab", "enter")  # with no taxes yet, Enter opens their list
        await sees(pilot, "Nova Scotia")
        app.screen.query_one("#taxes Picker", Picker).value = "FR"
        await pilot.press("escape")
        await until(pilot, lambda: "Nova Scotia" not in text_of(app) and "France" in text_of(app))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "No invoices yet" in text_of(app) and app.ws is not shop.ws)
    made = read_company(app.ws.store)
    assert (made.name, made.currency) == ("Cellar", "EUR")
    assert [(rate.code, str(rate.percent), rate.category) for rate in made.rates][:2] == [
        ("VAT", "20", "S"),
        ("VAT intermediate", "10", "S"),
    ]


async def test_a_company_is_created_from_its_export(shop: Shop, tmp_path: Path) -> None:
    shop.issued("Boulangerie Tremblay", "100")
    export = tmp_path / "acme.json"
    export.write_text("{}", encoding="utf-8")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("f3", "o")
        await sees(pilot, "Open a company")
        await keys(pilot, f"={export}", "enter")
        await sees(pilot, "Create a company from this export?")
        await pilot.press("y")
        await sees(pilot, "This is not an export of a company.")
        export.write_text("".join(company_lines(shop.store)), encoding="utf-8")
        await pilot.press("enter")
        await sees(pilot, "2.facturier")  # the other name is taken
        await pilot.press("y")
        await until(pilot, lambda: app.ws is not shop.ws and "Boulangerie Tremb" in text_of(app))
    assert app.ws.store.path.name == "acme 2.facturier"
    assert "".join(company_lines(app.ws.store)) == export.read_text(encoding="utf-8")


async def test_the_gmail_address_of_another_company_is_offered_as_the_sender(shop: Shop) -> None:
    with google_for(shop) as google:
        connect(shop, google)
        other = companies_of(shop.ws).open(bakery(shop))
        there = Shop.__new__(Shop)
        there.store, there.today = other.store, other.today()
        draft = there.draft()
        assert draft.id is not None
        app = FacturierApp(other)
        async with app.run_test(size=(120, 30), notifications=True) as pilot:
            app.push_screen(PreviewScreen(other, draft.id))
            await sees(pilot, "No sender yet")
            await pilot.pause(0.3)
            app.screen.query_one("#from Picker", Picker).focus()
            await pilot.press("enter")
            await sees(pilot, "as in Acme [EU] [/x]: no new consent needed")
            await pilot.press("down", "enter")
            await sees(pilot, "billing@acme.example   Gmail, connected")
        found = other.connection()
        assert found is not None
        assert found.address == "billing@acme.example"
        assert "is also used by" in removal(other)


@pytest.mark.parametrize("answer", ["y", "n"])
async def test_a_copy_asks_on_opening_whether_to_send_from_it(shop: Shop, tmp_path: Path, answer: str) -> None:
    shop.queued(seconds=-1)
    back_up(shop.store, tmp_path / "copy.facturier")
    ws = open_workspace(open_company(tmp_path / "copy.facturier"), shop.ws.locations, shop.ws.endpoints)
    app = FacturierApp(ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "Send from this file from now on?")
        await sees(pilot, "a copy of")
        await pilot.press("enter")  # a key that was meant for the screen before
        await sees(pilot, "Send from this file from now on?")
        await pilot.press(answer)
        await until(pilot, lambda: (refusal(ws) is None) == (answer == "y"))
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
    assert list(shop.mail.iterdir()) == []
    assert [alert.kind for alert in open_alerts(ws.store)] == (["stopped"] if answer == "y" else [])
