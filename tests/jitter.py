"""A plugin that looks for races in tests and in the program: threads, messages and terminals are slow at random.

    .venv/bin/python -m pytest -p tests.jitter -n 5 --dist loadgroup

JITTER is the seed (1 without it): the same seed delays the same tests in the same way, as far as threads allow.
"""

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random
from typing import Any

import pytest
from textual.message import Message
from textual.message_pump import MessagePump

_chance = Random()
_read, _submit, _dispatch = os.read, ThreadPoolExecutor.submit, MessagePump._dispatch_message


def pytest_configure() -> None:
    os.read = _read_little
    ThreadPoolExecutor.submit = _submit_late  # type: ignore[method-assign, assignment]
    MessagePump._dispatch_message = _dispatch_late  # type: ignore[method-assign, assignment]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    _chance.seed(os.environ.get("JITTER", "1") + item.nodeid)


def _read_little(fd: int, most: int, /) -> bytes:
    """Return only a part of what a program has written to its terminal, so that tests see half-drawn screens."""
    try:
        terminal = os.isatty(fd)
    except OSError:
        terminal = False
    if terminal:
        if not os.get_blocking(fd) and _chance.random() < 0.15:
            raise BlockingIOError
        most = min(most, _chance.choice((1, 9, 60, 400, 400, 3000, 3000, 65536)))
    return _read(fd, most)


def _submit_late(pool: ThreadPoolExecutor, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
    def slowly(*arguments: Any, **named: Any) -> Any:
        if _chance.random() < 0.15:
            time.sleep(_chance.random() * 0.15)
        try:
            return work(*arguments, **named)
        finally:
            if _chance.random() < 0.1:
                time.sleep(_chance.random() * 0.1)

    return _submit(pool, slowly, *arguments, **named)


async def _dispatch_late(pump: MessagePump, message: Message) -> None:
    chance = _chance.random()
    if chance < 0.01:
        await asyncio.sleep(_chance.random() * 0.03)
    elif chance < 0.02:
        await asyncio.sleep(0)
    elif chance < 0.022:
        time.sleep(_chance.random() * 0.05)
    await _dispatch(pump, message)
