"""What is particular to SQLite, in one place. Another database would need its own module like this one:

- `connect`, `write_lock`, `change_notice`, `copy`, `check`, and the identity of a file: `stamp`, `put_stamp`, `in_use`;
- the clauses that a query takes from here: `contains`, `begins_with`, `have_any`, `literal`, `one_of`, `written`,
  `raw`, `from_raw`, and as plain SQL `FOUND` and `walk`;
- its errors in our words (`own_errors`), and the file systems on which it is safe.

Plain SQL: PRAGMA, VACUUM, and the mark on a copy, which is a different file from the one that a `Store` has open.
"""

import contextlib
import errno
import functools
import json
import operator
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import peewee
from peewee import fn

from facturier.models import errors
from facturier.models.store.prepared import Filled, is_read
from facturier.models.text.clean import clean_lines
from facturier.models.text.i18n import _

APPLICATION = 0x46616374  # "Fact", so that `file` and we know a company file
SCHEMA = 4  # the number of the last script in `facturier.models.store.migrations`
BUSY_SECONDS = 5
MOUNTS = Path("/proc/self/mountinfo")
TAILS = ("-wal", "-shm", "-journal")  # of the files that SQLite keeps beside a database

_NETWORK = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "glusterfs", "lustre", "beegfs", "davfs"),
    *("virtiofs", "vboxsf", "prl_fs"),  # a folder of another machine, from inside a virtual one
    *("fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.glusterfs", "fuse.ceph", "fuse.vmhgfs-fuse", "fuse.gvfsd-fuse"),
}
# Rows after the first come from the driver, whose errors peewee does not make its own.
_ERRORS: tuple[type[Exception], ...] = (peewee.DatabaseError, vars(peewee)["sqlite3"].DatabaseError)
# SQLite's primary result codes (https://sqlite.org/rescode.html).
_ERROR, _PERM, _BUSY, _LOCKED, _NOMEM, _READONLY = 1, 3, 5, 6, 7, 8
_INTERRUPT, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _TOOBIG, _NOTADB = 9, 10, 11, 13, 14, 18, 26
# After these SQLite may have ended the transaction (https://sqlite.org/lang_transaction.html, section 4).
_ENDS_TRANSACTION = (_FULL, _IOERR, _NOMEM, _BUSY, _INTERRUPT)
_HIGHEST_ID = (1 << 63) - 1
_ESCAPE = re.compile(r"\\([0-7]{3})")  # how mountinfo writes a space, a tab, a line end or a backslash
# WAL with several connections can lose a commit before these (SQLite's "WAL-reset" bug).
_SOUND = {(3, 44): 6, (3, 50): 7}


def wal_is_sound(version: tuple[int, int, int]) -> bool:
    """Return whether this SQLite version can safely use WAL mode with several programs on one file."""
    return version >= (3, 51, 3) or version[2] >= _SOUND.get(version[:2], 1000)


def sqlite_version() -> tuple[int, int, int]:
    version: tuple[int, int, int] = peewee.SqliteDatabase.server_version
    return version


class _Database(peewee.SqliteDatabase):
    """Text comes in and goes out without characters that could lie, whatever the query: another program may have
    written the file."""

    def _initialize_connection(self, connection: Any) -> None:
        connection.text_factory = _read_text

    def execute(self, query: Any, **options: Any) -> Any:
        if isinstance(query, Filled):
            (sql, values), reads = query.prepared.sql(self, query.values), query.reads
        else:
            (sql, values), reads = self.get_sql_context(**options).parse(query), is_read(query)
        return self.execute_sql(sql, values if reads else clean_values(values))  # type: ignore[no-untyped-call]


def _read_text(found: bytes) -> str:
    """Decode and clean text from the file. Bytes that are not UTF-8 become replacement characters."""
    text = str(found, "utf-8", "replace")
    return text if text.isascii() and text.isprintable() else clean_lines(text)


def clean_values(values: Iterable[Any]) -> tuple[Any, ...]:
    """Clean values before they are written. Values that are only compared stay unchanged."""
    values = tuple(values)
    together = "".join([value for value in values if isinstance(value, str)])
    if together.isascii() and together.isprintable():  # nearly always
        return values
    return tuple(
        [
            value if not isinstance(value, str) or (value.isascii() and value.isprintable()) else clean_lines(value)
            for value in values
        ]
    )


def contains(column: Any, text: str | bytes) -> Any:
    """The condition that a column of text or bytes contains `text`, to the letter: neither case nor patterns count."""
    return fn.instr(column, text) > 0


