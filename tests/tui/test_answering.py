"""Answers of screens: each is given once, by the screen that was asked, whatever stands above it."""

import pytest

from facturier.models.customers import find_customers
from facturier.models.deliveries import deliveries_of
from facturier.models.payments import payments_of, record_payment
from facturier.tui import held_key
from facturier.tui.app import FacturierApp
from facturier.tui.screens.ask import AskScreen
from facturier.tui.screens.editor import EditorScreen
from facturier.tui.screens.help import HelpScreen
from facturier.tui.screens.invoices import InvoicesScreen
from facturier.tui.screens.outbox import OutboxScreen
from facturier.tui.screens.payment import PaymentScreen
from facturier.tui.screens.settings import SettingsScreen
from tests.tui.sample import Shop
from tests.tui.screen_text import text_of, until
from tests.tui.stand_in import connect, google_for
from tests.tui.typing import keys


async def test_work_that_ends_below_another_screen_is_answered_when_that_is_left(
    shop: Shop, asking_no_dns: Shop
) -> None:
    draft = shop.draft()
    app = FacturierApp(shop.desk)
    async with app.run_test() as pilot:
        await keys(pilot, "s")
        await until(pilot, lambda: "Ready" in text_of(app))
        with shop.store.writing():  # the outbox waits for somebody else
            await keys(pilot, "f9", "f1")
            assert isinstance(app.screen, HelpScreen)
        await until(pilot, lambda: deliveries_of(shop.store, draft.id or 0))
        await pilot.pause(0.05)
        assert isinstance(app.screen, HelpScreen)
        await keys(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await keys(pilot, "escape")
        assert app.screen_stack == [app.screen]


async def test_a_batch_that_ends_below_another_screen_leads_to_the_outbox_when_that_is_left(
    shop: Shop, asking_no_dns: Shop
) -> None:
    shop.draft("One")
    shop.draft("Two")
    app = FacturierApp(shop.desk)
    async with app.run_test() as pilot:
        await keys(pilot, "space", "space", "s")
        await until(pilot, lambda: "2 go" in text_of(app))
        await keys(pilot, "f9", "enter", "f1")
        await until(pilot, lambda: len(list(shop.mail.iterdir())) == 2)
        await keys(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, OutboxScreen))
        await keys(pilot, "escape")
        assert app.screen_stack == [app.screen]


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds, as the screens count how long a key may be held."""
    seconds = [0.0]
    monkeypatch.setattr(held_key, "PATIENCE", 0.7)
    monkeypatch.setattr(held_key, "monotonic", lambda: seconds[0])
    return seconds


async def test_a_key_that_is_held_sends_nothing(shop: Shop, asking_no_dns: Shop, watch: list[float]) -> None:
    draft = shop.draft()
    app = FacturierApp(shop.desk)
    async with app.run_test() as pilot:
        await keys(pilot, "enter", "f9", "f9")
        await until(pilot, lambda: "Ready" in text_of(app))
        for _repeat in range(9):
            watch[0] += 0.15
            await keys(pilot, "f9")
        assert not deliveries_of(shop.store, draft.id or 0)
        watch[0] += 0.3
        await keys(pilot, "f9")
        await until(pilot, lambda: deliveries_of(shop.store, draft.id or 0))


async def test_enter_does_not_answer_what_enter_opened(shop: Shop, watch: list[float]) -> None:
    app = FacturierApp(shop.desk)
    async with app.run_test() as pilot:
        answers: list[bool | None] = []
        app.push_screen(AskScreen("Really?"), answers.append)
        await pilot.pause()
        await keys(pilot, "enter", "enter")
        assert answers == []
        watch[0] += 0.8
        await keys(pilot, "enter")
        assert answers == [True]


async def test_a_draft_is_deleted_and_gmail_removed_by_a_yes_alone(shop: Shop) -> None:
    draft = shop.draft()
    with google_for(shop) as google:
        connect(shop, google)
        app = FacturierApp(shop.desk)
        async with app.run_test(size=(80, 30)) as pilot:
            await keys(pilot, "d", "enter")
            assert isinstance(app.screen, AskScreen)
            await keys(pilot, "n")
            assert shop.invoice(draft.id)
            await app.push_screen(SettingsScreen(shop.desk, "sending"))
            await keys(pilot, "enter", "end", "enter", "enter")
            await until(pilot, lambda: isinstance(app.screen, AskScreen))
            await keys(pilot, "enter", "n")
            assert shop.desk.connection() is not None


async def test_a_payment_is_recorded_once_however_often_the_key_comes(shop: Shop) -> None:
    invoice = shop.issued()
    app = FacturierApp(shop.desk)
    async with app.run_test() as pilot:
        await keys(pilot, "p")
        with shop.store.writing():
            await keys(pilot, "enter", "enter")
            await keys(pilot, "escape")  # it cannot be called off any more
            assert isinstance(app.screen, PaymentScreen)
            await keys(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await pilot.pause(0.1)
        assert len(payments_of(shop.store, invoice.id or 0)) == 1


async def test_a_payment_meets_what_was_paid_meanwhile(shop: Shop) -> None:
    invoice = shop.issued()
    app = FacturierApp(shop.desk)
    async with app.run_test() as pilot:
        await keys(pilot, "p")
        record_payment(shop.store, invoice.id or 0, shop.today, 5000)
        await keys(pilot, "enter")
        await until(pilot, lambda: "has changed" in text_of(app))
        await keys(pilot, "escape")
        assert "owes CAD 55.00" in text_of(app)
        assert [payment.amount for payment in payments_of(shop.store, invoice.id or 0)] == [5000]


async def test_a_new_customer_is_kept_once(shop: Shop) -> None:
    app = FacturierApp(shop.desk)
    async with app.run_test(size=(80, 40)) as pilot:
        await keys(pilot, "n", "=Zed", "f2")
        app.screen.query_one("#tax Input").focus()
        with shop.store.writing():
            await keys(pilot, "enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await pilot.pause(0.1)
        assert isinstance(app.screen, EditorScreen)
        assert [customer.name for customer in find_customers(shop.store)] == ["Zed"]
