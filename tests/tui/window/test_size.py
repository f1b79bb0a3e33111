"""Windows of every size."""

from facturier.tui.app import FacturierApp
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys


async def test_a_window_that_is_too_small_says_so_and_keeps_typed_text(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "n", "=Zoe")
        for size in ((39, 24), (80, 9), (1, 1), (39, 9)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: type(app.screen).__name__ == "TooSmallScreen")
        await until(pilot, lambda: "needs 40 columns" in text_of(app).replace("\n", " ").replace("  ", " "))
        await pilot.press("f1")
        await until(pilot, lambda: type(app.screen).__name__ == "HelpScreen")
        await pilot.resize_terminal(40, 15)
        await pilot.press("escape")
        await sees(pilot, "Zoe")


async def test_a_dialog_above_another_one_hides_it(shop: Shop) -> None:
    shop.failed()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "enter")
        await sees(pilot, "Deliveries")
        await keys(pilot, "v", "=wrong", "enter")
        await sees(pilot, "“wrong”")
        await until(pilot, lambda: text_of(app).count("╭") == 1)
        await pilot.press("escape")
        await until(pilot, lambda: "wrong" in text_of(app) and "“wrong”" not in text_of(app))
        await until(pilot, lambda: text_of(app).count("╭") == 1)
