"""What one person prefers on this machine, whatever the company."""

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from facturier.models.errors import StoreError
from facturier.models.language import _

_FILE = "preferences.json"


@dataclass(frozen=True, slots=True)
class Preferences:
    """`language` is a key of LANGUAGES, empty to follow the locale. `line` to the terminal is `slow` for screens that
    send as little as they can."""

    language: str = ""
    line: str = ""


def read_preferences(folder: Path) -> Preferences:
    """The preferences kept in `folder`; the built-in ones where there are none that can be read."""
    try:
        kept = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return Preferences(**{field.name: str(kept[field.name]) for field in fields(Preferences) if field.name in kept})
    except (OSError, ValueError, TypeError):
        return Preferences()


def save_preferences(folder: Path, preferences: Preferences) -> None:
    """Keep them, private to the person. Raises StoreError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = folder / f"{_FILE}.{os.getpid()}"
        aside.write_text(json.dumps(asdict(preferences)), encoding="utf-8")
        aside.replace(folder / _FILE)
    except OSError as error:
        raise StoreError(
            _("Your preferences cannot be kept in “{folder}”: {reason}.").format(folder=folder, reason=error.strerror),
            todo=_("Make that folder writable for you."),
        ) from error
