"""Open the invoice editor, close it, and read what it saved."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from facturier.models.books.invoice import Invoice
from facturier.tui.app import FacturierApp
from facturier.tui.screens.editor.screen import EditorScreen
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import until
from tests.tui.support.typing import keys


@asynccontextmanager
async def editing(
    shop: Shop, invoice_id: int | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[None]]:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=size, notifications=True) as pilot:
        await app.push_screen(EditorScreen(shop.ws, invoice_id))
        await pilot.pause()
        yield pilot


async def again(pilot: Pilot[None], shop: Shop, invoice_id: int | None = None) -> None:
    """Close the editor, and open it again in the same program."""
    await keys(pilot, "escape")
    await until(pilot, lambda: not isinstance(pilot.app.screen, EditorScreen))
    await pilot.app.push_screen(EditorScreen(shop.ws, invoice_id))
    await pilot.pause()


def drafts(shop: Shop) -> list[Invoice]:
    found = shop.store.rows("SELECT id FROM invoice ORDER BY id")
    return [shop.invoice(row[0]) for row in found]


async def saved(pilot: Pilot[None], shop: Shop) -> Invoice:
    """Return the only draft, once everything that was entered is saved."""
    editor = pilot.app.screen
    assert isinstance(editor, EditorScreen)
    await until(pilot, lambda: drafts(shop) and not editor._drafts.unsaved)
    return drafts(shop)[-1]
