"""Faults of our own: written to the log, shown as a sentence, never as a traceback."""

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

_LONGEST = 200  # characters of a path in a sentence

_log = logging.getLogger(__name__)
_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class _Log(logging.FileHandler):
    """A log that cannot be written, on a full disk for one, is no reason for a complaint on the screen."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        return


class _Format(RedactingFormatter):
    """Tracebacks say where and of which kind an error is, but repeat no text of it, which may hold a secret or what a
    server sent."""

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
    """Log to a private file; a place that cannot be written is no reason not to run."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        handler: logging.Handler = _Log(path, encoding="utf-8", errors="backslashreplace")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_Format("%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"))
    log = logging.getLogger("facturier")  # libraries may log requests with secrets in them, so only ours is kept
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False


def log_file() -> Path | None:
    """Where the log goes, as the start of the program set it up."""
    for handler in logging.getLogger("facturier").handlers:
        if isinstance(handler, logging.FileHandler):
            return Path(handler.baseFilename)
    return None


def as_problem(error: BaseException) -> FacturierError:
    """What to show the reader of any error: ours as it is; anything else is logged, and shown as a sentence. What the
    machine refuses, memory or one more open file, is said as such."""
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
    """The sentence where the system refuses a file or folder, whoever asked for it."""
    if isinstance(error, OSError) and error.strerror and isinstance(error.filename, str):
        return _("Cannot use “{path}”: {reason}.").format(path=_cut(error.filename), reason=error.strerror)
    if isinstance(error, RuntimeError) and "Symlink loop" in str(error):  # pathlib's, before Python 3.13
        return _("A symbolic link leads back to itself.")
    return None


def _cut(path: str) -> str:
    return path if len(path) <= _LONGEST else f"{path[:_LONGEST]}…"


def _shortage(error: BaseException) -> str | None:
    """The sentence where the machine has run short of something, here or below what was raised for it."""
    seen: BaseException | None = error
    while seen is not None:
        code = seen.errno if isinstance(seen, OSError) else None
        no_thread = isinstance(seen, RuntimeError) and "can't start new thread" in str(seen)
        # A library that cannot be mapped is an ImportError, with the linker's words for it.
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
    """Whether another file may be opened; a library may have said something else instead."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return False
    return True