def begins_with(column: Any, text: str) -> Any:
    """The condition that a text column begins with `text`."""
    return fn.instr(column, text) == 1


def have_any(column: Any, names: Iterable[str], texts: Iterable[str]) -> Any:
    """The condition that a column with a JSON object of lists has one of `texts`, in lower case, in one of the lists
    that `names` names. Damaged JSON has none."""
    sound = peewee.Case(None, [(fn.json_valid(column), column)], "{}")
    # One parameter, however many texts there are.
    sought = fn.json_each(json.dumps([*texts])).alias("sought")
    among = peewee.Select([sought], [peewee.SQL("sought.value")])
    found = []
    for name in names:
        one = fn.json_each(sound, f"$.{name}").alias("one")
        found.append(
            fn.EXISTS(peewee.Select([one], [peewee.SQL("1")]).where(fn.lower(peewee.SQL("one.value")).in_(among)))
        )
    return functools.reduce(operator.or_, found)


# The ids of the invoices that have certain letters in a row, as plain SQL: the search index of the list.
FOUND = "SELECT rowid FROM found WHERE found MATCH ?"


def walk(index: str) -> str:
    """What follows the name of a table in plain SQL, for a page that is read along this index and no other."""
    return f"INDEXED BY {index}"


def literal(value: StrEnum | int) -> Any:
    """A constant in the text of a query. A partial index is only used if the query repeats its condition
    word for word."""
    return peewee.SQL(f"'{value.value}'" if isinstance(value, StrEnum) else str(value))


def one_of(column: Any, values: Iterable[StrEnum]) -> Any:
    """The condition that a column has one of these values, which a partial index can answer. See `literal`."""
    first, *others = map(literal, values)
    return column.in_([first, *others]) if others else column == first


def written(column: Any) -> Any:
    """What a text column holds, whether or not it is what the column says."""
    return peewee.Cast(column, "TEXT")


def raw(column: Any) -> Any:
    """What a text column holds, as bytes: with all that is cleaned where it is read as text."""
    return peewee.Cast(column, "BLOB")


def from_raw(value: Any) -> Any:
    """What `raw` has read, as text to compare with."""
    return peewee.Cast(value, "TEXT")


def connect(path: Path) -> peewee.SqliteDatabase:
    """Return the database at `path`: every commit is durable, foreign keys are on, and other writers are waited for."""
    journal = "wal" if wal_is_sound(sqlite_version()) else "delete"
    return _Database(
        _there(path),
        uri=True,
        pragmas=[
            ("busy_timeout", BUSY_SECONDS * 1000),
            ("journal_mode", journal),
            ("synchronous", "full"),
            ("foreign_keys", 1),
            # What the file's own schema may call, and what its pages may claim: somebody else may have written them.
            # SQLite's defensive mode would be a third guard; pysqlite3 cannot switch it on.
            ("trusted_schema", 0),
            ("cell_size_check", 1),
        ],
        timeout=BUSY_SECONDS,
    )


def write_lock(database: peewee.SqliteDatabase) -> Any:
    """A transaction that holds the write lock from its start: what it reads is so until it ends."""
    return database.atomic("IMMEDIATE")


def change_notice(database: peewee.SqliteDatabase) -> int:
    """A number that differs when any other connection has changed the file. Means something only on a connection that
    stays open."""
    return int(database.pragma("data_version"))


def check(database: peewee.SqliteDatabase, path: Path) -> None:
    """SQLite's own quick check. Raises BrokenCompany."""
    found = database.execute_sql("PRAGMA quick_check(1)").fetchone()
    if found != ("ok",):
        raise broken(path, str(found and found[0]))


def journal_mode(database: peewee.SqliteDatabase) -> str:
    """How SQLite keeps a file safe: `wal`, or `delete` where its WAL is not sound."""
    return str(database.pragma("journal_mode"))


def copy(path: Path, to: Path) -> None:
    """Write a consistent copy of the file into `to`, which must be empty, mark it as a copy and check it.

    Raises StoreError.
    """
    with own_errors(path):
        source = connect(path)
        with source.connection_context():
            source.execute_sql("VACUUM INTO ?", (to.absolute().as_uri(),))  # a name need not be UTF-8
    with own_errors(to):
        target = peewee.SqliteDatabase(_there(to), uri=True)
        with target.connection_context():
            mark = json.dumps({"path": str(path)})
            target.execute_sql(
                "INSERT INTO setting (key, value) VALUES ('home', ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (mark,),
            )
            check(target, path)


