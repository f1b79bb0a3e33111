"""The text on the screen."""

import asyncio
from collections.abc import Callable

from textual.app import App
from textual.pilot import Pilot


def text_of(app: App[None]) -> str:
    """Return the lines of the top screen as they were drawn. Empty while a new text area has no styles yet."""
    try:
        strips = app.screen._compositor.render_strips()
    except KeyError:
        return ""
    return "\n".join("".join(segment.text for segment in line) for line in strips)


async def until(pilot: Pilot[None], true: Callable[[], object], *, seconds: float = 20) -> None:
    """Wait until something is true. Fail if it is not in time, where only the pauses count: a machine may be busy."""
    waited = 0.0
    while not true():
        if waited >= seconds:
            raise AssertionError(f"not within {seconds} s; the screen shows:\n{text_of(pilot.app)}")
        pause = 0.02 if waited < 0.2 else 0.05
        await pilot.pause(pause)
        waited += pause


async def sees(pilot: Pilot[None], text: str, *, seconds: float = 20) -> None:
    """Wait until the screen shows a text. Parts of a screen are drawn at different times, so a test waits for each."""
    await until(pilot, lambda: text in text_of(pilot.app), seconds=seconds)


async def ended(app: App[None], *, seconds: float = 30) -> None:
    """Wait until the program has ended. The pilot cannot do this, because it waits for widgets."""
    for _step in range(int(seconds / 0.02)):
        if not app.is_running:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"not ended within {seconds} s; the screen shows:\n{text_of(app)}")
