"""Keys that are typed faster than the screens change.

Textual hands a key to whatever has the focus when it arrives, while the key before it may still be on its way to open
another screen or field. Over a slow line several arrive at once: `/tremblay` would not be searched for, it would be
eight commands to the list.
"""

import asyncio
import contextlib
from collections import deque
from typing import Any

from textual.app import ScreenStackError
from textual.dom import DOMNode
from textual.events import Event, Key, Paste

from facturier.tui.textual_private import AppHooks

_MOMENT = 0.02  # seconds: what a key draws is drawn before anything is done for the next one
_PATIENCE = 2.0  # seconds for what a key has begun; after that the next one is not held back any longer


class TypeAhead(AppHooks, inherit_bindings=False):
    """Hands on a key when everything that the key before it did is done, to the screen that it led to. Tests take the
    same way."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._typed_ahead: deque[Key | Paste] = deque()
        self._following: asyncio.Task[None] | None = None

    async def on_event(self, event: Event) -> None:
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._following is not None:
            self._typed_ahead.append(event)
        else:
            way = self._way()
            await super().on_event(event)
            self._following = asyncio.create_task(self._follow(way))

    async def _follow(self, way: list[DOMNode]) -> None:
        """Wait for the effect of a key, then hand on the keys that were typed meanwhile."""
        try:
            with contextlib.suppress(ScreenStackError):  # the program is ending
                await asyncio.sleep(_MOMENT)
                await self._settle(way)
                while self._typed_ahead:
                    way = self._way()
                    await super().on_event(self._typed_ahead.popleft())
                    await self._settle(way)
        except Exception as error:  # noqa: BLE001 - as for any other event
            self.handle_error(error)
        finally:
            self._following = None

    async def typed_out(self, seconds: float) -> None:
        """Wait until everything that was typed so far has arrived, for `seconds` at most."""
        until = asyncio.get_running_loop().time() + seconds
        await _passed(self)  # what the terminal has sent already
        while self._following is not None and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(_MOMENT)

    def _way(self) -> list[DOMNode]:
        """The way of a key: from what has the focus up to here."""
        return (self.focused or self.screen).ancestors_with_self

    async def _settle(self, way: list[DOMNode]) -> None:
        """Wait until a key has gone its way, and until the screen that it opened is there and has the focus."""
        for node in way:
            await _passed(node)
        await _passed(self.screen)  # another one by now, perhaps
        await _passed(self)


async def _passed(node: DOMNode) -> None:
    """Wait until a node has dealt with all that it has been sent so far."""
    reached = asyncio.Event()
    if node.call_later(reached.set):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reached.wait(), _PATIENCE)
