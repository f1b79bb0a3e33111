"""Paths as people type them, file checks that never raise, and small files in the person's own folder."""

import errno
import json
import os
import stat
from pathlib import Path
from typing import Any


def typed_path(text: str) -> Path:
    """Expand `~` and `~name` in a typed path. Like a shell, keep `~name` unchanged if there is no such user."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def resolved(path: Path) -> Path:
    """Return the path with symbolic links resolved. If the links form a loop, return it unchanged."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path


def is_file(path: Path) -> bool:
    """Return whether the path is a regular file.

    Unlike `Path.is_file`, return False if the folder may not be read or the name is not a valid file name.
    """
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Return whether the path is a folder. Never raises, like `is_file`."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def read_small(path: Path, most: int = 1 << 20) -> bytes:
    """Read a regular file of at most `most` bytes.

    Raises OSError if it cannot be read, is larger, or is not a regular file: a pipe would block, and a device never
    ends.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
        found = file.read(most + 1)
    if len(found) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return found


def read_own_json(path: Path) -> Any:
    """Read a small JSON file. Return None if the file does not exist.

    Raises ValueError if the file cannot be read for any other reason.
    """
    try:
        return json.loads(read_small(path))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(str(path)) from error
