"""Open and create company files."""

import errno
import os
import stat
from pathlib import Path

from facturier.models import errors
from facturier.models.store import sqlite, sqlite_errors
from facturier.models.store.home import file_systems
from facturier.models.store.store import Clock, Store, utc_now
from facturier.models.text.i18n import _
from facturier.models.text.paths import resolved

# The size in bytes up to which a file is checked before it is opened. Checking a larger file takes longer than people
# should wait, so the screens check it in the background, and `facturier doctor` checks it.
CHECKED_AT_ONCE = 4 << 20


def open_company(path: Path, *, clock: Clock = utc_now, user: str = "", check: bool = True) -> Store:
    """Open a company file.

    A file of an older version is upgraded first, after a backup beside it. A file of up to `CHECKED_AT_ONCE` bytes is
    checked. With `check` off, neither is done: use this only to look at the file. The schema is always compared.

    Raises NotACompany, NewerCompany, ReadOnlyCompany, LockedCompany, BrokenCompany, ForeignSchema, NetworkFolder or
    SecondName. The file is then unchanged.
    """
    path = resolved(path)
    try:
        there = path.is_file()
    except OSError:
        there = True  # opening the file will raise an error that says what is wrong
    if not there:
        raise errors.NotACompany(
            _("Cannot find the company file “{path}”.").format(path=path),
            todo=_("Check the path, or create a company."),
        )
    file_systems.check_mount(path)
    version = check_header(path)
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise sqlite_errors.read_only(path)
    if path.stat().st_nlink > 1:
        from facturier.models.store.files import remove_leftovers
        from facturier.models.store.home.home import refuse_second_name

        remove_leftovers(path.parent)
        if path.stat().st_nlink > 1:
            refuse_second_name(Store(path))
    if check and version != sqlite.SCHEMA:
        from facturier.models.store.schema.schema import upgrade

        upgrade(path, clock())
    store = Store(path, clock=clock, user=user)
    with store.reading():
        store.check_schema()
        if check and path.stat().st_size <= CHECKED_AT_ONCE:
            store.check()
    return store


def create_company(path: Path, *, clock: Clock = utc_now, user: str = "") -> Store:
    """Create an empty company file that is private to its owner, or to the group in a shared folder.

    Raises StoreError if the path exists or cannot be created.
    """
    path = resolved(path)
    file_systems.check_mount(path)
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
    from facturier.models.store.home.home import settle
    from facturier.models.store.schema.schema import make_schema

    store = Store(path, clock=clock, user=user)
    with store.writing():
        make_schema(store.database)
        settle(store)
    return store


def mode_in(folder: Path) -> int:
    """Return the mode of a company file in this folder. SQLite uses it for the files beside the company too.

    In a shared folder (2770), group members may write the file. Elsewhere it is private.
    """
    return 0o660 if folder.stat().st_mode & stat.S_ISGID else 0o600


def check_header(path: Path) -> int:
    """Check identity and version in the file's header, so that a foreign or newer file is never changed.

    Return the schema version. Raises NotACompany or NewerCompany.
    """
    if not os.access(path, os.R_OK):
        raise errors.NotACompany(
            _("Cannot read “{path}”: {reason}.").format(path=path, reason=os.strerror(errno.EACCES)),
            todo=_("Ask the owner for permission to read and write the file."),
        )
    application, version = sqlite.stamp(path)
    if application != sqlite.APPLICATION:
        raise sqlite_errors.not_a_company(path)
    if version > sqlite.SCHEMA:
        raise errors.NewerCompany(
            _("“{path}” was written by a newer version of Facturier.").format(path=path),
            kept=_("The file was not changed."),
            todo=_("Update Facturier on this machine, then open the company again."),
        )
    return version
