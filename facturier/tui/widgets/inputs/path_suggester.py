"""Completion of a path while the user types it."""

import asyncio

from textual.suggester import Suggester

from facturier.models.text.clean import clean
from facturier.models.text.paths import is_folder, typed_path


class PathSuggester(Suggester):
    """Suggests the first file or folder that begins as typed, in alphabetical order. Nothing after a slash, where
    every name would match, and no hidden files until a dot is typed."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        return await asyncio.to_thread(_completed, value)


def _completed(typed: str) -> str | None:
    folder, slash, begin = typed.rpartition("/")
    if not begin:
        return None
    try:
        names = [path.name for path in typed_path(folder + slash or ".").iterdir() if path.name.startswith(begin)]
    except (OSError, ValueError):
        return None
    shown = sorted(name for name in names if clean(name) == name and name.startswith(".") == begin.startswith("."))
    if not shown:
        return None
    found = f"{folder}{slash}{shown[0]}"
    return f"{found}/" if is_folder(typed_path(found)) else found
