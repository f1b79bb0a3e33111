"""Paths as people type them, looks at what is there that never raise, and small files of a person's own."""

import errno
import json
import os
import stat
from pathlib import Path
from typing import Any


def typed_path(text: str) -> Path:
    """`~` is this person's home and `~name` another's; a name that nobody has stands for itself, as in a shell."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def resolved(path: Path) -> Path:
    """The one path that symbolic links lead to; a loop is left as it is."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path


def is_file(path: Path) -> bool:
    """False as well where this person may not look, or no file can have such a name: `Path.is_file` raises there."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """As `is_file`."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def read_small(path: Path, most: int = 1 << 20) -> bytes:
    """A regular file of at most `most` bytes. Raises OSError, also for anything else: a pipe would be waited for, and a
    device has no end."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
        found = file.read(most + 1)
    if len(found) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return found


def read_own_json(path: Path) -> Any:
    """What a small JSON file holds; None where there is no such file. Raises ValueError where it cannot be read,
    whatever is wrong with it."""
    try:
        return json.loads(read_small(path))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(str(path)) from error
