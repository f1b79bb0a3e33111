"""The text on the screen."""

import asyncio
from collections.abc import Callable

from textual.app import App
from textual.pilot import Pilot


def text_of(app: App[None]) -> str:
    """Return the lines of the top screen as they were drawn."""
    return "\n".join("".join(segment.text for segment in line) for line in app.screen._compositor.render_strips())


async def until(pilot: Pilot[None], true: Callable[[], object], *, seconds: float = 5) -> None:
    """Wait until something is true. Fail if it is not in time."""
    for _step in range(int(seconds / 0.02)):
        if true():
            return
        await pilot.pause(0.02)
    raise AssertionError(f"not within {seconds} s; the screen shows:\n{text_of(pilot.app)}")


async def ended(app: App[None], *, seconds: float = 10) -> None:
    """Wait until the program has ended. The pilot cannot do this, because it waits for widgets."""
    for _step in range(int(seconds / 0.02)):
        if not app.is_running:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"not ended within {seconds} s; the screen shows:\n{text_of(app)}")
