"""Giving the app the keys of this person."""

import asyncio
from typing import Any

from textual.app import App

from facturier.mail.workspace import Workspace
from facturier.tui.keymap.key_file import read_key_file
from facturier.tui.keymap.key_map import changed_keys, key_problems, with_neighbours


def use_keys(app: App[Any], ws: Workspace) -> None:
    """Change the keys. Loads no screen, so that it can be called before the first one."""
    app.set_keymap(changed_keys(read_key_file(ws.locations.key_file), ws.preferences().keys))


async def complete_keys(app: App[Any], ws: Workspace) -> None:
    """Do what needs every screen loaded: keep the bindings beside the changed ones, and say what is wrong."""
    file = read_key_file(ws.locations.key_file)
    changed = changed_keys(file, ws.preferences().keys)
    app.set_keymap(await asyncio.to_thread(with_neighbours, changed))
    if problems := await asyncio.to_thread(key_problems, ws.locations.key_file, file, changed):
        app.notify("\n".join(problems), severity="warning", timeout=15, markup=False)
