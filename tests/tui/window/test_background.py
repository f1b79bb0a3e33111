"""Background work never delays keys."""

import asyncio
import threading

import pytest

from facturier.tui.app import FacturierApp
from facturier.tui.window import startup
from tests.tui.support.sample import Shop


@pytest.mark.parametrize("delay", ["_COPY", "_CHECK"])
async def test_keys_work_while_a_large_company_is_copied_and_checked(
    shop: Shop, delay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, over = threading.Event(), threading.Event()

    def take_long(*_asked: object, **_more: object) -> None:
        begun.set()
        over.wait(10)

    monkeypatch.setattr(startup, delay, 0.01)
    monkeypatch.setattr(startup, "CHECKED_AT_ONCE", 0)
    monkeypatch.setattr(startup, "keep_daily_copy", take_long)
    monkeypatch.setattr(shop.ws.store, "check", take_long)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)):
        while not begun.is_set():
            await asyncio.sleep(0.01)
        app.simulate_key("question_mark")
        for _step in range(100):  # the pilot's own pause would wait for the background work too
            await asyncio.sleep(0.02)
            if opened := len(app.screen_stack) == 2:
                break
        over.set()
        assert opened
