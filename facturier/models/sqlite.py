"""What is particular to SQLite: pragmas, file identity, change notice, its errors in our words."""

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import peewee

from facturier.models import errors
from facturier.models.language import _

APPLICATION = 0x46616374  # "Fact", so that `file` and we know a company file
SCHEMA = 2  # the number of the last script in `facturier.models.migrations`
BUSY_SECONDS = 5
MOUNTS = Path("/proc/self/mountinfo")

_NETWORK = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "glusterfs", "lustre", "beegfs", "davfs"),
    *("virtiofs", "vboxsf", "prl_fs"),  # a folder of another machine, from inside a virtual one
    *("fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.glusterfs", "fuse.ceph", "fuse.vmhgfs-fuse", "fuse.gvfsd-fuse"),
}
# SQLite's words where a text, a number or a query is beyond its limits (sqlite.org/limits.html): nothing is damaged.
_LIMITS = ("too complex", "too large", "too many", "too big", "too deep", "integer overflow", "cannot store real")
_ESCAPE = re.compile(r"\\([0-7]{3})")  # how mountinfo writes a space, a tab, a line end or a backslash
# WAL with several connections can lose a commit before these (SQLite's "WAL-reset" bug).
_SOUND = {(3, 44): 6, (3, 50): 7}


def wal_is_sound(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite may keep a company in WAL mode with several programs on it."""
    return version >= (3, 51, 3) or version[2] >= _SOUND.get(version[:2], 1000)


def sqlite_version() -> tuple[int, int, int]:
    version: tuple[int, int, int] = peewee.SqliteDatabase.server_version
    return version


def connect(path: Path) -> peewee.SqliteDatabase:
    """The database at `path`: durable at every commit, foreign keys on, other writers waited for."""
    journal = "wal" if wal_is_sound(sqlite_version()) else "delete"
    return peewee.SqliteDatabase(
        str(path),
        pragmas=[
            ("busy_timeout", BUSY_SECONDS * 1000),
            ("journal_mode", journal),
            ("synchronous", "full"),
            ("foreign_keys", 1),
        ],
        timeout=BUSY_SECONDS,
    )


def copy(path: Path, to: Path) -> None:
    """Write a consistent copy of the file into `to`, which is empty, and check it. Raises StoreError."""
    with own_errors(path):
        source = connect(path)
        with source.connection_context():
            source.execute_sql("VACUUM INTO ?", (str(to),))
    with own_errors(to):
        target = peewee.SqliteDatabase(str(to))
        with target.connection_context():
            found = target.execute_sql("PRAGMA quick_check(1)").fetchone()
    if found != ("ok",):
        raise broken(path, str(found and found[0]))


def file_system(path: Path, mounts: Path = MOUNTS) -> str:
    """The kind of file system that `path` is on, as Linux names it (proc_pid_mountinfo(5)); empty where that cannot be
    told."""
    best, kind = "", ""
    with contextlib.suppress(OSError):
        for mount in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
            left, _dash, right = mount.partition(" - ")
            point = _ESCAPE.sub(lambda found: chr(int(found[1], 8)), left.split()[4])
            if len(point) >= len(best) and path.resolve().is_relative_to(point):
                best, kind = point, right.split()[0]
    return kind


def refuse_network(path: Path, mounts: Path = MOUNTS) -> None:
    """Raises NetworkFolder where locks cannot be trusted."""
    kind = file_system(path.resolve().parent, mounts)  # a symbolic link may lead there
    if kind in _NETWORK:
        raise errors.NetworkFolder(
            _("“{path}” is on a network file system ({kind}).").format(path=path, kind=kind),
            kept=_("Nothing was opened: SQLite cannot lock a file there, and two programs could spoil it."),
            todo=_("Keep the company on a disk of the machine that Facturier runs on, and log in there."),
        )


def in_use(path: Path) -> bool:
    """Whether another program has the file open. One that SQLite cannot make sense of counts as free."""
    database = peewee.SqliteDatabase(str(path), pragmas=[("locking_mode", "exclusive")], timeout=0.2)
    try:
        with database.connection_context(), database.atomic("EXCLUSIVE"):
            return False
    except peewee.DatabaseError as error:
        return "locked" in str(error) or "busy" in str(error)


@contextlib.contextmanager
def own_errors(path: Path) -> Iterator[None]:
    """SQLite's errors become StoreErrors; constraint violations pass on to the one who knows what they mean."""
    try:
        yield
    except (peewee.OperationalError, peewee.DatabaseError) as error:
        if isinstance(error, peewee.IntegrityError) and "cannot store REAL" not in str(error):  # a sum past 64 bits
            raise
        raise _translated(_first(error), path) from error
    except OverflowError as error:  # from Python's own, before SQLite sees the number
        raise _too_much() from error


def _first(error: BaseException) -> BaseException:
    """On a full disk SQLite ends the transaction by itself, so peewee's rollback fails too: the first error tells."""
    while "cannot rollback" in str(error) and error.__context__ is not None:
        error = error.__context__
    return error


def _translated(error: BaseException, path: Path) -> errors.StoreError:
    words = str(error).lower()
    if "locked" in words or "busy" in words:
        return errors.LockedCompany(
            _("Another program has held “{path}” for too long.").format(path=path),
            kept=_("Nothing was changed."),
            todo=_("Try again; if it stays so, look for a program that hangs on this file."),
        )
    if "readonly" in words or "read-only" in words:
        return read_only(path)
    if "full" in words or ("i/o" in words and shutil.disk_usage(path.parent).free < 1 << 20):
        return errors.NoRoom(
            _("The disk that “{path}” is on is full.").format(path=path),
            kept=_("What was saved before is safe; the last change was not saved."),
            todo=_("Make room, then save again."),
        )
    if "i/o" in words:
        return errors.StoreError(
            _("The disk that “{path}” is on could not be read or written.").format(path=path),
            kept=_("What was saved before is safe; the last change was not saved."),
            todo=_("Look for a full quota or a failing disk, then try again."),
        )
    if any(limit in words for limit in _LIMITS):
        return _too_much()
    if "not a database" in words:
        return not_a_company(path)
    if "unable to open" in words:
        return errors.NotACompany(
            _("“{path}” cannot be opened.").format(path=path),
            kept=_("Nothing was changed."),
            todo=_("Check the path and that you may read and write the folder."),
        )
    return broken(path, str(error))


def _too_much() -> errors.StoreError:
    return errors.StoreError(
        _("This is more than a company file can hold or search for."),
        kept=_("Nothing was changed."),
        todo=_("Shorten the text or make the amount smaller."),
    )


def not_a_company(path: Path) -> errors.NotACompany:
    return errors.NotACompany(
        _("“{path}” is not a Facturier company.").format(path=path),
        kept=_("The file was left as it is."),
        todo=_("Open another file, or make a company with: facturier new PATH --name NAME --email ADDRESS"),
    )


def read_only(path: Path) -> errors.ReadOnlyCompany:
    return errors.ReadOnlyCompany(
        _("You may read “{path}” but not write it.").format(path=path),
        kept=_("Nothing was changed."),
        todo=_("Ask its owner for the right to write the file and its folder."),
    )


def broken(path: Path, reason: str) -> errors.BrokenCompany:
    return errors.BrokenCompany(
        _("“{path}” is damaged: {reason}.").format(path=path, reason=reason),
        kept=_("The file was left as it is."),
        todo=_("Keep a copy of it, then go back to your last good backup."),
    )
