"""Copy text to the clipboard of the terminal, also through SSH and tmux."""

import asyncio
import os
from contextlib import suppress
from typing import Any

from textual.app import App

_PATIENCE = 2.0  # seconds for tmux to take the text


async def copy_text(app: App[Any], text: str) -> None:
    """Copy with OSC 52. With its default settings, tmux ignores that from a program and is given the text directly."""
    app.copy_to_clipboard(text)
    if os.environ.get("TMUX"):
        with suppress(OSError, TimeoutError):
            await asyncio.wait_for(_give_to_tmux(text), _PATIENCE)


async def _give_to_tmux(text: str) -> None:
    """`-w` also sets the clipboard of the terminal that tmux runs in."""
    pipe, none = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    tmux = await asyncio.create_subprocess_exec("tmux", "load-buffer", "-w", "-", stdin=pipe, stdout=none, stderr=none)
    await tmux.communicate(text.encode())
