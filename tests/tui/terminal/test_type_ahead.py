"""Keys that arrive faster than the screens change: each waits until the one before has taken effect."""

from textual.widgets import Input

from facturier.tui.app import FacturierApp
from facturier.tui.screens.editor.screen import EditorScreen
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import text_of, until
from tests.tui.support.typing import burst


async def test_a_search_typed_at_once_runs_no_commands(shop: Shop) -> None:
    shop.draft("Nord")
    shop.draft("Quai")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await burst(pilot, "/nord")
        assert len(app.screen_stack) == 1
        await until(pilot, lambda: "Nord" in text_of(app) and "Quai" not in text_of(app))


async def test_a_key_that_opens_a_screen_opens_it_once(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await burst(pilot, "nn")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        assert len(app.screen_stack) == 2
        assert app.screen.query_one("#customer Input", Input).value == "n"
