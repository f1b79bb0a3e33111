"""A timer that fires once is never lost, nor is a call that waits for the next picture."""

from itertools import count

import pytest
from textual.app import App
from textual.screen import Screen

from facturier.tui.app import FacturierApp
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import until


async def test_a_timer_fires_if_the_process_was_stopped_while_it_began(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fired: list[str] = []
    app: App[None] = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        seconds = count()
        with monkeypatch.context() as patch:
            patch.setattr("textual.timer._time.get_time", lambda: float(next(seconds)))  # a second later each time
            app.set_timer(0.01, lambda: fired.append("app"))
            app.screen.set_timer(0.000_01, lambda: fired.append("screen"))
            await until(pilot, lambda: len(fired) == 2)
    assert sorted(fired) == ["app", "screen"]


async def test_a_call_after_the_next_picture_happens_if_another_screen_opens_first(shop: Shop) -> None:
    called: list[str] = []
    app: App[None] = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        first = app.screen
        await app.push_screen(Screen())
        await pilot.pause()
        # The call waits, the screen was seen behind the one that opened, and now it is covered.
        first._callbacks.append((lambda: called.append("call"), first))
        first._screen_resized(app.size)
        await until(pilot, lambda: called, seconds=5)
    assert called == ["call"]
