"""The commands of a screen, for the help and the palette. They come from the bindings, which define each action."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol, runtime_checkable

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from facturier.models.text.i18n import LANGUAGES, _, catalogue
from facturier.models.text.search_text import fold
from facturier.tui.screens.dialogs.palette.synonyms import synonyms
from facturier.tui.widgets.keybar import MOVES, key_name


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, its keys, a sentence about it, and how to run it. `words` are folded synonyms."""

    name: str
    keys: tuple[str, ...]
    about: str
    run: Callable[[], Awaitable[object] | object]
    node: DOMNode
    words: tuple[str, ...] = ()


@runtime_checkable
class HasCommands(Protocol):
    """A screen or app with commands that have no key."""

    def commands(self) -> Iterable[Command]: ...


def commands_of(screen: Screen[Any]) -> list[Command]:
    """Return the commands that are available on a screen now.

    Its own commands come first, in the order of their bindings, then those of the app, then those that only move.
    """
    found: dict[str, Command] = {}
    moves: set[str] = set()
    for key, (node, binding, enabled, tooltip) in screen.active_bindings.items():
        if not enabled or not binding.id or not binding.description:
            continue
        shown = key_name(key)
        action = binding.action.removeprefix("app.")
        if (before := found.get(action)) is not None:
            keys = before.keys if shown in before.keys else (*before.keys, shown)
            found[action] = replace(before, keys=keys)
            continue
        if key in MOVES:
            moves.add(action)
        run = partial(screen.app.run_action, binding.action, node)
        about = _(tooltip) if tooltip else ""
        found[action] = Command(_(binding.description), (shown,), about, run, node, _words(binding))
    more = screen.commands() if isinstance(screen, HasCommands) else ()
    # A dialog has no palette to run them.
    everywhere = screen.app.commands() if isinstance(screen.app, HasCommands) and not screen.is_modal else ()
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


def _words(binding: Binding) -> tuple[str, ...]:
    """Return the synonyms of a binding, and its names in all languages."""
    names = " ".join(catalogue(language).gettext(binding.description) for language in LANGUAGES)
    action = binding.action.partition("(")[0].removeprefix("app.")
    return (*fold(names).split(), *synonyms((binding.id or "").rpartition(".")[2], action))
