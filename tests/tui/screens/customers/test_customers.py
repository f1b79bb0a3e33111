"""The list of customers, the page of one, the form, archiving and merging."""

import asyncio
from dataclasses import replace

import pytest
from peewee import fn
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import OptionList

from facturier.models.books.contacts import Contact, Copy
from facturier.models.books.customers import customer_named
from facturier.models.books.invoice import Customer
from facturier.models.chasing.silence import are_off_for, turn_customer
from facturier.models.customers.customer_list import customer_ids
from facturier.models.customers.merge import merge_customers
from facturier.models.customers.saving import save_customer
from facturier.models.customers.upkeep import delete_customer
from facturier.models.drafts.drafts import save_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.payments.payments import record_payment
from facturier.models.store import tables
from facturier.tui.app import FacturierApp
from facturier.tui.screens.customer.screen import CustomerScreen
from facturier.tui.screens.customers.page import CustomerPage
from facturier.tui.screens.customers.screen import CustomersScreen
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.screens.invoice.screen import InvoiceScreen
from facturier.tui.terminal import type_ahead
from facturier.tui.widgets.inputs.fields import Area, Field
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import burst, keys


@pytest.fixture
def books(shop: Shop) -> Shop:
    """Two customers who are the same, one who owes in two currencies, and one who was never billed."""
    record_payment(shop.store, shop.issued("Boulangerie Tremblay").id or 0, shop.today, 4000)
    shop.issued("Clinique du Parc", "300")
    clinic = customer_named(shop.store, "Clinique du Parc")
    assert clinic is not None
    save_customer(shop.store, replace(clinic, email="accueil@parc.example"))
    draft = shop.draft("Clinique du Parc", "50")
    issue_invoice(shop.store, save_draft(shop.store, replace(draft, currency="EUR")))
    save_customer(shop.store, Customer(name="Tremblay Boulangerie", email="COMPTA@tremblay.example", telephone="418"))
    save_customer(shop.store, Customer(name="Zoé", email="zoe@zenith.example"))
    return shop


async def at_customers(pilot: Pilot[None], books: Shop) -> CustomersScreen:
    await keys(pilot, "C")
    await until(pilot, lambda: "5 customers" in text_of(pilot.app) or "4 customers" in text_of(pilot.app))
    screen = pilot.app.screen
    assert isinstance(screen, CustomersScreen)
    return screen


def names(screen: CustomersScreen) -> list[str]:
    return [row.name for row in screen.rows.rows]


async def test_the_list_is_searched_sorted_and_shows_what_is_owed(books: Shop) -> None:
    app = FacturierApp(books.ws)
    async with app.run_test(size=(100, 24), notifications=True) as pilot:
        screen = await at_customers(pilot, books)
        assert names(screen) == ["Boulangerie Tremblay", "Clinique du Parc", "Tremblay Boulangerie", "Zoé"]
        await sees(pilot, "315.00, EUR 52.50")
        await sees(pilot, "65.00")
        await keys(pilot, "greater_than_sign")
        assert names(screen)[:2] == ["Clinique du Parc", "Boulangerie Tremblay"]
        await keys(pilot, "less_than_sign")
        assert names(screen)[-1] == "Clinique du Parc"
        await keys(pilot, "slash", "=compta@")
        assert {*names(screen)} == {"Boulangerie Tremblay", "Tremblay Boulangerie"}
        await sees(pilot, "2 customers")
        await keys(pilot, "enter", "escape")
        assert len(names(screen)) == 4
        # Another window changes what is owed.
        books.issued("Zoé", "1000")
        await sees(pilot, "1,050.00")
        await keys(pilot, "escape")
        await until(pilot, lambda: not isinstance(app.screen, CustomersScreen))


