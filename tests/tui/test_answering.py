"""Answers of screens: each is given once, by the screen that was asked, whatever stands above it."""

from facturier.models.customers import find_customers
from facturier.models.deliveries import deliveries_of
from facturier.models.payments import payments_of, record_payment
from facturier.tui.app import FacturierApp
from facturier.tui.screens.editor import EditorScreen
from facturier.tui.screens.help import HelpScreen
from facturier.tui.screens.invoices import InvoicesScreen
from facturier.tui.screens.payment import PaymentScreen
from tests.tui.sample import Shop
from tests.tui.screen_text import text_of, until
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
