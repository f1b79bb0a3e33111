"""The companies that this person has opened on this machine, most recent first."""

import contextlib
import json
from pathlib import Path
from typing import NamedTuple

from facturier.models.errors import StoreError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.models.text.paths import is_file, read_own_json

# one machine: a company is known by the path of its file.
_FILE = "companies.json"
_MOST = 50


def recent_companies(folder: Path) -> list[Path]:
    """Return the recent companies whose files still exist. If the list cannot be read, return none."""
    try:
        paths = read_own_json(folder / _FILE)
    except ValueError:
        return []
    named = paths if isinstance(paths, list) else []
    return [Path(path) for path in named[:_MOST] if isinstance(path, str) and is_file(Path(path))]


def spoilt_list(folder: Path) -> str:
    """Return an error sentence if the list exists but cannot be read, or an empty text."""
    try:
        spoilt = not isinstance(read_own_json(folder / _FILE), list | None)
    except ValueError:
        spoilt = True
    if not spoilt:
        return ""
    return _(
        "Cannot read the list of your companies in “{path}”. Facturier starts a new list with the next "
        "company you open."
    ).format(path=folder / _FILE)


def remember_company(folder: Path, path: Path) -> None:
    """Put a company first in the list. Errors are ignored, because the list is only a convenience."""
    with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: symbolic links form a loop
        whole = path.resolve()
        paths = [whole, *(known for known in recent_companies(folder) if known != whole)]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # In ASCII: a file's name need not be UTF-8.
        content = json.dumps([str(known) for known in paths[:_MOST]]).encode("ascii")
        from facturier.models.store.files import write_file

        write_file(folder / _FILE, content, replace=True, durable=False)


class CompanySummary(NamedTuple):
    """A summary of a company file.

    `trouble` is the reason why the file cannot be opened; the other fields are then empty. `gmail` is the connected
    Gmail address, or empty.
    """

    path: Path
    name: str = ""
    gmail: str = ""
    trouble: str = ""


def company_summary(path: Path) -> CompanySummary:
    """Return the summary of a company file. A StoreError becomes `trouble` instead of being raised."""
    from facturier.models.company.connection import get_connection
    from facturier.models.settings.settings import read_company
    from facturier.models.store.opening import open_company

    try:
        store = open_company(path, check=False)
        with store.reading():
            connection = get_connection(store)
            return CompanySummary(path, clean(read_company(store).name), connection.address if connection else "")
    except StoreError as error:
        return CompanySummary(path, trouble=error.happened)