async def test_archive_undo_delete_and_merge(books: Shop) -> None:
    store = books.store
    first = customer_named(store, "Boulangerie Tremblay")
    other = customer_named(store, "Tremblay Boulangerie")
    assert first is not None
    assert other is not None
    draft = books.draft("Tremblay Boulangerie")
    app = FacturierApp(books.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await at_customers(pilot, books)
        await keys(pilot, "d")
        await sees(pilot, "“Boulangerie Tremblay” is archived.")
        await sees(pilot, "“Boulangerie Tremblay” is archived. u to undo.")
        await until(pilot, lambda: len(names(screen)) == 3)
        await keys(pilot, "u")
        await until(pilot, lambda: len(names(screen)) == 4)
        await keys(pilot, "d")
        await until(pilot, lambda: len(names(screen)) == 3)
        await keys(pilot, "f")
        await sees(pilot, "4 customers, with archived ones")
        screen.rows.go_to(first.id or 0)
        await keys(pilot, "d")
        await sees(pilot, "no longer archived")
        # After that, the next one is selected, not the first one.
        await keys(pilot, "f")
        await sees(pilot, "4 customers")
        screen.rows.go_to(other.id or 0)
        await keys(pilot, "d")
        await until(pilot, lambda: len(names(screen)) == 3)
        await until(pilot, lambda: screen.rows.chosen is not None and screen.rows.chosen.name == "Zoé")
        await keys(pilot, "u")
        await until(pilot, lambda: screen.rows.chosen is not None and screen.rows.chosen.id == other.id)

        # Nobody was billed: it is deleted, after a question. Undoing this does not turn reminders on.
        zoe = customer_named(store, "Zoé")
        assert zoe is not None
        turn_customer(store, zoe.id or 0, off=True)
        for restored in (True, False):
            screen.rows.action_end()
            await keys(pilot, "d")
            await sees(pilot, "Delete “Zoé”?")
            await keys(pilot, "y")
            await until(pilot, lambda: len(names(screen)) == 3)
            assert customer_named(store, "Zoé") is None
            if restored:
                await keys(pilot, "u")
                await until(pilot, lambda: len(names(screen)) == 4)
                assert customer_named(store, "Zoé") == zoe
                assert are_off_for(store, zoe.id or 0)

        # Deleted on its own page: the list offers to undo it.
        lone = save_customer(store, Customer(name="Zulu"))
        await until(pilot, lambda: len(names(screen)) == 4)
        screen.rows.go_to(lone.id or 0)
        await keys(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, CustomerPage))
        await keys(pilot, "d")
        await sees(pilot, "Delete “Zulu”?")
        await keys(pilot, "y")
        await until(pilot, lambda: app.screen is screen)
        await sees(pilot, "“Zulu” was deleted. u to undo.")
        assert len(names(screen)) == 3
        await keys(pilot, "u")
        await sees(pilot, "“Zulu” was restored.")
        assert customer_named(store, "Zulu") == lone
        assert screen.rows.chosen is not None
        assert screen.rows.chosen.id == lone.id
        delete_customer(store, lone.id or 0)
        await until(pilot, lambda: len(names(screen)) == 3)

        # The duplicate is proposed without typing.
        screen.rows.go_to(first.id or 0)
        await keys(pilot, "M")
        await sees(pilot, "Merge a customer into “Boulangerie Tremblay”")
        await sees(pilot, "COMPTA@tremblay.example")
        assert app.screen.query_one(OptionList).option_count == 1
        await keys(pilot, "enter")
        await sees(pilot, "1 invoice and the contacts of “Tremblay")
        assert customer_named(store, "Tremblay Boulangerie") == other
        await keys(pilot, "y")
        await until(pilot, lambda: len(names(screen)) == 2)
    assert books.invoice(draft.id).customer.id == first.id
    merged = customer_named(store, "Boulangerie Tremblay")
    assert merged is not None
    assert merged.telephone == "418"
    assert len(customer_ids(store)) == 2


async def test_the_page_of_a_customer_leads_to_invoices_payments_and_a_new_invoice(books: Shop) -> None:
    known = customer_named(books.store, "Boulangerie Tremblay")
    assert known is not None
    save_customer(books.store, replace(known, ship_to="Dock 4", notes="Pays late", qst_number="1234567890TQ0001"))
    app = FacturierApp(books.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await at_customers(pilot, books)
        await keys(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, CustomerPage) and "Owed CAD 65.00" in text_of(app))
        for words in (
            "compta@tremblay.example (To)",
            "Dock 4",
            "Pays late",
            "1234567890TQ0001",
            "Invoices (1)",
            "1001",
        ):
            await sees(pilot, words)
        page = app.screen
        # The history is folded until `h` shows it.
        await sees(pilot, "h shows them")
        assert "Customer changed" not in text_of(app)
        await keys(pilot, "h")
        await sees(pilot, "Customer changed: Ship to, Tax numbers, Notes")
        await sees(pilot, "1001: Payment of CAD 40.00")
        await keys(pilot, "h")
        await until(pilot, lambda: "Customer changed" not in text_of(app))
        await keys(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))
        await keys(pilot, "escape")
        await until(pilot, lambda: app.screen is page)
        await keys(pilot, "ctrl+t")
        await until(pilot, lambda: "Payments (1)" in text_of(app) and "40.00" in text_of(app))
        assert "Invoices (1)" not in text_of(app)
        await keys(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))
        await keys(pilot, "escape")
        await until(pilot, lambda: app.screen is page)
        await keys(pilot, "n")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await keys(pilot, "=Bread", "tab", "tab", "tab", "=10", "ctrl+s")
        await sees(pilot, "saved")
        await keys(pilot, "escape")
        await until(pilot, lambda: app.screen is page)
        await keys(pilot, "ctrl+t")
        await sees(pilot, "Invoices (2)")
        # Another window merges it: there is nothing to show any longer.
        other = customer_named(books.store, "Clinique du Parc")
        assert other is not None
        merge_customers(books.store, other.id or 0, known.id or 0)
        await until(pilot, lambda: isinstance(app.screen, CustomersScreen))
    last = books.invoice(books.store.value(tables.Invoice.select(fn.MAX(tables.Invoice.id))))
    assert (last.ship_to, last.lines[0].item) == ("Dock 4", "Bread")


