"""The person's key file, which changes keys by the ids of their bindings.

preset = "vim"

[keys]
"list.pay" = "P"
"rows.page_down" = "pagedown,ctrl+f"
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from textual.binding import Binding
from textual.keys import Keys, key_to_character

from facturier.models.text.i18n import _
from facturier.models.text.paths import read_small
from facturier.tui.keymap.presets import PRESETS

_MODIFIERS = {"ctrl", "alt", "shift", "super", "hyper", "meta"}
_NAMED = {key.value for key in Keys}
# What people write, and what Textual calls it.
_ALIASES = {"esc": "escape", "del": "delete", "pgup": "pageup", "pgdn": "pagedown", "return": "enter", "ins": "insert"}


class KeyFile(NamedTuple):
    """`preset` is empty if the file names none. `keys` are Textual's names of keys, separated by commas, by binding id;
    `lines` are their lines in the file. `problems` are sentences about what was ignored."""

    preset: str = ""
    keys: Mapping[str, str] = {}
    lines: Mapping[str, int] = {}
    problems: tuple[str, ...] = ()


def read_key_file(path: Path) -> KeyFile:
    """Read the key file. A file that does not exist changes nothing. Never raises: what cannot be read is a problem."""
    try:
        text = read_small(path).decode()
        read = tomllib.loads(text)
    except FileNotFoundError:
        return KeyFile()
    except (OSError, ValueError, RecursionError) as error:  # not UTF-8 and not TOML are ValueErrors
        reason = getattr(error, "strerror", None) or str(error)
        words = _("Cannot read your keys in “{path}”: {reason}. The default keys are in use.")
        return KeyFile(problems=(words.format(path=path, reason=reason),))
    keys: dict[str, str] = {}
    lines: dict[str, int] = {}
    problems: list[str] = []
    preset = read.pop("preset", "")
    if preset and preset not in PRESETS:
        words = _("Unknown preset “{name}”. Choose one of: {presets}.")
        problem = words.format(name=preset, presets=", ".join(PRESETS))
        problems.append(at_line(path, _line_of(text, "preset"), problem))
        preset = ""
    table = read.pop("keys", {})
    for name in read:
        words = _("Unknown setting “{name}”. There are “preset” and the table [keys].")
        problems.append(at_line(path, _line_of(text, name), words.format(name=name)))
    for name, value in _flat(table if isinstance(table, dict) else {"keys": table}):
        lines[name] = _line_of(text, name)
        try:
            keys[name] = _normal(value)
        except ValueError as error:
            problems.append(at_line(path, lines[name], str(error)))
    return KeyFile(preset, keys, lines, tuple(problems))


def at_line(path: Path, line: int, problem: str) -> str:
    return _("{file}, line {line}: {problem}").format(file=path.name, line=line, problem=problem)


def _flat(table: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    """Yield each id and its value. TOML reads an id without quotes as tables within tables."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value


def _normal(value: object) -> str:
    """Return keys in Textual's words. Raises ValueError for what is no key."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(_('Write keys in quotes, such as "p" or "ctrl+s,f9".'))
    # A comma separates keys, and is a key itself.
    parts = ["comma"] if value.strip() == "," else value.split(",")
    return ",".join(_key(part.strip()) for part in parts)


def _key(typed: str) -> str:
    *modifiers, key = typed.split("+") if len(typed) > 1 and not typed.endswith("+") else [typed]
    modifiers = [modifier.strip().lower() for modifier in modifiers]
    key = key.strip()
    if len(key) > 1:
        key = _ALIASES.get(key.lower(), key.lower())
    if not (len(key) == 1 or key in _NAMED or key_to_character(key)) or not set(modifiers) <= _MODIFIERS:
        raise ValueError(_("“{key}” is not a key.").format(key=typed))
    if len(key) == 1:
        [binding] = Binding.make_bindings([Binding(key, "")])  # Textual’s name of it: `/` is `slash`
        key = binding.key
    return "+".join([*modifiers, key])


def _line_of(text: str, name: str) -> int:
    """Return the number of the line that sets `name`; 1 if it is written in an unusual way."""
    last = re.escape(name.rpartition(".")[2])
    whole = re.compile(rf"""\s*["']?({re.escape(name)}|[\w.]*{last})["']?\s*=""")
    return next((number for number, line in enumerate(text.splitlines(), 1) if whole.match(line)), 1)
