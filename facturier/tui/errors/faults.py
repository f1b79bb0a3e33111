"""Unexpected errors: write them to the log and show them as a sentence, without a traceback."""

import errno
import logging
import os
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from facturier.mail.redaction import RedactingFormatter
from facturier.models.errors import FacturierError
from facturier.models.text.i18n import _

_LONGEST = 200  # the most characters of a path to show in a sentence

_log = logging.getLogger(__name__)
_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class _Log(logging.FileHandler):
    """A log handler that ignores write errors, such as a full disk, instead of printing them over the screen."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        return


class _Format(RedactingFormatter):
    """Log the type and place of an error without its message, which can contain a secret or text from a server."""

    def formatException(self, ei: _Raised | Any) -> str:
        error: BaseException | None = ei[1]
        told: list[str] = []
        while error is not None and len(told) < 10:
            frames = "".join(traceback.format_tb(error.__traceback__))
            why = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
            told.append(f"{frames}{type(error).__name__}{why}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n… while handling:\n".join(told)


def log_to(path: Path) -> None:
    """Log to the private file `path`. If it cannot be written, run without a log."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        handler: logging.Handler = _Log(path, encoding="utf-8", errors="backslashreplace")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_Format("%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"))
    log = logging.getLogger("facturier")  # Log only our own messages: libraries can log requests that contain secrets.
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False


def log_file() -> Path | None:
    """Return the path of the log file, or None if `log_to` has not opened one."""
    for handler in logging.getLogger("facturier").handlers:
        if isinstance(handler, logging.FileHandler):
            return Path(handler.baseFilename)
    return None


def as_problem(error: BaseException) -> FacturierError:
    """Convert any error to one that can be shown to the user.

    Our own errors are returned unchanged. Other errors are logged and described in a sentence. Lack of memory, disk
    space or file descriptors gets its own wording.
    """
    if isinstance(error, FacturierError):
        return error
    _log.error("fault", exc_info=error)
    path = log_file()
    log = _("The log has more details: {log}").format(log=path) if path else ""
    if (words := _shortage(error) or _of_a_file(error)) is not None:
        return FacturierError(words, kept=_("Everything saved before is safe."), todo=log)
    return FacturierError(
        _("An unexpected error occurred ({kind}).").format(kind=type(error).__name__),
        kept=_("Everything saved before is safe."),
        todo=log,
    )


def _of_a_file(error: BaseException) -> str | None:
    """Return a sentence for an operating system error about a file or folder, or None."""
    if isinstance(error, OSError) and error.strerror and isinstance(error.filename, str):
        return _("Cannot use “{path}”: {reason}.").format(path=_cut(error.filename), reason=error.strerror)
    if isinstance(error, RuntimeError) and "Symlink loop" in str(error):  # raised by pathlib before Python 3.13
        return _("A symbolic link leads back to itself.")
    return None


def _cut(path: str) -> str:
    return path if len(path) <= _LONGEST else f"{path[:_LONGEST]}…"


def _shortage(error: BaseException) -> str | None:
    """Return a sentence if this error or one of its causes is a lack of memory, disk space or file descriptors."""
    seen: BaseException | None = error
    while seen is not None:
        code = seen.errno if isinstance(seen, OSError) else None
        no_thread = isinstance(seen, RuntimeError) and "can't start new thread" in str(seen)
        # When a shared library cannot be mapped into memory, Python raises ImportError with the linker's message.
        no_library = isinstance(seen, ImportError) and ("failed to map" in str(seen) or "allocate" in str(seen))
        if isinstance(seen, MemoryError) or no_thread or no_library or code == errno.ENOMEM:
            return _("There is not enough memory for this.")
        if code in (errno.EMFILE, errno.ENFILE):
            return _("Too many files are open: the system’s limit is reached.")
        if code in (errno.ENOSPC, errno.EDQUOT):
            return _("The disk is full.")
        seen = seen.__cause__ or seen.__context__
    return None if _may_open() else _("Too many files are open: the system’s limit is reached.")


def _may_open() -> bool:
    """Return whether another file can be opened. A library may have hidden the real error behind one of its own."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return False
    return True
