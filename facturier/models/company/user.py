"""A person's preferences on this machine, for all companies."""

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from facturier.models.errors import StoreError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.models.text.paths import read_own_json

# one machine: preferences are a file of the person here.
_FILE = "preferences.json"


class Preferences(NamedTuple):
    """A person's preferences.

    `language` is a key of LANGUAGES, empty to follow the locale. `line` is `slow` for screens that send little to the
    terminal. `theme` is empty for the terminal's own colours. `glyphs` is `ascii` or `unicode`, empty for
    whichever the terminal can show. `keys` is a preset of keys, empty for the default ones.
    `exports` has the columns of the last export of each list: `invoices=number,total;items=name`.
    """

    language: str = ""
    line: str = ""
    theme: str = ""
    glyphs: str = ""
    keys: str = ""
    exports: str = ""


def read_preferences(folder: Path) -> Preferences:
    """Return the preferences stored in `folder`, or the defaults if there are none or they cannot be read."""
    try:
        kept = read_own_json(folder / _FILE)
    except ValueError:
        kept = None
    if not isinstance(kept, dict):
        return Preferences()
    return Preferences(**{field: text for field in Preferences._fields if isinstance(text := kept.get(field), str)})


def spoilt_preferences(folder: Path) -> str:
    """Return an error sentence if the preferences exist but cannot be read, or an empty text."""
    try:
        if isinstance(read_own_json(folder / _FILE), dict | None):
            return ""
    except ValueError:
        pass
    return _("Cannot read your preferences in “{path}”. Facturier uses the defaults.").format(path=folder / _FILE)


def save_preferences(folder: Path, preferences: Preferences) -> None:
    """Save the preferences in a folder that only this person can read. Raises StoreError if they cannot be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        from facturier.models.store.files import write_file

        write_file(folder / _FILE, json.dumps(preferences._asdict()).encode(), replace=True)
    except OSError as error:
        raise StoreError(
            _("Cannot save your preferences in “{folder}”: {reason}.").format(folder=folder, reason=error.strerror),
            todo=_("Make sure that you can write to that folder."),
        ) from error


def change_preferences(folder: Path, change: Callable[[Preferences], Preferences]) -> Preferences:
    """Save what `change` makes of the stored preferences, and return it. Raises StoreError if they cannot be written.

    Programs that do this at the same time take turns, so that none undoes the change of another.
    """
    with _turn(folder):
        before = read_preferences(folder)
        after = change(before)
        if after != before:
            save_preferences(folder, after)
        return after


@contextlib.contextmanager
def _turn(folder: Path) -> Iterator[None]:
    with contextlib.ExitStack() as at_end:
        with contextlib.suppress(OSError):  # no folder yet, or a file system without locks
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            at_end.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def export_columns(preferences: Preferences, kind: str) -> list[str]:
    """Return the columns of the last export of a list, empty if there was none."""
    return _exports(preferences).get(kind, [])


def with_export_columns(preferences: Preferences, kind: str, names: list[str]) -> Preferences:
    """Return the preferences with these columns for the next export of a list."""
    exports = _exports(preferences) | {kind: names}
    return preferences._replace(exports=";".join(f"{kind}={','.join(names)}" for kind, names in exports.items()))


def _exports(preferences: Preferences) -> dict[str, list[str]]:
    parts = (part.partition("=") for part in preferences.exports.split(";") if "=" in part)
    return {kind: names.split(",") for kind, _equals, names in parts}


@cache
def full_name(login: str) -> str:
    """Return “Marie Tremblay (marie)”, or the login alone if this machine has no name for it (passwd(5), GECOS)."""
    try:
        import pwd

        gecos = pwd.getpwnam(login).pw_gecos.split(",")[0]
    except (ImportError, KeyError, ValueError):
        gecos = ""
    # By convention, an ampersand in GECOS means the capitalized login.
    name = clean(gecos.replace("&", login.capitalize()))
    return f"{name} ({clean(login)})" if name and name != clean(login) else clean(login)