async def test_the_form_has_every_field_and_says_what_is_wrong(books: Shop) -> None:
    app = FacturierApp(books.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await at_customers(pilot, books)
        await keys(pilot, "n")
        await until(pilot, lambda: isinstance(app.screen, CustomerScreen))
        form = app.screen
        await keys(pilot, "=Kiln", "enter", "=5", "enter", "=Ann", "enter", "=a@k.example", "enter", "=1", "f6")
        texts = {"street": "5 rue Monge", "city": "Paris", "postcode": "75005", "ship_to": "Dock 4", "notes": "v"}
        for name, text in texts.items():
            field = form.query_one(f"#{name}")
            assert isinstance(field, Field | Area)
            field.text = text
        assert app.focused is form.query_one("#street TextArea")
        await keys(pilot, "f6", "tab", "=15", "f6", "f6", "=12", "enter", "enter", "=FR40303265045")
        form.query_one("#country", Field).text = "france"
        copies = [*form.query(".contact-row .contact-email").results(Field)][1]
        copies.text = "cc@"
        await keys(pilot, "f9")
        await until(pilot, lambda: "“cc@” is incomplete" in text_of(app) and app.focused is copies.input)
        copies.text = "cc@k.example"
        await keys(pilot, "f9")
        number = form.query_one("#business_number", Field)
        await until(pilot, lambda: "A business number has 9 digits" in text_of(app) and app.focused is number.input)
        await keys(pilot, "escape")
        await sees(pilot, "Go back without saving this customer?")
        await keys(pilot, "n")
        await until(pilot, lambda: app.screen is form)
        await until(pilot, lambda: app.focused is number.input)  # the focus is where it was
        number.text = "123026635 rt 0001"
        telephone = form.query_one("#telephone", Field)
        telephone.text = "kiln@k.example"
        await keys(pilot, "ctrl+s")
        await sees(pilot, "This is an email address. Enter it under Contacts.")
        assert app.focused is telephone.input
        telephone.text = "5"
        await keys(pilot, "ctrl+s")
        await until(pilot, lambda: app.screen is screen)
        chosen = screen.rows.chosen
        assert chosen is not None
        assert chosen.name == "Kiln"
        await keys(pilot, "e")
        await until(pilot, lambda: isinstance(app.screen, CustomerScreen))
        seen = customer_named(books.store, "kiln")
        assert seen is not None
        save_customer(books.store, replace(seen, notes="vip"))  # in another window
        await keys(pilot, "tab", "=14", "ctrl+s")
        await until(pilot, lambda: app.screen is screen)
    kept = customer_named(books.store, "kiln")
    assert kept is not None
    assert replace(kept, id=None) == Customer(
        name="Kiln",
        contact="Ann",
        email="a@k.example",
        cc="cc@k.example",
        address="5 rue Monge\n75005 Paris\nFrance",
        terms=15,
        telephone="514",
        contacts=(Contact("Ann", "a@k.example", "1"), Contact("", "cc@k.example", "", Copy.CC)),
        street="5 rue Monge",
        city="Paris",
        postcode="75005",
        country="FR",
        ship_to="Dock 4",
        business_number="123026635RT0001",
        vat_id="FR40303265045",
        notes="vip",
    )


async def test_keys_typed_while_the_form_opens_reach_the_fields_in_their_order(
    books: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete = CustomerScreen._add_rest

    async def complete_slowly(form: CustomerScreen) -> None:
        await asyncio.sleep(type_ahead._PATIENCE + 0.2)  # as on a busy machine
        await complete(form)

    app = FacturierApp(books.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_customers(pilot, books)
        await burst(pilot, "e\t5145557777")
        await until(pilot, lambda: isinstance(app.screen, CustomerScreen) and app.screen.focused is not None)
        form = app.screen
        telephone = form.query_one("#telephone", Field)
        await until(pilot, lambda: telephone.text == "5145557777" and app.focused is telephone.input)
        assert form.query_one("#name", Field).text == "Boulangerie Tremblay"
        await keys(pilot, "f9")
        await until(pilot, lambda: app.screen is screen)

        # The sections that are added last are in their place before the first key counts.
        for name, completing in (("f6", complete), ("shift+tab", complete_slowly)):
            monkeypatch.setattr(CustomerScreen, "_add_rest", completing)
            app.post_message(Key("e", "e"))
            for _key in range(3 if name == "f6" else 1):
                app.post_message(Key(name, None))
            field = "#language Picker" if name == "f6" else "#notes TextArea"
            await until(pilot, lambda field=field: [app.focused] == [*app.screen.query(field)])  # type: ignore[misc]
            await keys(pilot, "escape")
            await until(pilot, lambda: app.screen is screen)
    kept = customer_named(books.store, "Boulangerie Tremblay")
    assert kept is not None
    assert (kept.telephone, kept.email) == ("5145557777", "compta@tremblay.example")
