"""Restore a company from a copy."""

import errno
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from facturier.models.books.alerts import stopped_only
from facturier.models.books.journal import write_journal
from facturier.models.books.status import State
from facturier.models.errors import (
    BrokenCompany,
    DamagedRow,
    FacturierError,
    ForeignSchema,
    LockedCompany,
    NewerCompany,
    NoRoom,
    NotACompany,
    StoreError,
)
from facturier.models.outbox.changes import claims, outcomes, resolving
from facturier.models.outbox.deliveries import unfinished
from facturier.models.outbox.delivery import Delivery
from facturier.models.recurring.making import stop_recurring
from facturier.models.settings.company import Company
from facturier.models.settings.settings import read_company
from facturier.models.store.files import flush, free_path
from facturier.models.store.home.home import settle
from facturier.models.store.opening import check_header, mode_in, open_company
from facturier.models.store.schema.schema import upgrade
from facturier.models.store.sqlite import TAILS, in_use
from facturier.models.store.store import Clock, Store, utc_now
from facturier.models.text.i18n import _
from facturier.models.text.paths import is_file, resolved

_PARTS = ("", *TAILS)


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of `restore`.

    `aside` is the new path of the file that was replaced, None if there was none. `stopped` is the number of deliveries
    that were in the copy's outbox and became alerts.
    """

    company: Company
    aside: Path | None
    stopped: int


def restore(copy: Path, path: Path, *, clock: Clock = utc_now, user: str = "") -> Restored:
    """Check `copy` and put it at `path`. An existing file is renamed, never deleted.

    Messages in the copy's outbox may have been sent after the copy was made, so nothing is sent and each delivery
    becomes an alert. Raises StoreError; the file at `path` is then unchanged. NotACompany, BrokenCompany, DamagedRow,
    ForeignSchema and NewerCompany are about the copy. Any other error can happen to a good copy.
    """
    path = resolved(path)  # a symbolic link stays and its target is replaced
    if os.path.lexists(copy) and not is_file(copy):  # such as a device, from which copying might never end
        raise _not_valid(NotACompany, copy)
    if any(copy.with_name(f"{copy.name}{tail}").exists() for tail in ("-wal", "-journal")):
        raise StoreError(
            _("“{copy}” is open in another program.").format(copy=copy),
            kept=_("Nothing was changed."),
            todo=_("Close it there, or create a backup of it and restore that."),
        )
    # one machine: a company is a file, and only processes of this machine can have it open.
    if path.exists() and in_use(path):
        raise LockedCompany(
            _("“{path}” is open in another program.").format(path=path),
            kept=_("Nothing was changed."),
            todo=_("Close every window of this company and stop everything that sends from it, then restore again."),
        )
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        shutil.copyfile(copy, new)
        new.chmod(mode_in(path.parent))
        check_header(new)
        upgrade(new, clock(), backup=False)
        store = open_company(new, clock=clock, user=user, check=False)
        store.check()
        stopped = _take_over(store, copy, path)
        company = read_company(store)
        aside = _set_aside(path, store)
        try:
            new.rename(path)
        except OSError:
            if aside is not None:
                _move(aside, path)
            raise
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise (NoRoom if full else StoreError)(
            _("Cannot restore “{copy}” to “{path}”: {reason}.").format(copy=copy, path=path, reason=error.strerror),
            kept=_("Nothing was changed."),
            todo=_("Free some space, then restore again.") if full else "",
        ) from error
    except FacturierError as error:
        raise _told(error, new, copy, path) from error
    finally:
        for tail in _PARTS:
            new.with_name(f"{new.name}{tail}").unlink(missing_ok=True)
    flush(path.parent)
    return Restored(company, aside, stopped)


def _not_valid(kind: type[FacturierError], copy: Path) -> FacturierError:
    return kind(
        _("“{copy}” is not a valid backup of a company.").format(copy=copy),
        kept=_("Nothing was changed."),
        todo=_("Try an older backup."),
    )


def _told(error: FacturierError, new: Path, copy: Path, path: Path) -> FacturierError:
    """Return an error about `new`, the temporary copy beside `path`, in words that name `copy` and `path` instead."""
    kind, unchanged = type(error), _("Nothing was changed.")
    match error:
        case NotACompany() | BrokenCompany() | DamagedRow():
            return _not_valid(kind, copy)
        case NewerCompany():
            words = _("“{copy}” was written by a newer version of Facturier.")
            return kind(
                words.format(copy=copy),
                kept=unchanged,
                todo=_("Update Facturier on this machine, then restore again."),
            )
        case ForeignSchema():
            return kind(error.happened.replace(str(new), str(copy)), kept=unchanged, todo=_("Try an older backup."))
        case NoRoom():
            return kind(
                _("The disk that holds “{path}” is full.").format(path=path),
                kept=unchanged,
                todo=_("Free some space, then restore again."),
            )
    return kind(error.happened.replace(str(new), str(path)), kept=unchanged, todo=error.todo)


def _take_over(store: Store, copy: Path, path: Path) -> int:
    """Make the copy the company at `path`. Return the number of deliveries that were stopped."""
    with store.writing():
        write_journal(store, "restored", copy=str(copy))
        settle(store, path)
        return stop_outbox(
            store,
            _(
                "The company was restored from a backup that had this message in its outbox. The "
                "message may have been sent since."
            ),
        )


def stop_outbox(store: Store, reason: str) -> int:
    """Stop every delivery in the outbox, because it may have been sent before, and raise an alert for each. Recurring
    invoices are paused for the same reason.

    Runs inside the caller's transaction. Return the number of deliveries.
    """
    waiting = unfinished(store)
    for delivery in waiting:
        _stop(store, delivery, reason)
        stopped_only(store, delivery.id)
    stop_recurring(store)
    return len(waiting)


def _stop(store: Store, delivery: Delivery, reason: str) -> None:
    if delivery.state is State.QUEUED:
        resolving.withdraw(store, delivery.id, reason)
        return
    claim = claims.take_over(store, delivery, f"restore/{secrets.token_hex(4)}")
    stop = outcomes.refused if delivery.state is State.CLAIMED else outcomes.lost
    stop(store, claim, reason)


def _set_aside(path: Path, store: Store) -> Path | None:
    """Rename the files at `path`.

    This also applies to a log without its company file, because SQLite would write the log's pages into the copy.
    """
    if not any(path.with_name(f"{path.name}{tail}").exists() for tail in _PARTS):
        return None
    aside = free_path(
        path.with_name(f"{path.stem} before {store.clock().astimezone():%Y-%m-%d %H.%M.%S}{path.suffix}"), _PARTS
    )
    _move(path, aside)
    return aside


def _move(path: Path, to: Path) -> None:
    """Rename a company file and the files that SQLite keeps beside it."""
    for tail in _PARTS:
        part = path.with_name(f"{path.name}{tail}")
        if part.exists():
            part.rename(to.with_name(f"{to.name}{tail}"))
