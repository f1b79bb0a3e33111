"""The keys that work everywhere: copy or quit, and undo or suspend."""

from textual.widgets import Input

from facturier.models.books.status import State
from facturier.tui.app import FacturierApp
from facturier.tui.screens.alerts.screen import AlertsScreen
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import ended, sees, text_of, until


async def test_ctrl_c_copies_a_selection_and_never_quits_without_a_question(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+c")
        await sees(pilot, "Quit Facturier?")
        await pilot.press("ctrl+c")  # the second one does not ask again
        await pilot.pause()
        assert len([screen for screen in app.screen_stack if isinstance(screen, ConfirmScreen)]) == 1
        await pilot.press("n", "slash", *"bakery")
        await until(pilot, lambda: isinstance(app.focused, Input) and app.focused.value == "bakery")
        await pilot.press("shift+home", "ctrl+c")
        await until(pilot, lambda: app.clipboard == "bakery")
        await pilot.press("end", "ctrl+c")
        await sees(pilot, "Quit Facturier?")
        await pilot.press("y")
        await ended(app)


async def test_ctrl_z_undoes_where_there_is_something_to_undo(shop: Shop) -> None:
    delivery = shop.queued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await app.run_action("outbox", app.screen)
        await sees(pilot, "1 ↻ Queued")
        await pilot.press("ctrl+z")
        await sees(pilot, "1 ← Cancelled")
        await pilot.press("ctrl+z")
        await sees(pilot, "cannot suspend")
    assert shop.invoice(delivery.invoice_id).delivery is State.CANCELLED


async def test_a_click_on_the_count_of_alerts_shows_them(shop: Shop) -> None:
    shop.failed()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "1 alert")
        await pilot.click(offset=(text_of(app).index("1 alert"), 0))
        await until(pilot, lambda: isinstance(app.screen, AlertsScreen))
