"""An open company file: transactions, queries, and whether another program changed it.

Plain SQL: it runs the queries of the modules listed in `tests/models/store/test_plain_sql.py`.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from facturier.models import errors
from facturier.models.store import sqlite, sqlite_errors
from facturier.models.store.damaged_rows import DAMAGE, damaged, each, reading_row
from facturier.models.store.fields import instant
from facturier.models.store.prepared import Prepared
from facturier.models.store.schema import foreign_schema

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def login() -> str:
    """Return the operating system's name for the person, for the journal.

    It is the owner of the process; environment variables are ignored.
    """
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        return f"uid {os.geteuid()}"


class Store:
    """One open company file.

    It can be used from several threads: each has its own connection, which is open during its outermost `reading` or
    `writing`. `clock` returns aware instants. `user` is the name in the journal. Misleading characters are removed from
    all text that is read or written.
    """

    def __init__(self, path: Path, *, clock: Clock = utc_now, user: str = "") -> None:
        self.path = path
        self.clock = clock
        self.user = user or login()
        self.database = sqlite.connect(path)
        self.damaged: dict[str, errors.DamagedRow] = {}  # the rows that could not be read so far, by error sentence
        # Creates the message of a delivery that has none. Set only in the demo company, whose sample deliveries start
        # without messages.
        self.make_message: Callable[[int], None] | None = None
        self._compared = threading.local()
        self._file = _file_at(path)

    def note(self, error: errors.DamagedRow) -> None:
        """Record a row that could not be read. The caller continues without it."""
        self.damaged.setdefault(error.happened, error)

    def now(self) -> str:
        return instant(self.clock())

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Open a connection for this thread. Raises StoreError."""
        with sqlite_errors.own_errors(self.path), self.database.connection_context():
            yield

    def _connected(self) -> contextlib.AbstractContextManager[None]:
        """Connect like `reading`, but faster if this thread already has a connection."""
        return self.reading() if self.database.is_closed() else sqlite_errors.own_errors(self.path)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Run one transaction, all or nothing, that holds the write lock from its start. Raises StoreError."""
        with sqlite_errors.own_errors(self.path), self.database.connection_context():
            if self.database.in_transaction():
                yield
                return
            self._check_there()
            with sqlite.write_lock(self.database):
                yield

    def all(self, query: Any) -> list[Any]:
        """Return every row of a query on `facturier.models.store.tables`, as tuples or as `.objects(…)` in it says.

        A damaged row is skipped and noted; the first column identifies it. Opens a connection if there is none.
        """
        with self._connected():
            result = query.clone().execute(self.database)
            rows = result.cursor.fetchall()
        if not rows:
            return []
        result.initialize()
        return each(self, _table(query), rows, result.process_row)

    def first(self, query: Any) -> Any:
        """Return the first row of a query, or None if there is none. Raises DamagedRow."""
        with self._connected():
            result = query.clone().execute(self.database)
            row = result.cursor.fetchone()
            result.cursor.close()
        if row is None:
            return None
        try:
            result.initialize()
            return result.process_row(row)
        except DAMAGE as error:
            raise damaged(_table(query), row[0], str(error)) from error

    def value(self, query: Any) -> Any:
        """Return the first column of the first row of a query, or None if there is no row. Raises DamagedRow."""
        row = self.first(query)
        return row[0] if row else None

    def run(self, query: Any) -> int:
        """Run an INSERT, UPDATE or DELETE inside `writing`.

        Return the id of the new row for an INSERT, otherwise (and for an INSERT `.as_rowcount()`) the number of changed
        rows.
        """
        assert self.database.in_transaction(), "a change outside of `writing`"
        return int(query.clone().execute(self.database))

    def run_many(self, query: Prepared, rows: Iterable[dict[str, Any]]) -> None:
        """Run a change inside `writing` once for each of `rows`, which contain the values for its slots."""
        assert self.database.in_transaction(), "a change outside of `writing`"
        sent = [query.sql(self.database, row) for row in rows]
        if sent:
            self.database.connection().executemany(sent[0][0], sqlite.clean_rows([values for _sql, values in sent]))

    def whole(self, query: Any) -> list[Any]:
        """Return all rows like `all`, but raise DamagedRow if one is damaged.

        Use it for rows that are useless if one is missing.
        """
        with self._connected():
            result = query.clone().execute(self.database)
            rows = result.cursor.fetchall()
        if not rows:
            return []
        result.initialize()
        found = []
        for row in rows:
            with reading_row(_table(query), row[0]):
                found.append(result.process_row(row))
        return found

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return all rows of a plain SQL query. `test_plain_sql.py` lists the modules that may use it."""
        with self.reading():
            return list(self.database.execute_sql(sql, values).fetchall())

    def row(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """Return the first row of a plain SQL query, or None."""
        with self.reading():
            found = self.database.execute_sql(sql, values).fetchmany(1)
            return tuple(found[0]) if found else None

    def write(self, sql: str, *values: object) -> int:
        """Run one plain SQL change inside `writing`. Return the number of changed rows."""
        return int(self._change(sql, values).rowcount)

    def insert(self, sql: str, *values: object) -> int:
        """Run one plain SQL INSERT inside `writing`. Return the id of the new row."""
        return int(self._change(sql, values).lastrowid)

    def write_many(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Run one plain SQL change inside `writing` for each row."""
        assert self.database.in_transaction(), "a change outside of `writing`"
        self.database.connection().executemany(sql, sqlite.clean_rows([*rows]))

    def _change(self, sql: str, values: Iterable[object]) -> Any:
        assert self.database.in_transaction(), "a change outside of `writing`"
        return self.database.execute_sql(sql, sqlite.clean_values(values))

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy into an empty file, mark it as a copy and check it. Others may write meanwhile.

        Raises StoreError.
        """
        sqlite.copy(self.path, path)

    def changes(self) -> int:
        """Return a number that changes when another connection changes the file. The call is cheap if nothing changed.

        It is only meaningful on one connection, inside one long `reading`. Raises NotACompany if the file is gone.
        """
        self._check_there()
        with self._connected():
            return sqlite.change_notice(self.database)

    def _check_there(self) -> None:
        """Make sure that the file was not removed or replaced, because changes would then be lost.

        Raises NotACompany.
        """
        if _file_at(self.path) != self._file:
            raise sqlite_errors.gone(self.path)

    def journal_mode(self) -> str:
        """Return the journal mode of this file (see `sqlite.journal_mode`)."""
        with self._connected():
            return sqlite.journal_mode(self.database)

    def check_schema(self) -> None:
        """Compare the file's schema with ours. Raises ForeignSchema.

        The call is cheap on a connection that stays open while nobody else writes.
        """
        with self.reading():
            if getattr(self._compared, "state", None) == self._state():
                return
            with self.database.atomic("DEFERRED"):
                foreign_schema.check_schema(self.database, self.path)
                # This is in the same transaction, because before it SQLite does not count the changes of others.
                self._compared.state = self._state()

    def _state(self) -> tuple[Any, int]:
        return self.database.connection(), self.changes()

    def check(self) -> None:
        """Run the database's quick check. Raises BrokenCompany."""
        with self._connected():
            sqlite.check(self.database, self.path)


def _file_at(path: Path) -> tuple[int, int] | None:
    """Return the device and inode of the file at `path`, or None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _table(query: Any) -> str:
    return str(query.model._meta.table_name)
