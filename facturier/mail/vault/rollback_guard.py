"""What this person last saw of a company's vault, remembered outside of the company file.

Someone who can write the company file can put an old copy of the vault back, or make another one to the same people's
public keys: age says who may read, not who wrote. Both are noticed here.
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
    """A vault by the digest of its mark, and its generation."""

    digest: str
    generation: int


def sighting(mark: str, generation: int) -> SeenVault:
    """`mark` is the vault's own, random and known to members only; empty where there is no vault."""
    return SeenVault(hashlib.sha256(mark.encode()).hexdigest() if mark else "", generation)


# one machine: what a person has seen last is a file here. A person with two machines has two.
class RollbackGuard:
    """`path` is a file of this person's own, one per company, in a private folder. Holds no secret."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def last(self) -> SeenVault | None:
        """What was seen last. Ask before reading the vault: another window may move both on at any time."""
        digest, generation, _highest = self._kept()
        return SeenVault(digest, generation) if digest else None

    def compare(self, last: SeenVault | None, now: SeenVault) -> None:
        """Raises VaultChanged when what is there now is older than what was seen last, another one, or gone."""
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
        """The same vault is older now, because the company was restored."""
        self._write(now, self._kept()[2])

    def highest(self, digest: str) -> int:
        """The newest generation of this vault that was ever seen, 0 where none was. New ones count on from there, so
        that those of before a restore cannot be put back in their place."""
        known, _generation, highest = self._kept()
        return highest if known == digest else 0

    def forget(self) -> None:
        """A person confirms that the current vault is correct, for example after a restore from a backup."""
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
