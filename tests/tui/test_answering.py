"""Results of screens: each is returned once, to the screen that asked, even if another screen is above it."""

import asyncio

import pytest
from textual.events import Key

from facturier.models.books.customers import find_customers
from facturier.models.books.status import State
from facturier.models.issuing.deleting import delete_draft
from facturier.models.outbox.changes.resolving import cancel_delivery
from facturier.models.outbox.deliveries import deliveries_of, get_delivery
from facturier.models.payments.payments import payments_of, record_payment
from facturier.tui import screen
from facturier.tui.app import FacturierApp
from facturier.tui.screen import Dialog
from facturier.tui.screens.companies.screen import CompaniesScreen
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen, ProblemScreen
from facturier.tui.screens.dialogs.help import HelpScreen
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.screens.invoice.payments.payment import PaymentScreen
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from facturier.tui.screens.outbox.screen import OutboxScreen
from facturier.tui.screens.settings.screen import SettingsScreen
from facturier.tui.widgets.inputs.options import Options
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import ended, sees, until
from tests.tui.support.stand_in import connect, google_for
from tests.tui.support.typing import hurried, keys


async def test_a_result_below_another_screen_is_shown_when_that_screen_closes(shop: Shop, asking_no_dns: Shop) -> None:
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test() as pilot:
        await keys(pilot, "s")
        await sees(pilot, "Ready")
        with shop.store.writing():  # the outbox is locked by somebody else
            await hurried(pilot, "f9", "f1")
            await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await until(pilot, lambda: deliveries_of(shop.store, draft.id or 0))
        await pilot.pause(0.05)
        assert isinstance(app.screen, HelpScreen)
        await keys(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await keys(pilot, "escape")
        assert app.screen_stack == [app.screen]


async def test_a_batch_finished_below_another_screen_opens_the_outbox_when_that_screen_closes(
    shop: Shop, asking_no_dns: Shop
) -> None:
    shop.draft("One")
    shop.draft("Two")
    app = FacturierApp(shop.ws)
    async with app.run_test() as pilot:
        await keys(pilot, "space", "space", "s")
        await sees(pilot, "2 will be sent")
        await keys(pilot, "f9", "enter", "f1")
        await until(pilot, lambda: len(list(shop.mail.iterdir())) == 2)
        await keys(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, OutboxScreen))
        await keys(pilot, "escape")
        assert app.screen_stack == [app.screen]


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds, by which the screens measure how long a key is held."""
    seconds = [0.0]
    monkeypatch.setattr(screen, "PATIENCE", 0.7)
    monkeypatch.setattr(screen, "monotonic", lambda: seconds[0])
    return seconds


async def test_a_held_key_sends_nothing(shop: Shop, asking_no_dns: Shop, watch: list[float]) -> None:
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test() as pilot:
        await keys(pilot, "enter", "f9", "f9")
        await sees(pilot, "Ready")
        for _repeat in range(9):
            watch[0] += 0.15
            await keys(pilot, "f9")
        assert not deliveries_of(shop.store, draft.id or 0)
        watch[0] += 0.3
        await keys(pilot, "f9")
        await until(pilot, lambda: deliveries_of(shop.store, draft.id or 0))


async def test_enter_does_not_answer_the_question_that_enter_opened(shop: Shop, watch: list[float]) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test() as pilot:
        answers: list[bool | None] = []
        app.push_screen(ConfirmScreen("Really?"), answers.append)
        await pilot.pause()
        await keys(pilot, "enter", "enter")
        assert answers == []
        watch[0] += 0.8
        await keys(pilot, "enter")
        assert answers == [True]


async def test_deleting_a_draft_and_removing_gmail_need_a_confirmation(shop: Shop) -> None:
    draft = shop.draft()
    with google_for(shop) as google:
        connect(shop, google)
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 30)) as pilot:
            await keys(pilot, "d", "enter")
            assert isinstance(app.screen, ConfirmScreen)
            await keys(pilot, "n")
            assert shop.invoice(draft.id)
            await app.push_screen(SettingsScreen(shop.ws, "sending"))
            await keys(pilot, "enter", "end", "enter", "enter")
            await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
            await keys(pilot, "enter", "n")
            assert shop.ws.connection() is not None


async def test_a_payment_is_recorded_once_if_the_key_repeats(shop: Shop) -> None:
    invoice = shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test() as pilot:
        await keys(pilot, "p")
        with shop.store.writing():
            await hurried(pilot, "enter", "enter", "escape")  # it can no longer be cancelled
            assert isinstance(app.screen, PaymentScreen)
            await hurried(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await pilot.pause(0.1)
        assert len(payments_of(shop.store, invoice.id or 0)) == 1


async def test_a_payment_recorded_meanwhile_is_noticed(shop: Shop) -> None:
    invoice = shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test() as pilot:
        await keys(pilot, "p")
        record_payment(shop.store, invoice.id or 0, shop.today, 5000)
        await keys(pilot, "enter")
        await sees(pilot, "has changed")
        await keys(pilot, "escape")
        await sees(pilot, "Balance: CAD 55.00")
        assert [payment.amount for payment in payments_of(shop.store, invoice.id or 0)] == [5000]


async def test_a_new_customer_is_saved_once(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 40)) as pilot:
        await keys(pilot, "n", "=Zed", "f4")
        with shop.store.writing():
            await hurried(pilot, "f9", "f9")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await pilot.pause(0.1)
        assert isinstance(app.screen, EditorScreen)
        assert [customer.name for customer in find_customers(shop.store)] == ["Zed"]


async def test_the_outbox_keeps_its_cursor_and_names_the_cancelled_delivery(shop: Shop) -> None:
    first, second = shop.queued("First"), shop.queued("Second", 7200)
    app = FacturierApp(shop.ws)
    async with app.run_test(notifications=True) as pilot:
        await keys(pilot, "O")
        await sees(pilot, "Second")
        cancel_delivery(shop.store, first.id)
        shop.queued("Earlier", 60)
        await sees(pilot, "Earlier")
        assert isinstance(app.screen, OutboxScreen)
        chosen = app.screen.rows.chosen
        assert chosen is not None
        assert chosen.id == first.id
        await keys(pilot, "end", "home", "down")
        app.screen.rows.go_to(second.id)
        shop.queued("Still earlier", 30)
        await sees(pilot, "Still earlier")
        await keys(pilot, "u")
        await until(pilot, lambda: get_delivery(shop.store, second.id).state is State.CANCELLED)
        await sees(pilot, f"Sending undone. Invoice {second.number} is a draft again")


async def test_a_row_deleted_in_another_window_is_reported(shop: Shop) -> None:
    one, two = shop.draft("One"), shop.draft("Two")
    app = FacturierApp(shop.ws)
    async with app.run_test() as pilot:
        await keys(pilot, "space", "space")
        await sees(pilot, "2 marked")
        delete_draft(shop.store, two.id or 0)
        await sees(pilot, "1 marked")
        delete_draft(shop.store, one.id or 0)
        await keys(pilot, "s")
        assert isinstance(app.screen, ProblemScreen)


async def test_quitting_waits_for_deliveries_being_queued(shop: Shop, asking_no_dns: Shop) -> None:
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test() as pilot:
        await keys(pilot, "s")
        await sees(pilot, "Ready")
        with shop.store.writing():
            await hurried(pilot, "f9", "ctrl+q")
            await asyncio.sleep(0.1)
        await until(pilot, lambda: deliveries_of(shop.store, draft.id or 0))


async def test_quitting_asks_about_an_unsaved_customer(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 40)) as pilot:
        await keys(pilot, "n", "=Zed")
        editor = app.screen
        await keys(pilot, "f4")
        await until(pilot, lambda: app.screen is not editor)
        await keys(pilot, "=Marie", "ctrl+q")
        await sees(pilot, "Quit without saving?")
        await keys(pilot, "n")
        await sees(pilot, "Marie")
        await keys(pilot, "ctrl+q", "y")
        await ended(app)


@pytest.mark.parametrize(
    ("opening", "typed"),
    [(("p",), "15"), (("enter", "v"), "a mistake"), (("a", "b"), "Subject: Undelivered"), (("f3", "n"), "Acme Two")],
)
async def test_quitting_asks_about_a_dialog_only_if_something_was_typed(
    shop: Shop, opening: tuple[str, ...], typed: str
) -> None:
    shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 40)) as pilot:
        await keys(pilot, *opening)
        await until(pilot, lambda: app.focused is not None and isinstance(app.screen, Dialog))
        await keys(pilot, f"={typed}", "ctrl+q", "ctrl+q")
        await sees(pilot, "Quit without saving?")
        await keys(pilot, "n")
        assert isinstance(app.screen, Dialog)
        await sees(pilot, typed)
        await keys(pilot, "escape")
        await keys(pilot, *opening[1:] if len(opening) > 1 else opening, "ctrl+q")
        await ended(app)


async def test_a_range_starts_only_at_a_marked_row(shop: Shop) -> None:
    for name in ("One", "Two", "Three"):
        shop.draft(name)
    app = FacturierApp(shop.ws)
    async with app.run_test() as pilot:
        await keys(pilot, "space", "escape", "end", "M")
        assert isinstance(app.screen, InvoicesScreen)
        assert app.screen.rows.marked == set()


async def test_options_can_be_paged_before_they_are_laid_out_and_without_room(shop: Shop) -> None:
    shop.draft("Zed and a long name")
    app = FacturierApp(shop.ws)
    async with app.run_test() as pilot:
        app.push_screen(CompaniesScreen(shop.ws))
        listed = Options("One", "Two")
        await pilot.pause()
        await app.screen.query_one(".companies-box").mount(listed)
        listed.highlighted = 0
        listed.action_page_down()  # type: ignore[no-untyped-call]
        await keys(pilot, "escape", "n", "=Zed")
        await pilot.resize_terminal(1, 24)
        await pilot.pause()
        await pilot.resize_terminal(80, 24)
        await sees(pilot, "Zed and a long name")


async def test_a_screen_closed_before_it_is_mounted_raises_no_error(shop: Shop) -> None:
    shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test() as pilot:
        for key in ("comma", "f", "n", "s", "f3", "O", "a"):
            app.post_message(Key(key, key if len(key) == 1 else None))
            app.post_message(Key("escape", None))
            await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
