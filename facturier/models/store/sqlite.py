"""Everything specific to SQLite. To use another database, replace this module. It contains:

- `connect`, `write_lock`, `change_notice`, `copy`, `check`, and the identity of a file: `stamp`, `put_stamp`, `in_use`;
- the clauses that a query takes from here: `contains`, `begins_with`, `have_any`, `folded`, `decimal_text`, `literal`,
  `one_of`, `written`, `raw`, `from_raw`, and as plain SQL `FOUND` and `walk`.

SQLite's errors are converted in `sqlite_errors.py`, and `file_systems.py` lists the file systems on which it is safe.

Plain SQL: PRAGMA, VACUUM, and the mark on a copy, which is a different file from the one that a `Store` has open.
"""

import functools
import json
import operator
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Any

import peewee
from peewee import fn

from facturier.models import errors
from facturier.models.store.prepared import Filled, is_read
from facturier.models.store.sqlite_errors import broken, is_locked, not_a_company, own_errors
from facturier.models.text.clean import clean_lines

APPLICATION = 0x46616374  # "Fact", by which `file` and Facturier recognize a company file
SCHEMA = 11  # the number of the last script in `facturier.models.store.schema.migrations`
BUSY_SECONDS = 5
TAILS = ("-wal", "-shm", "-journal")  # of the files that SQLite keeps beside a database

# Before these versions, WAL with several connections can lose a commit (SQLite's "WAL-reset" bug).
_SOUND = {(3, 44): 6, (3, 50): 7}


def wal_is_sound(version: tuple[int, int, int]) -> bool:
    """Return whether this SQLite version can safely use WAL mode with several programs on one file."""
    return version >= (3, 51, 3) or version[2] >= _SOUND.get(version[:2], 1000)


def sqlite_version() -> tuple[int, int, int]:
    version: tuple[int, int, int] = peewee.SqliteDatabase.server_version
    return version


class _Database(peewee.SqliteDatabase):
    """A database that removes misleading characters from all text it reads or writes, whatever the query.

    Reading needs this too, because another program may have written the file.
    """

    def _initialize_connection(self, connection: Any) -> None:
        connection.text_factory = _read_text
        connection.create_function("fold", 1, _fold, deterministic=True)

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


@functools.lru_cache(4096)  # many rows have the same text
def _fold(text: bytes) -> str:
    from facturier.models.text.search_text import fold

    return fold(_read_text(text))


def clean_rows(rows: Sequence[Iterable[Any]]) -> Iterable[Iterable[Any]]:
    """Clean the values of several rows before they are written."""
    return rows if _are_clean(chain.from_iterable(rows)) else map(clean_values, rows)


def _are_clean(values: Iterable[Any]) -> bool:
    together = "".join([value for value in values if isinstance(value, str)])
    return together.isascii() and together.isprintable()


def clean_values(values: Iterable[Any]) -> tuple[Any, ...]:
    """Clean values before they are written. Values that are only compared stay unchanged."""
    values = tuple(values)
    if _are_clean(values):  # nearly always
        return values
    return tuple(
        [
            value if not isinstance(value, str) or (value.isascii() and value.isprintable()) else clean_lines(value)
            for value in values
        ]
    )


def contains(column: Any, text: str | bytes) -> Any:
    """Return the condition that a column of text or bytes contains exactly `text`. Case matters; there are no
    patterns."""
    return fn.instr(column, text) > 0


def begins_with(column: Any, text: str) -> Any:
    """Return the condition that a text column begins with `text`."""
    return fn.instr(column, text) == 1


def have_any(column: Any, names: Iterable[str], texts: Iterable[str]) -> Any:
    """Return the condition that a column with a JSON object of lists has one of `texts` in one of the lists `names`.

    `texts` are in lower case. Damaged JSON never meets the condition.
    """
    sound = peewee.Case(None, [(fn.json_valid(column), column)], "{}")
    # One parameter, because the number of parameters is limited and there may be many texts.
    sought = fn.json_each(json.dumps([*texts])).alias("sought")
    among = peewee.Select([sought], [peewee.SQL("sought.value")])
    found = []
    for name in names:
        one = fn.json_each(sound, f"$.{name}").alias("one")
        found.append(
            fn.EXISTS(peewee.Select([one], [peewee.SQL("1")]).where(fn.lower(peewee.SQL("one.value")).in_(among)))
        )
    return functools.reduce(operator.or_, found)


def folded(text: Any) -> Any:
    """Return a text expression without case and accents, as `facturier.models.text.search_text.fold` returns it."""
    # Nearly all texts are ASCII, and SQLite's own function is ten times as fast.
    return peewee.Case(None, [(fn.glob("*[^ -~]*", text), fn.fold(raw(text)))], fn.lower(text))


