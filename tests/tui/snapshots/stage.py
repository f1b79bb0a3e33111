"""What a scene can use: the program with a company, and keys."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.tui.snapshots.still import Threads
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import text_of, until
from tests.tui.support.typing import keys


class Stage:
    """A running program for a scene. `patch` is undone after the test."""

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
        """Press keys like `tests.tui.support.typing.keys`, each after the screen shows the effect of the one before."""
        for one in typed:
            await keys(self.pilot, one)
            await self.calm()

    async def until(self, true: Callable[[], object]) -> None:
        await until(self.pilot, true)
        await self.calm()

    async def calm(self) -> None:
        """Wait until no thread works for the screens, and they show the results."""
        quiet = 0
        for _turn in range(500):
            await self.pilot.pause()
            if self._threads.busy:
                quiet = 0
                await asyncio.sleep(0.01)  # a pause of the pilot would take processor time from the thread
                continue
            if isinstance(whole := getattr(self.app.screen, "whole", None), asyncio.Event):
                await whole.wait()  # the rest of a form
            quiet += 1
            if quiet == 2:
                return
        raise AssertionError(f"still working:\n{self.text}")

    async def resize(self, columns: int, lines: int) -> None:
        if self.app.size != (columns, lines):
            await self.pilot.resize_terminal(columns, lines)
            await self.calm()
            if len(self.app.screen_stack) > 1:
                await self._tell_screens_below()

    async def _tell_screens_below(self) -> None:
        """The screens below a dialog hear of the new size after it. Wait until they have handled it."""
        await asyncio.sleep(0.1)  # until the app has told them
        for _turn in range(3):  # each may tell its widgets, and they it
            for screen in self.app.screen_stack:
                handled = asyncio.Event()
                screen.call_later(handled.set)
                await handled.wait()
            await self.calm()
