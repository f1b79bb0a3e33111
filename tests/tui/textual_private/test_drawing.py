"""Waiting for the terminal to draw."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from textual.events import Resize
from textual.geometry import Size

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


def test_a_size_that_is_reported_late_is_not_the_last_word() -> None:
    driver = DriverHooks.__new__(DriverHooks)
    vars(driver).update(terminal_size=lambda: (80, 24))
    posted: list[Resize] = []
    app: Any = SimpleNamespace(_driver=driver, picture=SimpleNamespace(forget=lambda: None), post_message=posted.append)
    for size in (Size(40, 15), Size(80, 24)):
        AppHooks.on_resize(app, Resize(size, size))
    assert [event.size for event in posted] == [Size(80, 24)]
