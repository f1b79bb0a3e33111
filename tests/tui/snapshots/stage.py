"""What a scene has at hand: the program at a company, and keys."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.tui.sample import Shop
from tests.tui.screen_text import text_of, until
from tests.tui.snapshots.still import Threads
from tests.tui.typing import keys


class Stage:
    """`patch` is undone after the test."""

    def __init__(self, pilot: Pilot[Any], shop: Shop, threads: Threads, patch: pytest.MonkeyPatch) -> None:
        self.pilot, self.shop, self.patch = pilot, shop, patch
        self._threads = threads

    @property
    def app(self) -> App[Any]:
        return self.pilot.app

    @property
    def text(self) -> str:
        return text_of(self.app)

    async def press(self, *typed: str) -> None:
        """Press keys, as `tests.tui.typing.keys` takes them, each once the screen shows what the one before did."""
        for one in typed:
            await keys(self.pilot, one)
            await self.calm()

    async def until(self, true: Callable[[], object]) -> None:
        await until(self.pilot, true)
        await self.calm()

    async def calm(self) -> None:
        """Wait until no thread works for the screens, and they show what it did."""
        quiet = 0
        for _turn in range(500):
            await self.pilot.pause()
            if self._threads.busy:
                quiet = 0
                await asyncio.sleep(0.01)  # a pause would take the processor from the thread
                continue
            quiet += 1
            if quiet == 2:
                return
        raise AssertionError(f"still working:\n{self.text}")

    async def resize(self, columns: int, lines: int) -> None:
        if self.app.size != (columns, lines):
            await self.pilot.resize_terminal(columns, lines)
            await self.calm()
