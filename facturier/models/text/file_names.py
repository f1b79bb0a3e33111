"""Names of files that other people will save."""

import re
from collections.abc import Collection
from pathlib import PurePath

from facturier.models.text.clean import clean
from facturier.models.text.limits import NAME

# Separators of paths, and what Windows does not allow in a name.
_REFUSED = re.compile(r'[\\/:*?"<>|]+')
_LONGEST_SUFFIX = 20


def file_name(text: str) -> str:
    """Return a text as a file name: one line, without separators of paths, at most NAME characters. Empty if nothing is
    left."""
    name = _REFUSED.sub("-", clean(text)).strip(". ")
    if len(name) > NAME:
        suffix = PurePath(name).suffix[:_LONGEST_SUFFIX]
        name = name[: NAME - len(suffix)].rstrip() + suffix
    return name


def free_name(name: str, taken: Collection[str]) -> str:
    """Return the name, with a number if it is among `taken`, which are casefolded: `name (2).pdf`."""
    path, free, number = PurePath(name), name, 1
    while free.casefold() in taken:
        number += 1
        free = f"{path.stem} ({number}){path.suffix}"
    return free
