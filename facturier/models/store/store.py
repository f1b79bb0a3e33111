"""The company file, open: transactions, queries, and whether anyone else changed it."""

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
from facturier.models.text.clean import clean_lines
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


def instant(at: datetime) -> str:
    """An aware instant as the store writes it: UTC, milliseconds, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


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

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a query, in a connection of its own where none is open."""
        with self.reading():
            return [_clean(row) for row in self._found(sql, values)]

    def row(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        with self.reading():
            found = self._found(sql, values, 1)
            return _clean(found[0]) if found else None

    def _found(self, sql: str, values: Iterable[object], most: int | None = None) -> list[tuple[Any, ...]]:
        """All rows, or the first of them. Text that is not UTF-8 is read all the same, with marks for what is not."""

        def fetch() -> list[tuple[Any, ...]]:
            cursor = self.database.execute_sql(sql, values)
            return list(cursor.fetchall() if most is None else cursor.fetchmany(most))

        try:
            return fetch()
        except Exception as error:
            if not sqlite.is_undecodable(error):
                raise
        connection = self.database.connection()
        connection.text_factory = lambda found: found.decode(errors="replace")
        try:
            return fetch()
        finally:
            connection.text_factory = str

    def write(self, sql: str, *values: object) -> int:
        """Run one change inside `writing`; how many rows it touched."""
        return int(self._change(sql, values).rowcount)

    def insert(self, sql: str, *values: object) -> int:
        """Run one INSERT inside `writing`; the new row's id."""
        return int(self._change(sql, values).lastrowid)

    def write_many(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Run one change for each row inside `writing`."""
        assert self.database.in_transaction(), "a change outside of `writing`"
        self.database.connection().executemany(sql, [_clean(row) for row in rows])

    def _change(self, sql: str, values: Iterable[object]) -> Any:
        assert self.database.in_transaction(), "a change outside of `writing`"
        return self.database.execute_sql(sql, _clean(values))

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


def _clean(values: Iterable[Any]) -> tuple[Any, ...]:
    """Text passes `clean` on its way in, and on its way out too: another program may have written the file."""
    return tuple(
        value if not isinstance(value, str) or (value.isascii() and value.isprintable()) else clean_lines(value)
        for value in values
    )


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
            todo=_("Create one with: facturier new PATH --name NAME --email ADDRESS"),
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
