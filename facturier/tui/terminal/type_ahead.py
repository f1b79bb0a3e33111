"""Handle keys that are typed faster than the screens change.

Textual passes a key to the widget that has the focus when the key arrives, even if the previous key is still opening
another screen or field. Over a slow line several keys arrive together: `/tremblay` would run eight commands of the list
instead of searching.
"""

import asyncio
import contextlib
from collections import deque
from time import monotonic
from typing import Any

from textual.app import ScreenStackError
from textual.dom import DOMNode
from textual.events import Callback, Event, Key, Paste

from facturier.tui.textual_private.app import AppHooks

_MOMENT = 0.02  # seconds, so that the result of a key is drawn before the next key is handled
_PATIENCE = 2.0  # seconds to wait for the work that a key started; then the next key is handled
# Seconds to wait for the fields of a screen. On a busy machine they take long, and a key that does not wait for them
# reaches another field.
_FIELDS_PATIENCE = 30.0


class TypeAhead(AppHooks, inherit_bindings=False):
    """Passes on a key only after the previous key has been handled completely, to the widget that then has the focus.
    Keys in tests take the same path. `key_time` is when the last one came."""

    key_time = 0.0

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._typed_ahead: deque[Key | Paste] = deque()
        self._following: asyncio.Task[None] | None = None

    async def on_event(self, event: Event) -> None:
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self.key_time = monotonic()
        if self._following is not None:
            self._typed_ahead.append(event)
        elif self._unfinished() is not None:
            self._typed_ahead.append(event)
            self._following = asyncio.create_task(self._follow([]))
        else:
            way = self._way()
            await super().on_event(event)
            self._following = asyncio.create_task(self._follow(way))

    async def _follow(self, way: list[DOMNode]) -> None:
        """Wait until the current key is handled, then pass on all keys typed in the meantime."""
        try:
            with contextlib.suppress(ScreenStackError):  # the program is ending
                await asyncio.sleep(_MOMENT)
                await self._settle(way)
                while self._typed_ahead:
                    await self._wait_for_fields()
                    way = self._way()
                    await super().on_event(self._typed_ahead.popleft())
                    await self._settle(way)
        except Exception as error:  # noqa: BLE001 - handled as for any other event
            self.handle_error(error)
        finally:
            self._following = None

    async def typed_out(self, seconds: float) -> None:
        """Wait until all keys typed so far are handled, at most `seconds`."""
        until = asyncio.get_running_loop().time() + seconds
        await _passed(self)  # keys that the terminal has already sent
        while self._following is not None and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(_MOMENT)

    def _way(self) -> list[DOMNode]:
        """Return the nodes that a key passes through, from the focused widget up to the app."""
        return (self.focused or self.screen).ancestors_with_self

    async def _settle(self, way: list[DOMNode]) -> None:
        """Wait until all nodes have handled the key, and until a screen that it opened has the focus."""
        for node in way:
            await _passed(node)
        await _passed(self.screen)  # may be a new screen by now
        await _passed(self)

    async def _wait_for_fields(self) -> None:
        if (whole := self._unfinished()) is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(whole.wait(), _FIELDS_PATIENCE)

    def _unfinished(self) -> asyncio.Event | None:
        """Return what the screen waits for before a key can reach every field, or None."""
        # `ResultScreen.whole`; the first screen has none, and does not import that module.
        whole = getattr(self.screen, "whole", None) if self.screen_stack else None
        return whole if isinstance(whole, asyncio.Event) and not whole.is_set() else None


async def _passed(node: DOMNode) -> None:
    """Wait until a node has handled all messages sent to it so far."""
    reached = asyncio.Event()
    # Like `call_later` and `wait_for`, which inspect the callback and begin a task: ten times for each key.
    if node.post_message(Callback(reached.set)):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await reached.wait()
