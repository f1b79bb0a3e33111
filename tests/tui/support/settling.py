"""Wait until a program has done what a key asked for, on a busy machine too.

Textual's pilot takes a process for idle that uses no processor time, but a busy machine may just not have run it.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Any

import pytest
import textual.app
import textual.pilot
from textual._wait import wait_for_idle
from textual.app import App

_PATIENCE = 0.25  # seconds for work in threads, which some tests hold up
_BUSY = 1.0  # seconds for a screen that ignores keys while it works

_in_threads: set[Future[Any]] = set()


def wait_for_work(patch: pytest.MonkeyPatch) -> None:
    """Make the pilot also wait for the event loop and for work in threads."""
    submit = ThreadPoolExecutor.submit

    def count(pool: ThreadPoolExecutor, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future = submit(pool, work, *arguments, **named)
        _in_threads.add(future)
        future.add_done_callback(_in_threads.discard)
        return future

    async def wait_longer(min_sleep: float = 0.02, max_sleep: float = 1) -> None:
        await wait_for_idle(min_sleep, max_sleep)
        await _settled()

    _in_threads.clear()
    patch.setattr(ThreadPoolExecutor, "submit", count)
    patch.setattr(textual.pilot, "wait_for_idle", wait_longer)
    patch.setattr(textual.app, "wait_for_idle", wait_longer)


def press_when_ready(patch: pytest.MonkeyPatch) -> None:
    """Make the pilot press each key when the screens take keys."""
    press = App._press_keys

    async def press_each(app: App[Any], keys: Iterable[str]) -> None:
        for key in keys:
            await takes_keys(app)
            await press(app, [key])

    patch.setattr(App, "_press_keys", press_each)


async def _settled() -> None:
    end = monotonic() + _PATIENCE
    ready: Any = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    while (_in_threads or ready) and monotonic() < end:
        await asyncio.sleep(0.005 if _in_threads else 0)


async def takes_keys(app: App[Any]) -> None:
    """Wait while the screen ignores keys because it works or closes, as a person does who sees that nothing happens."""
    end = monotonic() + _BUSY
    while _ignores_keys(app) and monotonic() < end:
        await asyncio.sleep(0.01)


def _ignores_keys(app: App[Any]) -> bool:
    screen: Any = app.screen_stack[-1] if app.screen_stack else None
    return bool(getattr(screen, "busy", False) or getattr(screen, "answered", False))
