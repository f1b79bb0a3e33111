"""What can be done on a screen now, as the help and the palette read it: from the bindings, the one definition."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, runtime_checkable

from textual.dom import DOMNode
from textual.screen import Screen

from facturier.models.text.i18n import _
from facturier.tui.widgets.keybar import key_name

_MOVES = {"up", "down", "left", "right", "home", "end", "pageup", "pagedown"}


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done: its name, the keys that do it, a sentence about it, and how to run it."""

    name: str
    keys: tuple[str, ...]
    about: str
    run: Callable[[], Awaitable[object] | object]
    node: DOMNode


@runtime_checkable
class HasCommands(Protocol):
    """A screen that can do more than it has keys for."""

    def commands(self) -> Iterable[Command]: ...


def commands_of(screen: Screen[Any]) -> list[Command]:
    """The commands that are open on a screen now: its own first, in the order of their bindings, what is always there
    after them, and what only moves about last."""
    found: dict[str, Command] = {}
    moves: set[str] = set()
    for key, (node, binding, enabled, tooltip) in screen.active_bindings.items():
        if not enabled or not binding.id or not binding.description:
            continue
        shown = key_name(key)
        if (before := found.get(binding.action)) is not None:
            keys = before.keys if shown in before.keys else (*before.keys, shown)
            found[binding.action] = Command(before.name, keys, before.about, before.run, before.node)
            continue
        if key in _MOVES:
            moves.add(binding.action)
        run = partial(screen.app.run_action, binding.action, node)
        found[binding.action] = Command(_(binding.description), (shown,), _(tooltip) if tooltip else "", run, node)
    more = screen.commands() if isinstance(screen, HasCommands) else ()
    everywhere = screen.app.commands() if isinstance(screen.app, HasCommands) else ()
    own: list[Command] = []
    parts: list[Command] = []
    always: list[Command] = []
    moving: list[Command] = []
    for action, command in found.items():
        if action in moves:
            moving.append(command)
        else:
            (own if command.node is screen else always if command.node is screen.app else parts).append(command)
    return [*own, *parts, *more, *always, *everywhere, *moving]
