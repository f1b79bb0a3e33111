"""Files for one person only: mode 0600 in a folder of mode 0700, written completely or not at all."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from facturier.mail.errors import VaultError
from facturier.models.text.i18n import _

_LARGEST = 1 << 20  # bytes, far more than any of these files has


@contextmanager
def private_folder(path: Path) -> Iterator[int]:
    """Yield a file descriptor of the folder, which is created if missing, to resolve names only in that folder.

    Raises VaultError if it is a symbolic link, belongs to another user, or is open to others.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            path.mkdir(0o700)
            path.chmod(0o700)  # because the umask may have removed our own rights
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise _unusable(path, error) from None
    try:
        _check(path, os.fstat(handle), stat.S_IFDIR, "700")
        yield handle
    finally:
        os.close(handle)


def read_private(folder: int, path: Path) -> bytes | None:
    """Return the file's bytes, or None if there is no file.

    `path` is the whole path, but only its name is looked up, in `folder`. Raises VaultError if it is a
    symbolic link, belongs to another user, or is open to others.
    """
    try:
        handle = os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error) from None
    try:
        _check(path, os.fstat(handle), stat.S_IFREG, "600")
        with os.fdopen(handle, "rb", closefd=False) as file:
            found = file.read(_LARGEST + 1)
    except OSError as error:
        raise _unusable(path, error) from None
    finally:
        os.close(handle)
    if len(found) > _LARGEST:
        raise VaultError(_("{path} is not a plain file or folder.").format(path=path))
    return found


def write_private(folder: int, path: Path, data: bytes, *, replace: bool = False, flush: bool = True) -> bool:
    """Write the file completely, and flush it to the disk unless `flush` is off. Return whether it was written.

    Return False and change nothing if it exists and `replace` is not set. Raises VaultError if it cannot be written.
    """
    aside = f".{path.name}.{secrets.token_hex(8)}"
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                os.fchmod(handle, 0o600)
                file.write(data)
                file.flush()
                if flush:
                    os.fsync(handle)
            if replace:
                os.replace(aside, path.name, src_dir_fd=folder, dst_dir_fd=folder)
            else:
                os.link(aside, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(aside, dir_fd=folder)
        if flush:
            os.fsync(folder)
    except FileExistsError:
        return False
    except OSError as error:
        raise _unusable(path, error) from None
    return True


def _check(path: Path, found: os.stat_result, kind: int, mode: str) -> None:
    if stat.S_IFMT(found.st_mode) != kind:
        raise VaultError(_("{path} is not a plain file or folder.").format(path=path))
    if found.st_uid != os.geteuid():
        raise VaultError(
            _("{path} belongs to another user, so its content cannot be trusted.").format(path=path),
            todo=_("Find out who put it there, and remove it."),
        )
    if found.st_mode & 0o077:
        raise VaultError(
            _("{path} can be read or changed by others.").format(path=path),
            todo=_("If you are sure that nobody else has used it, restrict access with: chmod {mode} {path}").format(
                mode=mode, path=path
            ),
        )


def _unusable(path: Path, error: OSError) -> VaultError:
    return VaultError(_("Cannot use {path}: {reason}.").format(path=path, reason=error.strerror or "?"))
