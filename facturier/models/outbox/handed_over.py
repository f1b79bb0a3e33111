"""A record, outside the company file, of the deliveries that this person's programs handed over or saw finished.

Somebody who can write the company file could turn a sent or cancelled delivery back into a queued one, with its seal.
This file therefore stores the tokens of all used seals, for all companies of the person.

Plain SQL: this is not the company file but a file with three small tables that only this module knows. It is queried
for every delivery, and Peewee would take longer to build these queries than SQLite takes to answer them.
"""

import contextlib
import errno
import hashlib
import os
import stat
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import peewee

from facturier.models.errors import StoreError
from facturier.models.store.fields import instant
from facturier.models.store.sqlite_errors import is_spoilt
from facturier.models.text.i18n import _

_TABLES = (
    "CREATE TABLE IF NOT EXISTS used (token TEXT PRIMARY KEY) WITHOUT ROWID",
    # A digest of the upload session. There is no row for a delivery that this program only saw finished.
    "CREATE TABLE IF NOT EXISTS session (token TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS looked (company TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID",
)
_USE = "INSERT INTO used (token) VALUES (?) ON CONFLICT (token) DO NOTHING"
_KEEP_SESSION = (
    "INSERT INTO session (token, digest) VALUES (?, ?) ON CONFLICT (token) DO UPDATE SET digest = excluded.digest"
)
_LOOK = "INSERT INTO looked (company, at) VALUES (?, ?) ON CONFLICT (company) DO UPDATE SET at = excluded.at"
# Keeping the journal file is faster than creating and removing it each time.
_PRAGMAS = [("synchronous", "off"), ("journal_mode", "persist")]


# one machine: this record is a file of the person here. A person with two machines has two records.
class HandedOver:
    """The record in the file at `path`, which is in a private folder of this person.

    A damaged file is replaced with an empty one. The file contains no secret. Writes are not flushed to the disk: after
    a power failure, the company file itself shows what was handed over. Each thread keeps its connection open, because
    opening one takes longer than everything else here.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database = peewee.SqliteDatabase(str(path), pragmas=_PRAGMAS, timeout=5)
        self._here = threading.local()

    def add(self, token: str, session: str | None = None) -> bool:
        """Add a token and return whether it was new. `session` is the session of the hand-over. Raises StoreError."""
        with self._open() as database:
            new = int(database.execute_sql(_USE, (token,)).rowcount) > 0
            if new and session is not None:
                database.execute_sql(_KEEP_SESSION, (token, _digest(session)))
            return new

    def remove(self, token: str) -> None:
        """Remove a token whose delivery was not sent after all. Raises StoreError."""
        with self._open() as database:
            database.execute_sql("DELETE FROM used WHERE token = ?", (token,))
            database.execute_sql("DELETE FROM session WHERE token = ?", (token,))

    def holds(self, token: str, *, but: str | None = None) -> bool:
        """Return whether a token was added. With `but`, ignore a hand-over with that session. Raises StoreError."""
        with self._open() as database:
            if database.execute_sql("SELECT 1 FROM used WHERE token = ?", (token,)).fetchone() is None:
                return False
            found = database.execute_sql("SELECT digest FROM session WHERE token = ?", (token,)).fetchone()
            return but is None or found is None or found[0] != _digest(but)

    def looked(self, company: str) -> datetime | None:
        """Return when the company was last searched for finished deliveries, or None. Raises StoreError."""
        with self._open() as database:
            row = database.execute_sql("SELECT at FROM looked WHERE company = ?", (company,)).fetchone()
        try:
            return datetime.fromisoformat(row[0]) if row else None
        except ValueError:
            return None

    def look(self, company: str, at: datetime, tokens: Iterable[str]) -> None:
        """Add the tokens of the finished deliveries that were found at the time `at`. Raises StoreError."""
        with self._open() as database:
            for token in tokens:
                database.execute_sql(_USE, (token,))
            database.execute_sql(_LOOK, (company, instant(at)))

    @contextlib.contextmanager
    def _open(self) -> Iterator[Any]:
        """Open one transaction."""
        try:
            if not self._is_open():
                self._database.close()
                self._begin(self._database)
            with self._database.atomic("IMMEDIATE"):
                yield self._database
        except (OSError, peewee.DatabaseError) as error:
            self._database.close()
            reason = getattr(error, "strerror", None) or str(error)
            raise StoreError(
                _("Cannot use “{path}”: {reason}.").format(path=self._path, reason=reason),
                kept=_("Nothing was sent."),
                todo=_("Free some space, or remove the file."),
            ) from error

    def _is_open(self) -> bool:
        """Return whether this thread has a connection to the file that is currently at the path."""
        if self._database.is_closed() or not self._path.exists() or self._here.file != self._file():
            return False
        try:
            self._database.execute_sql("SELECT count(*) FROM used WHERE token = ''")
        except peewee.DatabaseError:
            return False  # the file was damaged after it was opened
        return True

    def _begin(self, database: Any) -> None:
        for again in (True, False):
            # An existing file is not opened here, because closing it would drop SQLite's locks.
            with contextlib.suppress(FileExistsError):
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            self._here.file = self._file()
            try:
                database.connect()
                for table in _TABLES:
                    database.execute_sql(table)
            except peewee.DatabaseError as error:
                database.close()
                if not (again and is_spoilt(error)):
                    raise
                self._path.unlink()
            else:
                return

    def _file(self) -> tuple[int, int]:
        """Return device and inode of the file at the path. Raises OSError, also for a symbolic link."""
        found = self._path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(self._path))
        return found.st_dev, found.st_ino


def _digest(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()
