"""Tell whether this file is the company or a copy, from which nothing may be sent.

The file stores its home (`facturier.models.store.home.home`). Outside the file, each person's machine stores, for every
path, which file was there and the last entry of its journal. A file that is older than that was put back by something
other than `restore`, such as `cp` or a file system snapshot, so its outbox may have been sent since.
"""

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from facturier.mail.vault.private_files import private_folder, read_private, write_private
from facturier.models.errors import CompanyCopy, StoreError
from facturier.models.store.backups.last_entry import entry_bytes, last_entry
from facturier.models.store.home.home import Home, home_at, is_at_home, read_home, settle, write_home
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _

if TYPE_CHECKING:  # every command imports this module, so it must not import the outbox
    from facturier.models.company.adopting import Adopted


class SeenFile(NamedTuple):
    """The file that a person last saw at a path.

    `token` identifies the file, and `since` is the time since when it is the company. `entry` is the last entry of its
    journal, with a digest.
    """

    token: str
    since: str
    entry: int
    digest: str


# one machine: a company is a file, known by its path, inode, device and birth time.
class CopyGuard:
    """The guard for one file. `folder` is a private folder of this person.

    `known` means that this person has worked with a file at this path before, perhaps with version 0.1.0, which did not
    record the home of a company.
    """

    def __init__(self, store: Store, folder: Path, *, known: bool) -> None:
        self._store = store
        self._folder = folder
        self._known = known

    def has_worked_here(self) -> bool:
        """Return whether this person has worked with this company, here or at its home. Raises StoreError,
        VaultError."""
        home = read_home(self._store)
        paths = {str(self._store.path), home.path if home is not None else ""}
        return self._known or any(self._last(path) is not None for path in paths if path)

    def refusal(self) -> CompanyCopy | None:
        """Return why nothing may be sent from this file; None if it is the company. Raises StoreError, VaultError."""
        last = self._last(str(self._store.path))
        with self._store.reading():
            home = read_home(self._store)
            if home is None:
                return self._without_home(last)
            remembered = last is not None and last.token == home.token
            if not is_at_home(home, self._store.path, remembered=remembered):
                return self._elsewhere(home)
            if last is not None and not self._is_newer(home, last):
                return _refusal(
                    _("“{path}” is an older version of this company than the one you last opened.").format(
                        path=self._store.path
                    )
                )
            self._update(home)
            return None

    def remember(self) -> None:
        """Record that this person has seen the file in its current state. Raises StoreError, VaultError."""
        path = str(self._store.path)
        last = self._last(path)
        with self._store.reading():
            if self._store.database.in_transaction():  # uncommitted changes may be rolled back
                return
            home = read_home(self._store)
            if home is None or not home.token or (last is not None and not self._is_newer(home, last)):
                return
            remembered = last is not None and last.token == home.token
            if not is_at_home(home, self._store.path, remembered=remembered):
                return  # remembering a copy would make it the company
            entry = last_entry(self._store)
            now = SeenFile(home.token, home.since, entry, self._digest(entry))
        if now != last:
            with private_folder(self._folder) as inside:
                write_private(inside, self._file(path), json.dumps(now).encode(), replace=True, flush=False)

    def adopt(self) -> "Adopted":
        """Make this file the company from now on, when a person chooses to. Raises StoreError, VaultError."""
        from facturier.models.company.adopting import adopt

        home = read_home(self._store)
        last = self._last(home.path) if home is not None else None
        up_to_date = home is not None and last is not None and last.token == home.token and self._is_newer(home, last)
        try:
            done = adopt(self._store, up_to_date=up_to_date)
        except OSError as error:
            raise StoreError(
                _("Cannot read “{path}”: {reason}.").format(path=self._store.path, reason=error.strerror)
            ) from error
        self.remember()
        return done

    def _without_home(self, last: SeenFile | None) -> CompanyCopy | None:
        """Check a file of version 0.1.0 that is opened for the first time since."""
        from facturier.models.outbox.deliveries import unfinished

        if last is not None or (not self._known and unfinished(self._store)):
            return _refusal(
                _("Facturier cannot tell whether “{path}” is the company or a copy of it.").format(
                    path=self._store.path
                )
            )
        if not self._store.database.in_transaction():
            with contextlib.suppress(OSError, StoreError):  # this is tried again the next time
                settle(self._store)
        return None

    def _elsewhere(self, home: Home) -> CompanyCopy:
        if home.token:
            words = _("“{path}” was moved or copied. This company was at “{home}” before.")
        elif home.path:
            words = _("“{path}” is a copy of “{home}”.")
        else:
            words = _("Facturier cannot tell whether “{path}” is the company or a copy of it.")
        return _refusal(words.format(path=self._store.path, home=clean(home.path)))

    def _is_newer(self, home: Home, last: SeenFile) -> bool:
        """Return whether the file has everything that this person last saw, or was made the company since."""
        if home.token != last.token:
            return home.since > last.since
        return self._digest(last.entry) == last.digest

    def _update(self, home: Home) -> None:
        """Store new device numbers, so that people who have not worked with the file before are not asked."""
        with contextlib.suppress(OSError, StoreError):
            here = home_at(self._store.path, home.token, home.since)
            if home.path == here.path and home != here and not self._store.database.in_transaction():
                with self._store.writing():
                    write_home(self._store, here)

    def _digest(self, entry: int) -> str:
        said = entry_bytes(self._store, entry)
        return hashlib.sha256(said.encode()).hexdigest()[:32] if said else ""

    def _last(self, path: str) -> SeenFile | None:
        file = self._file(path)
        with private_folder(self._folder) as inside:
            kept = read_private(inside, file)
        try:
            token, since, entry, digest = json.loads(kept) if kept else ("", "", 0, "")
            return SeenFile(str(token), str(since), int(entry), str(digest)) if token else None
        except (ValueError, TypeError):
            return None

    def _file(self, path: str) -> Path:
        return self._folder / f"home-{hashlib.sha256(os.fsencode(path)).hexdigest()[:16]}"


def _refusal(happened: str) -> CompanyCopy:
    return CompanyCopy(
        happened,
        kept=_("You can work in this file, but nothing is sent from it."),
        todo=_("If you want to use this file as the company from now on, confirm it."),
    )
