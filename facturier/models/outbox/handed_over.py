"""What this person's programs handed over or saw finished, remembered outside of the company file.

Somebody who may write the company file can turn a sent or cancelled delivery back into a waiting one, with its seal.
The tokens of the seals that are used up are kept here, for all companies of the person.

Plain SQL: another file than the company, with three small tables that only this module knows. They are asked on the way
of every delivery, and Peewee would take longer to build these queries than SQLite to answer them.
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
from facturier.models.store.sqlite_errors import is_spoilt
from facturier.models.store.store import instant
from facturier.models.text.i18n import _

_TABLES = (
    "CREATE TABLE IF NOT EXISTS used (token TEXT PRIMARY KEY) WITHOUT ROWID",
    # With which upload session, as a digest; nothing for what was only seen finished.
    "CREATE TABLE IF NOT EXISTS session (token TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS looked (company TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID",
)
_USE = "INSERT INTO used (token) VALUES (?) ON CONFLICT (token) DO NOTHING"
_KEEP_SESSION = (
    "INSERT INTO session (token, digest) VALUES (?, ?) ON CONFLICT (token) DO UPDATE SET digest = excluded.digest"
)
_LOOK = "INSERT INTO looked (company, at) VALUES (?, ?) ON CONFLICT (company) DO UPDATE SET at = excluded.at"
# A journal that stays is quicker than one that is made and removed each time.
_PRAGMAS = [("synchronous", "off"), ("journal_mode", "persist")]


# one machine: this memory is a file of the person here. A person with two machines has two memories.
class HandedOver:
    """`path` is a file in a private folder of this person. One that is damaged is begun again. Holds no secret.

    Nothing waits for the disk here: after a power cut the company file itself knows what was handed over. Each thread
    keeps its connection: to open one takes longer than all else here.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database = peewee.SqliteDatabase(str(path), pragmas=_PRAGMAS, timeout=5)
        self._here = threading.local()

    def add(self, token: str, session: str | None = None) -> bool:
        """Whether it is new. `session` is what it is handed over with. Raises StoreError."""
        with self._open() as database:
            new = int(database.execute_sql(_USE, (token,)).rowcount) > 0
            if new and session is not None:
                database.execute_sql(_KEEP_SESSION, (token, _digest(session)))
            return new

    def remove(self, token: str) -> None:
        """It did not leave after all. Raises StoreError."""
        with self._open() as database:
            database.execute_sql("DELETE FROM used WHERE token = ?", (token,))
            database.execute_sql("DELETE FROM session WHERE token = ?", (token,))

    def holds(self, token: str, *, but: str | None = None) -> bool:
        """Whether it was handed over or is finished, `but` not by this session. Raises StoreError."""
        with self._open() as database:
            if database.execute_sql("SELECT 1 FROM used WHERE token = ?", (token,)).fetchone() is None:
                return False
            found = database.execute_sql("SELECT digest FROM session WHERE token = ?", (token,)).fetchone()
            return but is None or found is None or found[0] != _digest(but)

    def looked(self, company: str) -> datetime | None:
        """When the company was last looked at for deliveries that ended. Raises StoreError."""
        with self._open() as database:
            row = database.execute_sql("SELECT at FROM looked WHERE company = ?", (company,)).fetchone()
        try:
            return datetime.fromisoformat(row[0]) if row else None
        except ValueError:
            return None

    def look(self, company: str, at: datetime, tokens: Iterable[str]) -> None:
        """Remember what has ended. Raises StoreError."""
        with self._open() as database:
            for token in tokens:
                database.execute_sql(_USE, (token,))
            database.execute_sql(_LOOK, (company, instant(at)))

    @contextlib.contextmanager
    def _open(self) -> Iterator[Any]:
        """One transaction."""
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
        """Whether this thread has a connection that still reads the file which is there."""
        if self._database.is_closed() or not self._path.exists() or self._here.file != self._file():
            return False
        try:
            self._database.execute_sql("SELECT count(*) FROM used WHERE token = ''")
        except peewee.DatabaseError:
            return False  # damaged since
        return True

    def _begin(self, database: Any) -> None:
        for again in (True, False):
            with contextlib.suppress(FileExistsError):  # not opened where it is there: closing drops SQLite's locks
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
        """Which file is there, by device and inode. Raises OSError, also for a symbolic link."""
        found = self._path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(self._path))
        return found.st_dev, found.st_ino


def _digest(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()
