"""The checklist of a new company on its list of invoices."""

from dataclasses import replace

from textual.widgets import OptionList

from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.models.books.invoice import Customer
from facturier.models.company.checklist import Step, is_shown, show_checklist, steps_done
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.settings import read_company
from facturier.tui.app import FacturierApp
from facturier.tui.screens.companies.checklist import Checklist
from facturier.tui.screens.customer.screen import CustomerScreen
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from facturier.tui.screens.settings.screen import SettingsScreen
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until


def begin(shop: Shop) -> None:
    """Start like a new company."""
    company = replace(read_company(shop.store), tax_numbers="", sender=DefaultSender())
    with shop.store.writing():
        save_company(shop.store, company)
        show_checklist(shop.store, shown=True)


async def test_every_step_is_a_key_away_and_marked_when_the_books_have_it(shop: Shop) -> None:
    begin(shop)
    assert not any(steps_done(shop.store).values())
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "0 of 6 done" in text_of(app) and app.focused is not None)
        assert isinstance(app.focused, OptionList)  # so that Enter opens the first step
        assert "…" not in text_of(app)  # every line fits into 80 columns
        for key, field in (("enter", "address"), ("2", "tax_numbers"), ("3", "logo")):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
            await until(pilot, lambda field=field: app.screen.query_one(f"#{field}").has_focus_within)  # type: ignore[misc]
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        for key, screen in (("4", SettingsScreen), ("5", CustomerScreen), ("6", EditorScreen)):
            await pilot.press(key)
            await until(pilot, lambda screen=screen: isinstance(app.screen, screen))  # type: ignore[misc]
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))

        # Another window completes some of the steps.
        save_customer(shop.store, Customer(name="Zoe", email="zoe@client.example"))
        save_company(shop.store, replace(read_company(shop.store), address="1 Main Street", logo="/logo.png"))
        await until(pilot, lambda: "3 of 6 done" in text_of(app) and "✓ 5  First customer" in text_of(app))
        # With an invoice, the list comes first again.
        shop.draft()
        await sees(pilot, "✓ 6  First invoice")
        assert isinstance(app.screen, InvoicesScreen)
        list_screen = app.screen
        await until(pilot, lambda: list_screen.rows.region.y < list_screen.query_one(Checklist).region.y)
        await until(pilot, lambda: list_screen.rows.has_focus)  # d deletes a draft, it does not dismiss the checklist
        assert {step for step, done in steps_done(shop.store).items() if not done} == {Step.TAX_NUMBERS, Step.SENDER}

        sender = DefaultSender(kind="folder", address="hello@acme.example", folder=str(shop.mail))
        save_company(shop.store, replace(read_company(shop.store), tax_numbers="GST 1", sender=sender))
        await until(pilot, lambda: not app.screen.query(Checklist))
        await until(pilot, lambda: not is_shown(shop.store))
        assert list_screen.rows.has_focus


def test_each_invoice_warns_about_a_missing_tax_number_until_there_is_one(shop: Shop) -> None:
    save_company(shop.store, replace(read_company(shop.store), tax_numbers=""))

    def warnings() -> list[str]:
        draft_id = shop.draft().id
        assert draft_id is not None
        prepared = prepare(shop.ws, draft_id, compose(shop.ws, draft_id))
        assert prepared.ready
        return [finding.text for finding in prepared.findings]

    assert ["does not show your number for GST" in text for text in warnings()] == [True]
    shop.issued()
    assert ["does not show your number for GST" in text for text in warnings()] == [True]
    save_company(shop.store, replace(read_company(shop.store), tax_numbers="123456789 RT 0001"))
    assert warnings() == []


def test_the_first_invoice_in_english_to_quebec_warns(shop: Shop) -> None:
    customer = Customer(name="Café Noir", email="a@noir.example", address="1, rue X\nGatineau QC J8X 1A1")
    save_customer(shop.store, customer)

    def warnings() -> list[str]:
        draft_id = shop.draft("Café Noir").id
        assert draft_id is not None
        return [finding.text for finding in prepare(shop.ws, draft_id, compose(shop.ws, draft_id)).findings]

    assert ["must be in French" in text for text in warnings()] == [True]
    shop.issued("Café Noir")
    assert warnings() == []


async def test_an_older_company_has_no_checklist(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "No invoices yet")
        await pilot.pause(0.3)
        assert not app.screen.query(Checklist)
