"""Convert SQLite's errors into our own, according to SQLite's result codes.

Plain SQL: it looks for a table without a free row id, whatever the table's name.
"""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import peewee

from facturier.models import errors
from facturier.models.text.i18n import _

if vars(peewee)["sqlite3"] is None:  # peewee goes on without a driver if there was no memory to load one
    raise ImportError("SQLite cannot be loaded.")
# The driver reads the rows after the first one, and peewee does not convert the driver's errors.
_ERRORS: tuple[type[Exception], ...] = (peewee.DatabaseError, vars(peewee)["sqlite3"].DatabaseError)
# SQLite's primary result codes (https://sqlite.org/rescode.html).
_ERROR, _PERM, _BUSY, _LOCKED, _NOMEM, _READONLY = 1, 3, 5, 6, 7, 8
_INTERRUPT, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _TOOBIG, _NOTADB = 9, 10, 11, 13, 14, 18, 26
# Errors after which SQLite may have ended the transaction (https://sqlite.org/lang_transaction.html, section 4).
_ENDS_TRANSACTION = (_FULL, _IOERR, _NOMEM, _BUSY, _INTERRUPT)
_HIGHEST_ID = (1 << 63) - 1


@contextlib.contextmanager
def own_errors(path: Path) -> Iterator[None]:
    """Convert SQLite's errors into StoreErrors.

    Constraint violations pass through to the caller, who can interpret them.
    """
    try:
        yield
    except _ERRORS as error:
        if isinstance(error, peewee.IntegrityError) and not _is_past_64_bits(error):
            raise
        raise _translated(_first(error), path) from error
    except UnicodeDecodeError as error:  # SQLite's message about a damaged schema can quote bytes that are not UTF-8
        raise broken(path, str(error.reason)) from error
    except OverflowError as error:  # raised by Python's sqlite3 before SQLite receives the number
        raise _too_much() from error


def _first(error: BaseException) -> BaseException:
    """Return the first error of a failed transaction.

    If the disk is full, SQLite ends the transaction itself. Peewee's rollback then fails too and hides the first error.
    """
    if _code(error) == _ERROR:
        earlier: BaseException | None = error
        while earlier is not None:
            if _code(earlier) in _ENDS_TRANSACTION:
                return earlier
            earlier = earlier.__context__
    return error


def _code(error: BaseException) -> int:
    """Return SQLite's primary result code, or 0 if SQLite did not report the error.

    Both sqlite3 and pysqlite3 set it on every error that SQLite reports; peewee's error has it in its cause. pysqlite3
    has no extended codes.
    """
    for found in (error, error.__context__, error.__cause__):
        code = getattr(found, "sqlite_errorcode", None)
        if isinstance(code, int):
            return code & 0xFF
    return 0


def _is_past_64_bits(error: BaseException) -> bool:
    """Return whether a sum became a REAL, which none of our columns can hold.

    Only the message tells: the specific code, SQLITE_CONSTRAINT_DATATYPE, is an extended one.
    """
    return "cannot store REAL" in str(error)


def is_spoilt(error: BaseException) -> bool:
    """Return whether the error means that the file is not a valid database."""
    return _code(error) in (_CORRUPT, _NOTADB)


def is_locked(error: BaseException) -> bool:
    """Return whether the error means that another connection has locked the file."""
    return _code(error) in (_BUSY, _LOCKED)