def is_among(column: Any, numbers: Any) -> Any:
    """The condition that a column holds one of `numbers`, which is a JSON list: there may be more of them than a query
    takes values (https://sqlite.org/limits.html, SQLITE_MAX_VARIABLE_NUMBER)."""
    return column.in_(peewee.Select([peewee.fn.json_each(numbers)], [peewee.SQL("value")]))


def _there(path: Path) -> str:
    """Return the URI with which SQLite opens the file without creating it."""
    return f"{path.absolute().as_uri()}?mode=rw"


def _mounts(mounts: Path) -> Iterator[tuple[str, str]]:
    """Yield each mount point with the type of its file system, as Linux names it (proc_pid_mountinfo(5))."""
    with contextlib.suppress(OSError):
        for mount in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
            left, _dash, right = mount.partition(" - ")
            yield _ESCAPE.sub(lambda found: chr(int(found[1], 8)), left.split()[4]), right.split()[0]


def file_system(path: Path, mounts: Path = MOUNTS) -> str:
    """Return the type of the file system that `path` is on, or an empty text if it is unknown."""
    return _file_system_of(path.resolve(), _mounts(mounts))


def _file_system_of(path: Path, mounts: Iterable[tuple[str, str]]) -> str:
    best, kind = "", ""
    for point, found in mounts:
        if len(point) >= len(best) and f"{path}/".startswith(f"{point.rstrip('/')}/"):
            best, kind = point, found
    return kind


def forgets_inodes(path: Path) -> bool:
    """Return whether the file system assigns new inode numbers each time that it is mounted."""
    kind = file_system(path)
    return kind in ("vfat", "msdos", "exfat") or kind.startswith("fuse")


def check_mount(path: Path, mounts: Path = MOUNTS) -> None:
    """Check the file system under `path`.

    Raises NetworkFolder if locks are unreliable there, and SecondName if the file is mounted without its folder.
    """
    found = list(_mounts(mounts))
    kind = _file_system_of(path.resolve().parent, found)  # a symbolic link may lead there
    if kind in _NETWORK:
        raise errors.NetworkFolder(
            _("“{path}” is on a network file system ({kind}).").format(path=path, kind=kind),
            kept=_("Nothing was opened: SQLite cannot lock a file there, and two programs could damage it."),
            todo=_("Keep the company on a local disk of the machine that runs Facturier, and log in there."),
        )
    if any(point == str(path) for point, _kind in found):
        raise errors.SecondName(
            _("“{path}” is mounted as a single file, so it has a second name elsewhere.").format(path=path),
            kept=_("It was not opened: SQLite keeps files beside it, which would not be shared."),
            todo=_("Mount its folder instead."),
        )


def stamp(path: Path) -> tuple[int, int]:
    """Return the application id and the schema version from a file's header, without changing the file.

    SQLite reads the header, not our code. If this program already has the company open, opening and closing the file
    here would drop SQLite's locks on it, because POSIX locks belong to the process (fcntl(2)). Our code reads the
    header only if SQLite cannot, because most of the file is still in its log. Raises StoreError.
    """
    database = peewee.SqliteDatabase(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        with own_errors(path), database.connection_context():
            return int(database.pragma("application_id")), int(database.pragma("user_version"))
    except errors.BrokenCompany:
        header = _header(path)  # SQLite's file format, section 1.3: both numbers are big-endian
        return int.from_bytes(header[68:72], "big"), int.from_bytes(header[60:64], "big")


def put_stamp(database: peewee.SqliteDatabase, version: int) -> None:
    """Write what `stamp` reads, inside the caller's transaction."""
    database.pragma("application_id", APPLICATION)
    database.pragma("user_version", version)


def _header(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(100)
    except OSError:
        raise not_a_company(path) from None


def in_use(path: Path) -> bool:
    """Return whether another program has the file open. A file that SQLite cannot read counts as free."""
    database = peewee.SqliteDatabase(_there(path), uri=True, pragmas=[("locking_mode", "exclusive")], timeout=0.2)
    try:
        with database.connection_context(), database.atomic("EXCLUSIVE"):
            return False
    except peewee.DatabaseError as error:
        return is_locked(error)


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
    except UnicodeDecodeError as error:  # SQLite's own words about a damaged schema, which repeat it
        raise broken(path, str(error.reason)) from error
    except OverflowError as error:  # from Python's own, before SQLite sees the number
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
