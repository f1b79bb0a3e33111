"""A search for several words, which runs in a thread and is replaced by the next key."""

from facturier.tui.app import FacturierApp
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys


async def test_a_search_for_several_words_shows_what_was_typed_last(shop: Shop) -> None:
    shop.draft("Café du Nord")
    shop.draft("Café Zénith")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("slash")
        await keys(pilot, "=cafe")
        await pilot.press("space")
        await keys(pilot, "=no")
        await until(pilot, lambda: "Nord" in text_of(app) and "Zénith" not in text_of(app))
        await pilot.press("backspace", "backspace", "z")
        await until(pilot, lambda: "Nord" not in text_of(app) and "Zénith" in text_of(app))
        await pilot.press("q")
        await sees(pilot, "No match for “cafe zq”")
        await pilot.press("escape")
        await until(pilot, lambda: "Nord" in text_of(app) and "Zénith" in text_of(app))
