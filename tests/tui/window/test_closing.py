"""A screen that is closed while its worker is running: errors of the worker are then ignored."""

import asyncio

import pytest
from textual import work
from textual.app import ComposeResult
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widgets import Label
from textual.worker import Worker

from facturier.tui.app import FacturierApp
from facturier.tui.screens.dialogs.dialogs import ProblemScreen
from tests.tui.conftest import Faults
from tests.tui.support.sample import Shop

SIZE = (80, 24)


class Lingering(Label):
    """A label that is removed only when the worker has finished, which starts after the other label was removed."""

    async def on_unmount(self) -> None:
        screen = self.parent
        assert isinstance(screen, Working)
        while screen.query("#found"):
            await asyncio.sleep(0.01)
        screen.ready.set()
        while screen.finding is not None and not screen.finding.is_finished:
            await asyncio.sleep(0.01)


class Working(Screen[None]):
    """A screen whose worker finishes only while the screen is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.ready = asyncio.Event()
        self.finding: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        yield Label("…", id="found")
        yield Lingering()

    @work
    async def find(self) -> None:
        await self.ready.wait()
        self.query_one("#found", Label).update("found")


@pytest.mark.parametrize("way", ["dismissed", "ended"])
async def test_work_that_ends_while_its_screen_closes_raises_no_error(shop: Shop, way: str) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        screen = Working()
        await app.push_screen(screen)
        screen.finding = screen.find()
        await pilot.pause()
        if way == "dismissed":
            await screen.dismiss()
    assert isinstance(screen.finding.error, NoMatches)


async def test_an_error_of_work_on_an_open_screen_is_raised(shop: Shop, faults: Faults) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        screen = Working()
        await app.push_screen(screen)
        await screen.query_one("#found").remove()
        screen.find()
        screen.ready.set()
        await pilot.pause()
        assert isinstance(app.screen, ProblemScreen)
    assert isinstance(faults.found.pop(), NoMatches)
