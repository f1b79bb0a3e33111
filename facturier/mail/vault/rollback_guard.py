"""The state of a company's vault that this person last saw, stored outside the company file.

Someone who can write the company file can put back an old copy of the vault, or create another one for the same
people's public keys: age's encryption says who can read, not who wrote. Both are detected here.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from facturier.mail.errors import VaultChanged
from facturier.mail.vault.private_files import private_folder, read_private, write_private
from facturier.models.text.i18n import _


@dataclass(frozen=True, slots=True)
class SeenVault:
    """A state of a vault: the digest of its mark, and its generation."""

    digest: str
    generation: int


def sighting(mark: str, generation: int) -> SeenVault:
    """Return the state of a vault. `mark` is random and known only to its members; it is empty if there is no vault."""
    return SeenVault(hashlib.sha256(mark.encode()).hexdigest() if mark else "", generation)


# one machine: the last state that a person saw is in a file here. A person with two machines has two files.
class RollbackGuard:
    """The record in the file at `path`, one per company, in a private folder of this person. It has no secrets."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def last(self) -> SeenVault | None:
        """Return the last state. Call this before reading the vault, because another window may change both."""
        digest, generation, _highest = self._kept()
        return SeenVault(digest, generation) if digest else None

    def compare(self, last: SeenVault | None, now: SeenVault) -> None:
        """Raise VaultChanged if the vault is now older than the last state, is a different one, or is missing."""
        if last is None:
            return
        if not now.digest:
            self._refuse(_("The company’s vault is missing from the company file."))
        if now.digest != last.digest:
            self._refuse(_("The company’s vault was replaced by a different one."))
        if now.generation < last.generation:
            self._refuse(_("The company’s vault is older than the last one you saw."))

    def remember(self, now: SeenVault) -> None:
        digest, generation, highest = self._kept()
        if now.digest and (digest != now.digest or generation < now.generation):
            self._write(now, highest if digest == now.digest else 0)

    def step_back(self, now: SeenVault) -> None:
        """Record an older state of the same vault, because the company was restored."""
        self._write(now, self._kept()[2])

    def highest(self, digest: str) -> int:
        """Return the newest generation of this vault that was ever seen, or 0.

        New generations continue from there, so that those from before a restore cannot be put back in their place.
        """
        known, _generation, highest = self._kept()
        return highest if known == digest else 0

    def forget(self) -> None:
        """Forget the record, because a person confirms that the current vault is correct, such as after a restore."""
        self._path.unlink(missing_ok=True)

    def _kept(self) -> tuple[str, int, int]:
        with private_folder(self._path.parent) as inside:
            kept = read_private(inside, self._path)
        try:
            digest, generation, *highest = json.loads(kept) if kept else ("", 0)
            return str(digest), int(generation), max(map(int, (generation, *highest)))
        except (ValueError, TypeError, ArithmeticError, RecursionError):
            return "", 0, 0

    def _write(self, now: SeenVault, highest: int) -> None:
        with private_folder(self._path.parent) as inside:
            kept = json.dumps([now.digest, now.generation, max(highest, now.generation)]).encode()
            write_private(inside, self._path, kept, replace=True)

    def _refuse(self, happened: str) -> None:
        raise VaultChanged(
            happened,
            kept=_("Nothing was sent with it."),
            todo=_("If the company was restored from a backup, accept the vault. If not, find out who changed it."),
        )
