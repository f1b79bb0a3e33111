"""The companies that this person has opened on this machine, most recent first."""

import contextlib
import json
import os
from pathlib import Path

from facturier.models.paths import is_file

_FILE = "companies.json"
_MOST = 50


def known_companies(folder: Path) -> list[Path]:
    """Those that are still there. A list that cannot be read counts as empty: it is only a convenience."""
    try:
        paths = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [Path(path) for path in paths if isinstance(path, str) and is_file(Path(path))]


def remember_company(folder: Path, path: Path) -> None:
    """Put a company at the head of the list. A folder that cannot be written is no reason not to open a company."""
    paths = [path.resolve(), *(known for known in known_companies(folder) if known != path.resolve())]
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = folder / f"{_FILE}.{os.getpid()}"
        aside.write_text(json.dumps([str(known) for known in paths[:_MOST]], ensure_ascii=False), encoding="utf-8")
        aside.replace(folder / _FILE)
