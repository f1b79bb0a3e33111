"""Statements of account on the screen: the list, one statement, sending one and several, and undo."""

from dataclasses import replace
from datetime import timedelta

import pytest

from facturier.models.books.customers import customer_named
from facturier.models.books.status import State
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import save_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.outbox.deliveries import notices_of
from facturier.models.settings.settings import read_company
from facturier.tui.app import FacturierApp
from facturier.tui.screens.customers.page import CustomerPage
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen, ProblemScreen
from facturier.tui.screens.dialogs.save_as import SaveAsScreen
from facturier.tui.screens.statements.screen import StatementsScreen
from facturier.tui.screens.statements.statement_screen import StatementScreen
from facturier.tui.widgets.inputs.fields import Field
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys


@pytest.fixture
def books(shop: Shop) -> Shop:
    """Three customers with a balance: one in two currencies, and one without an address. Sends wait for a minute."""
    save_company(shop.store, replace(read_company(shop.store), undo=60))
    shop.issued("Boulangerie Tremblay", "100", shop.today - timedelta(70))
    shop.issued("Clinique du Parc", "300")
    euros = shop.draft("Clinique du Parc", "50")
    issue_invoice(shop.store, save_draft(shop.store, replace(euros, currency="EUR")))
    shop.issued("Nobody", "7")
    nobody = customer_named(shop.store, "Nobody")
    assert nobody is not None
    save_customer(shop.store, replace(nobody, email="", contacts=()))
    with shop.store.writing():
        shop.store.write("UPDATE invoice SET reached = 1")
    return shop


def states(shop: Shop) -> list[State]:
    ids = [row[0] for row in shop.store.rows("SELECT id FROM invoice ORDER BY id")]
    return [delivery.state for found in ids for delivery in notices_of(shop.store, found)]


async def test_statements_are_listed_shown_sent_and_undone(books: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    app = FacturierApp(books.ws)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await keys(pilot, "S")
        await sees(pilot, "4 accounts")
        screen = app.screen
        assert isinstance(screen, StatementsScreen)
        assert [(row.account.name, row.account.currency) for row in screen.rows.rows] == [
            ("Boulangerie Tremblay", "CAD"),
            ("Clinique du Parc", "CAD"),
            ("Clinique du Parc", "EUR"),
            ("Nobody", "CAD"),
        ]
        await keys(pilot, "greater_than_sign")  # by what is owed, within each currency
        assert [row.account.owed for row in screen.rows.rows] == [315_00, 105_00, 7_35, 52_50]
        await keys(pilot, "less_than_sign", "slash", *"clin")
        await sees(pilot, "2 accounts")

        # Show one, for the open items and for a period; then see its email, and send it.
        await keys(pilot, "enter", "enter")
        await until(pilot, lambda: "Statement of Clinique du Parc" in text_of(app) and "Amount due" in text_of(app))
        shown = app.screen
        assert isinstance(shown, StatementScreen)
        await sees(pilot, "Open items")
        await keys(pilot, "right_square_bracket")
        await sees(pilot, "Opening balance")
        await keys(pilot, "t")
        await sees(pilot, "page 1 of 1")
        await keys(pilot, "t", "equals_sign", "home", "enter")
        await sees(pilot, "Amount due")
        monkeypatch.setattr("facturier.tui.screen.PATIENCE", 60)
        await keys(pilot, "f9")  # shows what it would send
        await sees(pilot, "Hello Clinique du Parc")
        await sees(pilot, "compta@tremblay.example")
        await keys(pilot, "f9")  # the key is held
        assert app.screen is shown
        assert states(books) == []
        monkeypatch.setattr("facturier.tui.screen.PATIENCE", 0)
        for key in ("s", "f9"):
            await keys(pilot, "ctrl+t")
            await sees(pilot, "Amount due")
            await keys(pilot, key)
            await sees(pilot, "Hello Clinique du Parc")
        await keys(pilot, "f9")
        await until(pilot, lambda: app.screen is screen and "in outbox" in text_of(app))
        await sees(pilot, "1 statement is in the outbox. u to undo.")
        assert states(books) == [State.QUEUED]
        await keys(pilot, "u")
        await sees(pilot, "Sending undone.")
        assert states(books) == [State.CANCELLED]

        # Send all that are shown, after a question that says what is not included.
        await keys(pilot, "escape")
        await sees(pilot, "4 accounts")
        await keys(pilot, "f9")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await sees(pilot, "Send 3 statements?")
        await sees(pilot, "Nobody: “To” is empty")
        await keys(pilot, "n")
        assert states(books) == [State.CANCELLED]
        await keys(pilot, "f9")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await keys(pilot, "y")
        await until(pilot, lambda: states(books).count(State.QUEUED) == 3 and app.screen is screen)
        await sees(pilot, "3 statements are in the outbox")
        await keys(pilot, "escape")
        await until(pilot, lambda: app.screen is not screen)
        await keys(pilot, "O")  # they are in the outbox like invoices, but under no number
        await sees(pilot, "3 ↻ Queued")
        rows = [line.partition("Statement")[2].split() for line in text_of(app).split("\n") if "↻ Queued " in line]
        assert [row[0] for row in rows if row] == ["Boulangerie", "Clinique", "Clinique"]
        await keys(pilot, "enter")
        await sees(pilot, "Statement of Boulangerie Tremblay")
        await keys(pilot, "escape", "u")
        await until(pilot, lambda: states(books).count(State.QUEUED) == 2)
        await keys(pilot, "escape", "S")
        await sees(pilot, "4 accounts")
        # Marked ones only: the one that was undone can be sent again, the others cannot.
        await keys(pilot, "space", "space", "f9")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen | ProblemScreen))
        await sees(pilot, "already sent today")
        await keys(pilot, "escape", "escape")


async def test_send_all_counts_right_after_the_list_opened(books: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facturier.tui.screen.PATIENCE", 60)  # for keys that are held: another key led here
    app = FacturierApp(books.ws)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await keys(pilot, "S")
        await sees(pilot, "4 accounts")
        await keys(pilot, "f9")
        await sees(pilot, "Send 3 statements?")


async def test_a_statement_is_opened_from_the_page_of_a_customer(books: Shop) -> None:
    app = FacturierApp(books.ws)
    async with app.run_test(size=(130, 30), notifications=True) as pilot:
        await keys(pilot, "C")
        await sees(pilot, "3 customers")
        await keys(pilot, "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, CustomerPage))
        page = app.screen
        await keys(pilot, "S")
        await until(pilot, lambda: "315.00" in text_of(app) and "Hello Clinique du Parc" in text_of(app))
        await keys(pilot, "dollar_sign")
        await sees(pilot, "EUR 52.50")
        await keys(pilot, "w")
        await until(pilot, lambda: isinstance(app.screen, SaveAsScreen))
        path = books.store.path.with_name("statement.pdf")
        app.screen.query_one(Field).text = str(path)
        await keys(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, StatementScreen) and path.exists())
        assert path.read_bytes().startswith(b"%PDF")
        await keys(pilot, "f9")
        await until(pilot, lambda: app.screen is page and states(books) == [State.QUEUED])
        await keys(pilot, "u")
        await until(pilot, lambda: states(books) == [State.CANCELLED])
