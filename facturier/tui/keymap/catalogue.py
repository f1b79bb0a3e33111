"""Every binding of the program, by the class that has it. Loads all screens, so do not use it at the start."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from textual.binding import Binding


class Owner(NamedTuple):
    """A class and its own bindings that have an id and a description."""

    name: str
    bindings: tuple[Binding, ...]


@cache
def owners() -> tuple[Owner, ...]:
    """Return the app, the screens and the widgets that have keys."""
    found = (
        Owner(name, tuple(_described(vars(kind)["BINDINGS"])))
        for module in _modules()
        for name, kind in vars(importlib.import_module(module)).items()
        if isinstance(kind, type) and kind.__module__ == module and "BINDINGS" in vars(kind)
    )
    return tuple(owner for owner in found if owner.bindings)


def _described(bindings: Iterable[object]) -> Iterator[Binding]:
    return (one for one in bindings if isinstance(one, Binding) and one.id and one.description)


def keys_of(binding: Binding) -> list[str]:
    return [key.strip() for key in binding.key.split(",")]


def _modules() -> Iterator[str]:
    yield "facturier.tui.app"
    for package in ("facturier.tui.screens", "facturier.tui.widgets"):
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            yield module.name
