"""The keys in effect: a preset and the person's file, and what is wrong with the file."""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

from textual.binding import Binding

from facturier.models.text.i18n import _
from facturier.tui.keymap.catalogue import Owner, keys_of, owners
from facturier.tui.keymap.key_file import KeyFile, at_line
from facturier.tui.keymap.presets import PRESETS
from facturier.tui.widgets.keybar import character_of, key_name

# The keys of the app work on every screen; those of a list, on the screens that have one.
_EVERYWHERE = "FacturierApp"
_LIST = "RowList"
_WITH_LIST = ("InvoicesScreen", "OutboxScreen", "BatchScreen")


def changed_keys(file: KeyFile, preferred: str) -> dict[str, str]:
    """Return the keys that differ from the default ones, by binding id. The file goes before the preset, and the preset
    of the file before the `preferred` one."""
    return {**PRESETS.get(file.preset or preferred, {}), **file.keys}


def with_neighbours(changed: Mapping[str, str]) -> dict[str, str]:
    """Add the bindings that share a default key with a changed one, under their own keys. Textual would drop them: it
    removes the old key of a changed binding for all of its class."""
    keys = dict(changed)
    for owner in owners():
        freed = {key for binding in owner.bindings if binding.id in changed for key in keys_of(binding)}
        for binding in owner.bindings:
            assert binding.id is not None
            if binding.id not in changed and freed & set(keys_of(binding)):
                keys[binding.id] = binding.key
    return keys


def key_problems(path: Path, file: KeyFile, changed: Mapping[str, str]) -> list[str]:
    """Return sentences about the file: those of reading it, unknown ids, and keys that two actions would share."""
    problems = list(file.problems)
    known = {binding.id for owner in owners() for binding in owner.bindings}
    for name in file.keys:
        if name not in known:
            words = _("Unknown action “{id}”. To list the actions: facturier keys")
            problems.append(at_line(path, file.lines[name], words.format(id=name)))
    for owner in owners():
        for binding in owner.bindings:
            typed = [key for key in in_effect(binding, file.keys) if binding.priority and character_of(key)]
            if binding.id is not None and binding.id in file.keys and typed:
                words = _("“{key}” is needed for typing there. Use a function key, or Ctrl or Alt with another key.")
                problems.append(at_line(path, file.lines[binding.id], words.format(key=key_name(typed[0]))))
    for mine, key, other in clashes(changed):
        own, there = (mine, other) if mine.id in file.keys else (other, mine)
        if own.id is not None and own.id in file.keys:
            words = _("“{key}” is also the key for “{action}” ({id}).")
            problem = words.format(key=key_name(key), action=_(there.description), id=there.id)
            problems.append(at_line(path, file.lines[own.id], problem))
    return list(dict.fromkeys(problems))


def clashes(changed: Mapping[str, str]) -> Iterator[tuple[Binding, str, Binding]]:
    """Yield two bindings of one screen and a key that they share only since keys were changed."""
    by_name = {owner.name: owner for owner in owners()}
    for owner in owners():
        around = [owner, by_name[_EVERYWHERE], *([by_name[_LIST]] if owner.name in _WITH_LIST else [])]
        yield from _within(owner, chain.from_iterable(one.bindings for one in dict.fromkeys(around)), changed)


def _within(
    owner: Owner, others: Iterator[Binding], changed: Mapping[str, str]
) -> Iterator[tuple[Binding, str, Binding]]:
    seen: dict[str, list[Binding]] = {}
    for other in others:
        for key in in_effect(other, changed):
            for mine in seen.get(key, ()):
                both_changed = mine.id in changed or other.id in changed
                if mine.id != other.id and both_changed and key not in {*keys_of(mine)} & {*keys_of(other)}:
                    yield mine, key, other
            if other in owner.bindings:
                seen.setdefault(key, []).append(other)


def in_effect(binding: Binding, changed: Mapping[str, str]) -> list[str]:
    """Return the keys of a binding."""
    assert binding.id is not None
    return [key.strip() for key in changed.get(binding.id, binding.key).split(",")]
