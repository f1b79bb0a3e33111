"""The company file, open: transactions, queries, and whether anyone else changed it.

Plain SQL: PRAGMA; and it runs the plain SQL of the modules that are listed in `tests/models/test_plain_sql.py`.
"""

import contextlib
import errno
import os
import stat
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from facturier.models import errors
from facturier.models.store import foreign_schema, sqlite
from facturier.models.store.damaged_rows import each, reading_row
from facturier.models.store.fields import instant as instant
from facturier.models.store.prepared import Prepared
from facturier.models.text.i18n import _
from facturier.models.text.paths import resolved

Clock = Callable[[], datetime]

# Bytes up to which a file is checked before it is opened. Reading all of a larger one takes longer than people wait:
# the screens do that behind the first of them, and `facturier doctor` does it.
CHECKED_AT_ONCE = 4 << 20


def utc_now() -> datetime:
    return datetime.now(UTC)


def login() -> str:
    """The operating system's name for the person: what the journal writes. Whose process it is counts, not what the
    environment says."""
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        return f"uid {os.geteuid()}"


class Store:
    """One open company file. Safe to use from several threads: each has its own connection, for as long as its
    outermost `reading` or `writing` lasts. `clock` gives aware instants; `user` is who the journal names. No text goes
    in or comes out with characters that could lie."""

    def __init__(self, path: Path, *, clock: Clock = utc_now, user: str = "") -> None:
        self.path = path
        self.clock = clock
        self.user = user or login()
        self.database = sqlite.connect(path)
        self.damaged: dict[str, errors.DamagedRow] = {}  # what could not be read so far, by its sentence
        self._compared = threading.local()
        self._file = _file_at(path)

    def note(self, error: errors.DamagedRow) -> None:
        """A row could not be read; the rest goes on without it."""
        self.damaged.setdefault(error.happened, error)

    def now(self) -> str:
        return instant(self.clock())

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """A connection for this thread. Raises StoreError."""
        with sqlite.own_errors(self.path), self.database.connection_context():
            yield

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction that holds the write lock from its start: all or nothing. Raises StoreError."""
        with sqlite.own_errors(self.path), self.database.connection_context():
            if self.database.in_transaction():
                yield
                return
            self._check_there()
            with self.database.atomic("IMMEDIATE"):
                yield

    def all(self, query: Any) -> list[Any]:
        """Every row of a query on `facturier.models.store.tables`, as the query says: as tuples, or what `.objects(…)`
        makes of them. In a connection of its own where none is open. A damaged row is left out and noted; the first
        column is the one that names it."""
        with self.reading():
            result = query.clone().execute(self.database)
            rows = result.cursor.fetchall()
        if rows:
            result.initialize()
        return each(self, _table(query), rows, result.process_row)

    def first(self, query: Any) -> Any:
        """The first row of a query, None where there is none. Raises DamagedRow."""
        with self.reading():
            result = query.clone().execute(self.database)
            row = result.cursor.fetchone()
            result.cursor.close()
        if row is None:
            return None
        with reading_row(_table(query), row[0]):
            result.initialize()
            return result.process_row(row)

    def value(self, query: Any) -> Any:
        """The first column of the first row of a query, None where there is no row. Raises DamagedRow."""
        row = self.first(query)
        return row[0] if row else None

    def run(self, query: Any) -> int:
        """Run an INSERT, UPDATE or DELETE inside `writing`. Returns the new row's id for an INSERT, else (and for an
        INSERT `.as_rowcount()`) how many rows it touched."""
        assert self.database.in_transaction(), "a change outside of `writing`"
        return int(query.clone().execute(self.database))

    def run_many(self, query: Prepared, rows: Iterable[dict[str, Any]]) -> None:
        """Run a change for each of `rows`, which give the values of its slots, inside `writing`."""
        assert self.database.in_transaction(), "a change outside of `writing`"
        sent = [query.sql(self.database, row) for row in rows]
        if sent:
            self.database.connection().executemany(sent[0][0], [sqlite.clean_values(values) for _sql, values in sent])

    def whole(self, query: Any) -> list[Any]:
        """As `all`, where the rows mean nothing without one of them. Raises DamagedRow."""
        with self.reading():
            result = query.clone().execute(self.database)
            rows = result.cursor.fetchall()
        if rows:
            result.initialize()
        found = []
        for row in rows:
            with reading_row(_table(query), row[0]):
                found.append(result.process_row(row))
        return found

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a query in plain SQL. `tests/models/test_plain_sql.py` lists the modules that may need it."""
        with self.reading():
            return list(self.database.execute_sql(sql, values).fetchall())

    def row(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """The first row of a query in plain SQL."""
        with self.reading():
            found = self.database.execute_sql(sql, values).fetchmany(1)
            return tuple(found[0]) if found else None

    def write(self, sql: str, *values: object) -> int:
        """Run one change in plain SQL inside `writing`; how many rows it touched."""
        return int(self._change(sql, values).rowcount)

    def insert(self, sql: str, *values: object) -> int:
        """Run one INSERT in plain SQL inside `writing`; the new row's id."""
        return int(self._change(sql, values).lastrowid)

    def write_many(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Run one change in plain SQL for each row inside `writing`."""
        assert self.database.in_transaction(), "a change outside of `writing`"
        self.database.connection().executemany(sql, [sqlite.clean_values(row) for row in rows])

    def _change(self, sql: str, values: Iterable[object]) -> Any:
        assert self.database.in_transaction(), "a change outside of `writing`"
        return self.database.execute_sql(sql, sqlite.clean_values(values))

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy, also while others write, into an empty file. It is marked as a copy, and checked.
        Raises StoreError."""
        sqlite.copy(self.path, path)

    def changes(self) -> int:
        """A number that differs when any other connection has changed the file. Costs nothing when nothing changed.

        Means something only on a connection that stays open: inside one long `reading`.
        """
        self._check_there()
        found = self.row("PRAGMA data_version")
        return int(found[0]) if found else 0

    def _check_there(self) -> None:
        """Raises NotACompany where the file was taken away or replaced: what a connection that is still open wrote
        would be lost."""
        if _file_at(self.path) != self._file:
            raise sqlite.gone(self.path)

    def journal_mode(self) -> str:
        """How SQLite keeps this file safe: `wal`, or `delete` where its WAL is not sound."""
        found = self.row("PRAGMA journal_mode")
        return str(found[0]) if found else ""

    def check_schema(self) -> None:
        """Compare the file's schema with ours. Costs next to nothing on a connection that stays open while nobody else
        writes. Raises ForeignSchema."""
        with self.reading():
            if getattr(self._compared, "state", None) == self._state():
                return
            with self.database.atomic("DEFERRED"):
                foreign_schema.check_schema(self.database, self.path)
                # In the same transaction: before it, SQLite does not yet count what others have written.
                self._compared.state = self._state()

    def _state(self) -> tuple[Any, int]:
        return self.database.connection(), self.changes()

    def check(self) -> None:
        """SQLite's own quick check. Raises BrokenCompany."""
        found = self.row("PRAGMA quick_check(1)")
        if found != ("ok",):
            raise sqlite.broken(self.path, str(found and found[0]))


def _file_at(path: Path) -> tuple[int, int] | None:
    """Which file is there, by device and inode."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _table(query: Any) -> str:
    return str(query.model._meta.table_name)


def open_company(path: Path, *, clock: Clock = utc_now, user: str = "", check: bool = True) -> Store:
    """Open a company file. A file of an older version is brought up to date first, after a backup beside it; a small
    one (`CHECKED_AT_ONCE`) is checked. Without `check` only to look at it: then neither is done. The schema is compared
    in any case. Raises NotACompany, NewerCompany, ReadOnlyCompany, LockedCompany, BrokenCompany, ForeignSchema,
    NetworkFolder; the file is untouched then."""
    path = resolved(path)
    try:
        there = path.is_file()
    except OSError:
        there = True  # opening it will tell what hinders
    if not there:
        raise errors.NotACompany(
            _("Cannot find the company file “{path}”.").format(path=path),
            todo=_("Check the path, or create a company."),
        )
    sqlite.check_mount(path)
    version = check_header(path)
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise sqlite.read_only(path)
    if path.stat().st_nlink > 1:
        from facturier.models.store.files import remove_leftovers
        from facturier.models.store.home import refuse_second_name

        remove_leftovers(path.parent)
        if path.stat().st_nlink > 1:
            refuse_second_name(Store(path))
    if check and version != sqlite.SCHEMA:
        from facturier.models.store.schema import upgrade

        upgrade(path, clock())
    store = Store(path, clock=clock, user=user)
    with store.reading():
        store.check_schema()
        if check and path.stat().st_size <= CHECKED_AT_ONCE:
            store.check()
    return store


def create_company(path: Path, *, clock: Clock = utc_now, user: str = "") -> Store:
    """Make a new, empty company file, private to its owner. Raises StoreError if something is there already."""
    path = resolved(path)
    sqlite.check_mount(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        path.chmod(mode_in(path.parent))
    except FileExistsError:
        raise errors.StoreError(
            _("“{path}” already exists.").format(path=path),
            kept=_("It was not changed."),
            todo=_("Choose another name, or open it with: facturier PATH"),
        ) from None
    except OSError as error:
        raise errors.StoreError(
            _("Cannot create “{path}”: {reason}.").format(path=path, reason=error.strerror),
            todo=_("Choose a folder that you can write to."),
        ) from error
    from facturier.models.store.home import settle
    from facturier.models.store.schema import make_schema

    store = Store(path, clock=clock, user=user)
    with store.writing():
        make_schema(store.database)
        settle(store)
    return store


def mode_in(folder: Path) -> int:
    """The mode of a company file there, which SQLite gives to the files beside it too. Group members of a shared
    company's folder (2770) write it; everyone else's is private."""
    return 0o660 if folder.stat().st_mode & stat.S_ISGID else 0o600


def check_header(path: Path) -> int:
    """Check identity and version in the file's own header, so that a foreign or newer file is never changed; the
    version of its schema. Raises NotACompany, NewerCompany."""
    if not os.access(path, os.R_OK):
        raise errors.NotACompany(
            _("Cannot read “{path}”: {reason}.").format(path=path, reason=os.strerror(errno.EACCES)),
            todo=_("Ask the owner for permission to read and write it."),
        )
    application, version = sqlite.stamp(path)
    if application != sqlite.APPLICATION:
        raise sqlite.not_a_company(path)
    if version > sqlite.SCHEMA:
        raise errors.NewerCompany(
            _("“{path}” was written by a newer version of Facturier.").format(path=path),
            kept=_("The file was left as it is."),
            todo=_("Update Facturier on this machine, then open the company again."),
        )
    return version
