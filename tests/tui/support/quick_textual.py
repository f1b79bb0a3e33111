"""The same Textual, with less processor time for what tests do all day: each starts a program or several.

Textual searches the classes of a widget for handlers with every message, reads the signature of a callback with every
call, and hashes its style rules in Python. The results do not change, so they are kept.
"""

from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from textual import _callback
from textual.css.match import match
from textual.css.model import RuleSet
from textual.message import Message
from textual.message_pump import MessagePump

_Handler = Callable[..., Any]
# The handlers of a class of the MRO: those with `@on` and their selectors, and the one with the name of the message.
_Found = tuple[type, tuple[tuple[_Handler, dict[str, Any]], ...], _Handler | None]

_count = _callback._count_parameters
_counted: WeakKeyDictionary[Any, int] = WeakKeyDictionary()


def save_processor_time(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RuleSet, "__hash__", object.__hash__)  # by identity too
    patch.setattr(_callback, "_count_parameters", _count_once)
    patch.setattr(MessagePump, "_get_dispatch_methods", _Handlers().of)


def _count_once(function: Any) -> int:
    """Count the parameters of a function once for all its bound methods."""
    unbound = getattr(function, "__func__", function)
    try:
        if unbound not in _counted:
            _counted[unbound] = _count(unbound)
    except TypeError:  # no weak reference to it
        return _count(function)
    return _counted[unbound] - (unbound is not function)


class _Handlers:
    """Finds the handlers of each class for each message once. New for each test, because a test may replace one."""

    def __init__(self) -> None:
        self._found: dict[tuple[type, type, str], list[_Found]] = {}

    @property
    def of(self) -> Callable[[MessagePump, str, Message], Iterator[tuple[type, Any]]]:
        found = self._found

        def handlers(pump: MessagePump, name: str, message: Message) -> Iterator[tuple[type, Any]]:
            key = type(pump), type(message), name
            if key not in found:
                found[key] = [*_search(*key)]
            done: set[_Handler] = set()
            for cls, decorated, named in found[key]:
                if message._no_default_action:
                    return
                for method, selectors in decorated:
                    if method not in done and _selected(message, selectors):
                        yield cls, method.__get__(pump, cls)
                        done.add(method)
                if named is not None:
                    yield cls, named.__get__(pump, cls)

        return handlers


def _search(cls: type, message: type, name: str) -> Iterator[_Found]:
    kinds = [kind for kind in message.__mro__ if issubclass(kind, Message)]
    for base in cls.__mro__:
        with_on = vars(base).get("_decorated_handlers") or {}
        decorated = tuple(handler for kind in kinds for handler in with_on.get(kind, ()))
        named = vars(base).get(f"_{name}") or vars(base).get(name)
        if getattr(named, "_textual_on", None):
            named = None
        if decorated or named is not None:
            yield base, decorated, named


def _selected(message: Message, selectors: dict[str, Any]) -> bool:
    if not selectors:
        return True
    if not message._sender:
        return False
    nodes = {attribute: getattr(message, attribute) for attribute in selectors}
    return all(
        nodes[attribute] is not None and match(found, nodes[attribute]) for attribute, found in selectors.items()
    )
