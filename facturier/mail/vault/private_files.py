"""Files that are one person's: in a 0700 folder, 0600, made whole or not at all, whatever the umask."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from facturier.mail.errors import VaultError
from facturier.models.text.i18n import _

_LARGEST = 1 << 20  # bytes: none of these files is near it


@contextmanager
def private_folder(path: Path) -> Iterator[int]:
    """A file descriptor of the folder, made if missing. Names are then resolved in it and nowhere else.

    Raises VaultError when it is a symbolic link, another user's, or open to others.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            path.mkdir(0o700)
            path.chmod(0o700)  # a umask may have taken even our own rights
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise _unusable(path, error) from None
    try:
        _check(path, os.fstat(handle), stat.S_IFDIR, "700")
        yield handle
    finally:
        os.close(handle)


def read_private(folder: int, path: Path) -> bytes | None:
    """The file's bytes, None if there is none. `path` is its whole path; only its name is looked up, in `folder`.

    Raises VaultError when it is a symbolic link, another user's, or open to others.
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
    """Write the file whole, and flushed unless told otherwise. False, and nothing changed, when it exists already and
    `replace` is not set.

    Raises VaultError when the disk will not have it.
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
