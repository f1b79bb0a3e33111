"""Waiting for the terminal to draw."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from facturier.tui.textual_private.app import AppHooks
from facturier.tui.textual_private.driver import DriverHooks


async def test_a_terminal_that_stopped_answering_is_waited_for_once() -> None:
    driver = DriverHooks.__new__(DriverHooks)
    asked: list[Callable[[], object]] = []
    vars(driver).update(answers=True, ask=asked.append)
    app: Any = SimpleNamespace(_driver=driver)
    for _send in range(3):
        await AppHooks.drawn(app, 0.01)
    assert len(asked) == 1
    vars(driver).update(answers=True, ask=lambda answered: answered())
    await AppHooks.drawn(app, 60)  # it answers again
