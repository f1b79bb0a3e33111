"""Type into the screens as a person does, with keys only."""

import asyncio

from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot

from tests.tui.support.settling import takes_keys


async def keys(pilot: Pilot[None], *typed: str) -> None:
    """Press keys, each after the one before has taken effect. A text that begins with `=` is typed letter by letter;
    any other text is the name of a key.

    This is faster than `Pilot.press`, which waits after each key until the whole process is idle.
    """
    for one in typed:
        await takes_keys(pilot.app)
        if one.startswith("="):
            for letter in one[1:]:
                await _press(pilot, _character_to_key(letter), letter)
        else:
            await _press(pilot, one, None)
            await pilot.pause(0)  # the focus may move
    await pilot.pause()


async def hurried(pilot: Pilot[None], *typed: str) -> None:
    """Press keys, by name, without waiting for a screen that is busy with the one before."""
    for one in typed:
        await _press(pilot, one, None)
    await asyncio.sleep(0.2)  # for the last one


async def burst(pilot: Pilot[None], text: str) -> None:
    """Type many keys at once, as they arrive over a slow line. `\\n` is Enter and `\\t` is Tab."""
    for letter in text:
        key = {"\n": "enter", "\t": "tab"}.get(letter) or _character_to_key(letter)
        pilot.app.post_message(Key(key, None if letter in "\n\t" else letter))
    await pilot.pause()


async def _press(pilot: Pilot[None], key: str, character: str | None) -> None:
    pilot.app.post_message(Key(key, character))
    for _turn in range(50):  # turns of the loop: the key goes to the widget, to the app, and back with its effects
        await asyncio.sleep(0)
