"""Typing at the screens as a person does: keys only."""

import asyncio

from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot


async def keys(pilot: Pilot[None], *typed: str) -> None:
    """Press keys, each after the one before has had its effect: a text that begins with `=` letter by letter, any
    other is the name of one key.

    Faster than `Pilot.press`, which waits after each key until the whole process is idle.
    """
    for one in typed:
        if one.startswith("="):
            for letter in one[1:]:
                await _press(pilot, _character_to_key(letter), letter)
        else:
            await _press(pilot, one, None)
            await pilot.pause(0)  # the focus may go elsewhere
    await pilot.pause()


async def burst(pilot: Pilot[None], text: str) -> None:
    """Many keys in one go, as a slow line delivers what was typed ahead, with `\\n` for Enter and `\\t` for Tab."""
    for letter in text:
        key = {"\n": "enter", "\t": "tab"}.get(letter) or _character_to_key(letter)
        pilot.app.post_message(Key(key, None if letter in "\n\t" else letter))
    await pilot.pause()


async def _press(pilot: Pilot[None], key: str, character: str | None) -> None:
    pilot.app.post_message(Key(key, character))
    for _turn in range(50):  # of the loop: to the widget, up to the app, and back with what follows from it
        await asyncio.sleep(0)
