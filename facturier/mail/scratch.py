"""Folders for work of a moment, such as making a document, and the removal of those that a killed program left."""

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_PREFIX = "facturier-"
_UNLOCKED = f".{_PREFIX}"  # until the lock is held, which takes no time
_YOUNG = 60.0  # seconds in which one without a lock is left alone


@contextlib.contextmanager
def scratch_folder() -> Iterator[str]:
    """A private folder of this process, gone afterwards. It is locked as long as the process lives, so that nobody
    takes it for one that was left behind; the lock ends with the process, however that ends."""
    folder, handle = locked_folder()
    try:
        yield str(folder)
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def folder_for_others() -> Path:
    """A new private folder for files that other programs open. A later start of Facturier removes it, but none does
    while this process lives: the other program may still be starting."""
    where = tempfile.gettempdir()
    if not _kept_folder(where).is_dir():  # the system removes old temporary files
        _kept_folder.cache_clear()
    return Path(tempfile.mkdtemp(dir=_kept_folder(where)))


@cache
def _kept_folder(_where: str) -> Path:
    folder, _handle = locked_folder()  # stays open
    return folder


def locked_folder(where: Path | None = None, prefix: str = _PREFIX) -> tuple[Path, int]:
    """Create a folder with a lock, among the temporary folders or in `where`. The lock ends when the handle is closed,
    or with the process. Raises OSError."""
    unlocked = Path(tempfile.mkdtemp(prefix=f".{prefix}", dir=where))
    handle = os.open(unlocked, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    folder = unlocked.with_name(unlocked.name[1:])
    with contextlib.suppress(OSError):  # a file system without locks
        # one machine: a lock on a folder says that its process lives.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    unlocked.rename(folder)
    return folder, handle


@contextlib.contextmanager
def abandoned_folder(folder: Path) -> Iterator[None]:
    """Hold a folder of `locked_folder` whose process has ended. Raises OSError if it lives, or if that is unknown."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def remove_stale() -> None:
    """Remove this person's scratch folders that no living process holds. Raises nothing."""
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as found:
        for entry in found:
            if entry.name.startswith((_PREFIX, _UNLOCKED)):
                with contextlib.suppress(OSError):
                    _remove_if_stale(Path(entry.path))


def _remove_if_stale(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        is_ = os.fstat(handle)
        mine = is_.st_uid == os.geteuid() and not stat.S_IMODE(is_.st_mode) & 0o077
        if mine and (folder.name.startswith(_PREFIX) or time.time() - is_.st_mtime > _YOUNG):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # OSError where its process lives
            shutil.rmtree(folder)
    finally:
        os.close(handle)
