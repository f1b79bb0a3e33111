"""Automatic daily backups, private to the person, and recovery from the newest good one."""

import contextlib
import shutil
import time
from datetime import date
from pathlib import Path

from facturier.models.errors import BrokenCompany, FacturierError, NoRoom, NotACompany, StoreError
from facturier.models.store.opening import open_company
from facturier.models.store.store import Clock, Store, utc_now
from facturier.models.text.i18n import _

# Backups are kept for each of the last DAYS days, and for one day in each of the WEEKS weeks before.
DAYS, WEEKS = 7, 4
LARGE = 64 << 20  # bytes
_SPARE = 3  # times the company's size must be free, so that a backup never takes the space that the company needs
_SUFFIX = ".facturier"
_DAY_SECONDS = 86_400


def keep_copy(store: Store, folder: Path, *, again: bool = False) -> Path | None:
    """Make today's backup of the company in `folder`, if there is none yet.

    With `again`, replace today's backup if the company has changed since and is not larger than LARGE. Return the
    backup, or None if none was needed. Raises StoreError; NoRoom if the disk has too little free space.
    """

    place = _place(store.path, folder)
    day = store.clock().astimezone().date()
    copy = place / f"{day.isoformat()}{_SUFFIX}"
    if copy.exists() and not (again and _outdated(copy, store.path)):
        return None
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(place).free < _SPARE * store.path.stat().st_size:
            raise NoRoom(
                _("There is not enough space in “{folder}” for the daily backup.").format(folder=place),
                todo=_("Free some space: without a backup, damage cannot be repaired."),
            )
        if copy.exists() and _holds_more(copy, store):
            from facturier.models.store.files import free_path

            copy.rename(free_path(copy))
        back_up(store, copy, replace=True)
    except OSError as error:
        raise StoreError(
            _("Cannot create the daily backup in “{folder}”: {reason}.").format(folder=place, reason=error.strerror),
            todo=_("Make sure that you can write to that folder."),
        ) from error
    _thin_out(place, day)
    return copy


def copies_of(path: Path, folder: Path) -> list[Path]:
    """Return the backups of a company, newest first."""
    return sorted(_place(path, folder).glob(f"*{_SUFFIX}"), reverse=True)


def open_kept(path: Path, folder: Path, *, clock: Clock = utc_now, user: str = "") -> Store:
    """Open a company like `open_company`. If the file is damaged, the error includes the newest good backup."""
    try:
        return open_company(path, clock=clock, user=user)
    except (BrokenCompany, NotACompany) as error:
        raise with_way_back(error, path, folder) from error


def with_way_back(error: StoreError, path: Path, folder: Path) -> StoreError:
    """Return the error with a suggestion to restore the newest good backup in `folder`, if there is one."""
    copy = _newest_good(path, folder)
    if copy is None:
        return error
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(copy.stat().st_mtime))
    todo = _("There is a good backup from {when}: {copy}")
    found = type(error)(error.happened, kept=error.kept, todo=todo.format(when=when, copy=copy))
    found.backup = copy, path
    return found


def _newest_good(path: Path, folder: Path) -> Path | None:
    for copy in copies_of(path, folder):
        with contextlib.suppress(FacturierError):
            open_company(copy, check=False).check()
            return copy
    return None


def _place(path: Path, folder: Path) -> Path:
    import hashlib
    import os

    whole = os.fsencode(path.resolve())
    return folder / f"{path.stem}-{hashlib.sha256(whole).hexdigest()[:8]}"


def _outdated(copy: Path, path: Path) -> bool:
    """Return whether the company has changed since the backup and is small enough to back up while a person waits."""
    changed = path.stat().st_mtime
    with contextlib.suppress(FileNotFoundError):  # the last window to close removes this file
        changed = max(changed, path.with_name(f"{path.name}-wal").stat().st_mtime)
    return changed > copy.stat().st_mtime and path.stat().st_size <= LARGE


def _holds_more(copy: Path, store: Store) -> bool:
    """Return whether the backup has changes that the company lacks: an older file has replaced the company."""
    from peewee import fn

    from facturier.models.store import tables
    from facturier.models.store.backups.last_entry import entry_bytes, last_entry

    try:
        kept = open_company(copy, check=False)
        last = last_entry(kept)
        said = entry_bytes(kept, last)
        latest = tables.Invoice.select(fn.MAX(tables.Invoice.changed).coerce(False))  # as text, damaged or not
        changed, now = (one.value(latest) or "" for one in (kept, store))
    except FacturierError:
        return False
    return entry_bytes(store, last) != said or changed > now


def _thin_out(place: Path, today: date) -> None:
    """Remove old backups, and unfinished files of programs that were killed."""
    from facturier.models.store.files import ASIDE

    weeks: dict[tuple[int, int], Path] = {}
    for copy in sorted(place.glob(f"*{_SUFFIX}"), reverse=True):
        with contextlib.suppress(ValueError):
            day = date.fromisoformat(copy.stem[:10])  # there may be several of a day
            week = day.isocalendar()[:2]
            if (today - day).days < DAYS:
                continue
            if week not in weeks and len(weeks) < WEEKS:
                weeks[week] = copy
                continue
            copy.unlink(missing_ok=True)
    for left in (*place.glob(f"{ASIDE}*"), *place.glob(f".*{_SUFFIX}.*")):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _DAY_SECONDS:
                left.unlink()


def back_up(store: Store, path: Path, *, replace: bool = False) -> None:
    """Copy the company to `path`, which must not exist unless `replace` is set.

    The copy gets its name only after it is complete and checked, so a killed program never leaves a broken backup.
    Raises StoreError.
    """
    from facturier.models.store.files import whole_file

    try:
        with whole_file(path, replace=replace) as aside:
            store.copy_to(aside)
    except OSError as error:
        raise StoreError(
            _("Cannot create the backup “{path}”: {reason}.").format(path=path, reason=error.strerror),
            kept=_("The company file was not changed."),
            todo=_("Choose another name or folder."),
        ) from error