def decimal_text(minor: Any, digits: int) -> Any:
    """Return an amount in minor units as decimal text without its sign: `1234.50`."""
    amount = fn.abs(minor)
    if not digits:
        return peewee.Cast(amount, "TEXT")
    unit = 10**digits
    return fn.printf(f"%d.%0{digits}d", amount / unit, amount - amount / unit * unit)  # in Peewee, % is LIKE


# The ids of the invoices that contain a sequence of letters, as plain SQL: the search index of the list.
FOUND = "SELECT rowid FROM found WHERE found MATCH ?"


def walk(index: str) -> str:
    """Return the plain SQL that follows the name of a table if a page must be read through this index."""
    return f"INDEXED BY {index}"


def literal(value: StrEnum | int) -> Any:
    """Return a constant as part of the query's text.

    SQLite uses a partial index only if the query repeats the condition of the index word for word.
    """
    return peewee.SQL(f"'{value.value}'" if isinstance(value, StrEnum) else str(value))


def one_of(column: Any, values: Iterable[StrEnum]) -> Any:
    """Return the condition that a column has one of these values. Partial indexes can answer it (see `literal`)."""
    first, *others = map(literal, values)
    return column.in_([first, *others]) if others else column == first


def written(column: Any) -> Any:
    """Return a text column as text, whether or not its value is valid for the column's type."""
    return peewee.Cast(column, "TEXT")


def raw(column: Any) -> Any:
    """Return a text column as bytes, with the characters that are removed when it is read as text."""
    return peewee.Cast(column, "BLOB")


def from_raw(value: Any) -> Any:
    """Return bytes from `raw` as text that can be compared."""
    return peewee.Cast(value, "TEXT")


def connect(path: Path) -> peewee.SqliteDatabase:
    """Return the database at `path`. Every commit is durable, foreign keys are on, and it waits for other writers."""
    journal = "wal" if wal_is_sound(sqlite_version()) else "delete"
    return _Database(
        _there(path),
        uri=True,
        pragmas=[
            ("busy_timeout", BUSY_SECONDS * 1000),
            ("journal_mode", journal),
            ("synchronous", "full"),
            ("foreign_keys", 1),
            # Guards against a schema or pages that another program has written. SQLite's defensive mode would be a
            # third guard, but pysqlite3 cannot turn it on.
            ("trusted_schema", 0),
            ("cell_size_check", 1),
        ],
        timeout=BUSY_SECONDS,
    )


def write_lock(database: peewee.SqliteDatabase) -> Any:
    """Return a transaction that holds the write lock from its start, so nothing that it reads changes until it ends."""
    return database.atomic("IMMEDIATE")


def change_notice(database: peewee.SqliteDatabase) -> int:
    """Return a number that changes when any other connection changes the file.

    It is only meaningful on a connection that stays open.
    """
    return int(database.pragma("data_version"))


def check(database: peewee.SqliteDatabase, path: Path) -> None:
    """Run SQLite's quick check. Raises BrokenCompany."""
    found = database.execute_sql("PRAGMA quick_check(1)").fetchone()
    if found != ("ok",):
        raise broken(path, str(found and found[0]))


def journal_mode(database: peewee.SqliteDatabase) -> str:
    """Return SQLite's journal mode: `wal`, or `delete` if WAL is not safe in this version."""
    return str(database.pragma("journal_mode"))


def copy(path: Path, to: Path) -> None:
    """Write a consistent copy of the file into `to`, which must be empty, mark it as a copy and check it.

    Raises StoreError.
    """
    with own_errors(path):
        source = connect(path)
        with source.connection_context():
            source.execute_sql("VACUUM INTO ?", (to.absolute().as_uri(),))  # a URI, because a name may not be UTF-8
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
    """Return the condition that a column has one of `numbers`, a JSON list.

    A list may have more members than a query can have parameters (https://sqlite.org/limits.html,
    SQLITE_MAX_VARIABLE_NUMBER).
    """
    return column.in_(peewee.Select([peewee.fn.json_each(numbers)], [peewee.SQL("value")]))


def _there(path: Path) -> str:
    """Return the URI with which SQLite opens the file without creating it."""
    return f"{path.absolute().as_uri()}?mode=rw"


def stamp(path: Path) -> tuple[int, int]:
    """Return the application id and the schema version from a file's header, without changing the file.

    SQLite reads the header for us. If our code opened and closed the file while this program has the company open, that
    would drop SQLite's locks on it, because POSIX locks belong to the process (fcntl(2)). Our code reads the header
    only if SQLite cannot, because most of the file is still in its log. Raises StoreError.
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
