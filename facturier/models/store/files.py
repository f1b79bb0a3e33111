"""Write files completely or not at all, and never over a file that must be kept."""

import contextlib
import os
import re
import secrets
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from facturier.models.errors import FacturierError, FileExists, StoreError
from facturier.models.store import sqlite
from facturier.models.text.i18n import _
from facturier.models.text.paths import is_file

ASIDE = ".facturier-"  # how the name of an unfinished file begins
_ASIDE_NAME = re.compile(re.escape(ASIDE) + "[0-9a-f]{12}")
_DAY_SECONDS = 86_400
_STREAMS = (Path("/dev/stdout"), Path("/dev/stderr"), Path("/dev/fd"), Path("/proc/self/fd"))


@contextlib.contextmanager
def whole_file(path: Path, *, replace: bool = False, mode: int = 0o600, durable: bool = True) -> Iterator[Path]:
    """Yield an empty file beside `path` to write to. It is renamed to `path` at the end, when it is complete.

    With `durable`, it is also flushed to the disk. Raises FileExistsError if `path` exists and `replace` is not set,
    and other OSErrors. In these cases `path` is unchanged.
    """
    if not replace and os.path.lexists(path):
        raise FileExistsError(17, os.strerror(17), str(path))
    remove_leftovers(path.parent)
    aside = path.with_name(f"{ASIDE}{secrets.token_hex(6)}")
    os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
    try:
        yield aside
        if durable:
            flush(aside)
        if replace:
            aside.replace(path)
        else:
            _name(aside, path)
        if durable:
            flush(path.parent)
    finally:
        with contextlib.suppress(OSError):
            aside.unlink()


def remove_leftovers(folder: Path) -> None:
    """Remove unfinished files that killed programs created in this folder.

    These are files older than a day, and files with a second name: they are complete, and only the temporary name has
    to go.
    """
    with contextlib.suppress(OSError):
        for aside in folder.glob(f"{ASIDE}*"):
            if _ASIDE_NAME.fullmatch(aside.name):
                with contextlib.suppress(OSError):
                    found = aside.lstat()
                    old = time.time() - found.st_mtime > _DAY_SECONDS
                    if stat.S_ISREG(found.st_mode) and (found.st_nlink > 1 or old):
                        aside.unlink()


def write_file(path: Path, content: bytes, *, replace: bool = False, mode: int = 0o600, durable: bool = True) -> None:
    """Write `content` to `path`. Raises the same errors as `whole_file`."""
    with whole_file(path, replace=replace, mode=mode, durable=durable) as aside:
        aside.write_bytes(content)


def free_path(path: Path, tails: Iterable[str] = ("",)) -> Path:
    """Return `path` if no file has this name, alone or with any of `tails`.

    Otherwise, return the path with the first number that makes these names free, such as `name (2)`.
    """
    free, number = path, 1
    while any(os.path.lexists(free.with_name(f"{free.name}{tail}")) for tail in tails):
        number += 1
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return free


def flush(path: Path) -> None:
    """Flush the file or folder to disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def save_file(typed: Path, content: bytes, *, force: bool, company: Path, private: Path) -> None:
    """Write the content that a person asked for to the file that they named. Arguments and errors are those of
    `saving_file`."""
    with saving_file(typed, force=force, company=company, private=private) as file:
        file.write(content)


@contextlib.contextmanager
def saving_file(typed: Path, *, force: bool, company: Path, private: Path) -> Iterator[BinaryIO]:
    """Write to the file that a person named: whole or not at all, unless it is a stream or a device.

    `force` overwrites an existing file. Company files, the files that SQLite keeps beside them, and everything in
    `private` (the person's own data folder) are never overwritten. `company` is the open company. Raises
    FacturierError; FileExists if the file exists and `force` is not set.
    """
    try:
        if _is_stream(typed):
            with typed.open("wb") as stream:
                yield stream
            return
        path = typed.resolve()
        refuse_kept(path, company, private)
        with whole_file(path, replace=force) as aside, aside.open("wb") as file:
            yield file
            file.flush()
    except FileExistsError as error:
        raise FileExists(
            _("The file “{path}” already exists.").format(path=typed),
            kept=_("It was not changed."),
            todo=_("Choose another name."),
        ) from error
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FacturierError(
            _("Cannot write “{name}”: {reason}.").format(name=typed, reason=reason),
        ) from error


def refuse_kept(path: Path, company: Path, private: Path) -> None:
    """Refuse to overwrite our own files.

    Raises FacturierError if `path` is a company file, belongs to one, or is in the `private` folder.
    """
    bases = [path, *(path.with_name(path.name.removesuffix(tail)) for tail in sqlite.TAILS if path.name.endswith(tail))]
    if any(_is_company(base, company) for base in bases):
        raise FacturierError(
            _("“{path}” is a company file, or belongs to one.").format(path=path),
            kept=_("It was not changed."),
            todo=_("Choose another name."),
        )
    if path.is_relative_to(private.resolve()):
        raise FacturierError(
            _("“{path}” is in the folder where Facturier keeps its own data.").format(path=path),
            kept=_("It was not changed."),
            todo=_("Choose another folder."),
        )


def _is_company(path: Path, company: Path) -> bool:
    with contextlib.suppress(OSError):
        if path == company or path.samefile(company):
            return True
    if not is_file(path):
        return False
    try:
        return sqlite.stamp(path)[0] == sqlite.APPLICATION
    except StoreError:
        return False


def _is_stream(path: Path) -> bool:
    if path in _STREAMS or path.parent in _STREAMS:
        return True
    try:
        kind = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISCHR(kind) or stat.S_ISFIFO(kind)


def _name(aside: Path, path: Path) -> None:
    """Give the file its final name. Raises FileExistsError if the name is taken by now."""
    try:
        path.hardlink_to(aside)
    except FileExistsError:
        raise
    except OSError:  # no hard links on this file system, such as FAT
        if os.path.lexists(path):
            raise FileExistsError(17, os.strerror(17), str(path)) from None
        aside.rename(path)