def _translated(error: BaseException, path: Path) -> errors.StoreError:
    match _code(error):
        case code if code in (_BUSY, _LOCKED):
            return errors.LockedCompany(
                _("Another program has locked “{path}” for too long.").format(path=path),
                kept=_("Nothing was changed."),
                todo=_("Try again. If it happens again, look for a program that locks this file."),
            )
        case code if code in (_READONLY, _PERM):
            return read_only(path)
        case code if code == _FULL and _has_no_id_left(path):
            return broken(path, _("no row ID is left"))
        case code if code == _FULL or (code == _IOERR and _is_full(path)):
            return errors.NoRoom(
                _("The disk that holds “{path}” is full.").format(path=path),
                kept=_("Everything saved before is safe. The last change was not saved."),
                todo=_("Free some space, then save again."),
            )
        case code if code == _IOERR:
            return errors.StoreError(
                _("Cannot read or write the disk that holds “{path}”.").format(path=path),
                kept=_("Everything saved before is safe. The last change was not saved."),
                todo=_("Check for a full quota or a failing disk, then try again."),
            )
        case code if code == _NOTADB:
            return not_a_company(path)
        case code if code == _NOMEM or isinstance(error, MemoryError):
            return errors.StoreError(
                _("There is not enough memory for this."),
                kept=_("Everything saved before is safe. Nothing was changed."),
            )
        case code if code == _CANTOPEN and _no_file_more():
            return errors.StoreError(
                _("Too many files are open: the system’s limit is reached."),
                kept=_("Everything saved before is safe. Nothing was changed."),
                todo=_("Raise the limit with: ulimit -n 1024"),
            )
        case code if code == _CANTOPEN and not path.exists():
            return gone(path)
        case code if code == _CANTOPEN:
            return errors.NotACompany(
                _("Cannot open “{path}”.").format(path=path),
                kept=_("Nothing was changed."),
                todo=_("Check the path, and make sure that you can read and write the folder."),
            )
        case code if code == _TOOBIG or isinstance(error, peewee.IntegrityError) or _is_limit(error):
            return _too_much()
    return broken(path, str(error))


def _is_limit(error: BaseException) -> bool:
    """Return whether a limit of SQLite was exceeded (https://sqlite.org/limits.html).

    Most limits, and the overflow of a sum, have only the general code SQLITE_ERROR, so the message has to tell.
    """
    words = str(error).lower()
    limits = ("too many", "too large", "too complex", "too deep", "too long", "too big", "integer overflow")
    return _code(error) == _ERROR and any(limit in words for limit in limits)


def _too_much() -> errors.StoreError:
    return errors.StoreError(
        _("This is more than a company file can hold or search."),
        kept=_("Nothing was changed."),
        todo=_("Shorten the text or make the amount smaller."),
    )


def _has_no_id_left(path: Path) -> bool:
    """Return whether a table has used the highest possible row id.

    SQLite reports this as a full database too (https://sqlite.org/autoinc.html). Another program must have written the
    id.
    """
    database = peewee.SqliteDatabase(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)
    used = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0), coalesce(max(rowid), 0) FROM "
    with contextlib.suppress(peewee.DatabaseError), database.connection_context():
        tables = database.execute_sql("SELECT name FROM sqlite_schema WHERE sql LIKE '%AUTOINCREMENT%'").fetchall()
        for (table,) in tables:
            found = database.execute_sql(f'{used}"{table}"', (table,)).fetchone()
            if max(found) >= _HIGHEST_ID:
                return True
    return False


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < 1 << 20
    except OSError:
        return False


def _no_file_more() -> bool:
    """Return whether this process cannot open three more files: the company and SQLite's two beside it."""
    opened: list[int] = []
    try:
        for _file in range(3):
            opened.append(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno in (errno.EMFILE, errno.ENFILE)
    finally:
        for handle in opened:
            os.close(handle)
    return False


def not_a_company(path: Path) -> errors.NotACompany:
    return errors.NotACompany(
        _("“{path}” is not a Facturier company.").format(path=path),
        kept=_("The file was not changed."),
        todo=_("Open another file, or create a company."),
    )


def gone(path: Path) -> errors.NotACompany:
    return errors.NotACompany(
        _("The company file “{path}” was deleted, moved or replaced while it was open.").format(path=path),
        kept=_("Nothing is saved or sent until it is back."),
        todo=_("Put the file back, or restore a backup of it. Then open the company again."),
    )


def read_only(path: Path) -> errors.ReadOnlyCompany:
    return errors.ReadOnlyCompany(
        _("You can read “{path}” but not write to it.").format(path=path),
        kept=_("Nothing was changed."),
        todo=_("Ask the owner for permission to write to the file and its folder."),
    )


def broken(path: Path, reason: str) -> errors.BrokenCompany:
    return errors.BrokenCompany(
        _("“{path}” is damaged: {reason}.").format(path=path, reason=reason),
        kept=_("The file was not changed."),
        todo=_("Keep a copy of it, then restore your last good backup."),
    )
