"""Make a copy the company from now on, when a person chooses to."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from facturier.models import errors
from facturier.models.books.journal import write_journal
from facturier.models.chasing.other_copy import UNSURE
from facturier.models.company.restore import stop_outbox
from facturier.models.store.home.home import Home, is_at_home, read_home, settle, was_moved, write_home
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.models.text.paths import is_file


@dataclass(frozen=True, slots=True)
class Adopted:
    """The result of `adopt`.

    `was` is the previous path of the company, empty if unknown or unchanged. `stopped` is the number of deliveries that
    were in the outbox and became alerts. `retired` is whether the file at `was` is now marked as a copy.
    """

    was: str
    stopped: int
    retired: bool


def adopt(store: Store, *, up_to_date: bool) -> Adopted:
    """Make this file the company from now on.

    If the file was only moved and the person says that it is `up_to_date`, its outbox is kept. Otherwise another copy
    may have sent its messages since, so nothing is sent and each delivery becomes an alert. Raises StoreError or
    OSError if the file cannot be written.
    """
    home = read_home(store) or Home()
    retired = _retire(home, store)
    with store.writing():
        only_moved = up_to_date and was_moved(home, store.path)
        told = {"path": str(store.path), "was": clean(home.path), UNSURE: "" if only_moved else "yes"}
        write_journal(store, "adopted", None, **told)
        stopped = 0 if only_moved else stop_outbox(store, _reason())
        settle(store)
    was = clean(home.path) if home.path != str(store.path) else ""
    return Adopted(was, stopped, retired)


def _reason() -> str:
    return _("A copy that had this message in its outbox became the company. The message may already have been sent.")


def _retire(home: Home, store: Store) -> bool:
    """Mark the file that was the company until now as a copy, if it can be reached. Return whether that was done."""
    # one machine: the previous company file is looked for at its path on this machine.
    old = Path(home.path)
    if not home.path or old == store.path or not is_file(old):
        return False
    with contextlib.suppress(errors.StoreError, OSError):
        other = open_company(old, clock=store.clock, user=store.user, check=False)
        there = read_home(other)
        if there is not None and there.token == home.token and is_at_home(there, old):
            with other.writing():
                write_journal(other, "retired", path=str(store.path))
                write_home(other, Home(path=str(store.path)))
            return True
    return False
