"""What one person prefers on this machine, whatever the company."""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from facturier.models.errors import StoreError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.models.text.paths import read_own_json

_FILE = "preferences.json"


class Preferences(NamedTuple):
    """`language` is a key of LANGUAGES, empty to follow the locale. `line` to the terminal is `slow` for screens that
    send as little as they can."""

    language: str = ""
    line: str = ""


def read_preferences(folder: Path) -> Preferences:
    """The preferences kept in `folder`; the built-in ones where there are none that can be read."""
    try:
        kept = read_own_json(folder / _FILE)
    except ValueError:
        kept = None
    if not isinstance(kept, dict):
        return Preferences()
    return Preferences(**{field: text for field in Preferences._fields if isinstance(text := kept.get(field), str)})


def spoilt_preferences(folder: Path) -> str:
    """The sentence where they cannot be read; empty where they can, or where there are none."""
    try:
        if isinstance(read_own_json(folder / _FILE), dict | None):
            return ""
    except ValueError:
        pass
    return _("Your preferences in “{path}” cannot be read, so the defaults are used.").format(path=folder / _FILE)


def save_preferences(folder: Path, preferences: Preferences) -> None:
    """Keep them, private to the person. Raises StoreError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        from facturier.models.store.files import write_file

        write_file(folder / _FILE, json.dumps(preferences._asdict()).encode(), replace=True)
    except OSError as error:
        raise StoreError(
            _("Cannot save your preferences in “{folder}”: {reason}.").format(folder=folder, reason=error.strerror),
            todo=_("Make sure that you can write to that folder."),
        ) from error


@cache
def full_name(login: str) -> str:
    """“Marie Tremblay (marie)”, or the login alone where this machine knows no other name for it (passwd(5), GECOS)."""
    try:
        import pwd

        gecos = pwd.getpwnam(login).pw_gecos.split(",")[0]
    except (ImportError, KeyError, ValueError):
        gecos = ""
    # An ampersand stands for the login itself, by an old custom.
    name = clean(gecos.replace("&", login.capitalize()))
    return f"{name} ({clean(login)})" if name and name != clean(login) else clean(login)
