"""This person's key, and the vaults that it opens."""

import hashlib
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

from facturier.mail.locations import Locations
from facturier.models.store.store import Store

if TYPE_CHECKING:  # imported only when needed, to keep the start fast
    from facturier.mail.vault.identity import Identity
    from facturier.mail.vault.rollback_guard import RollbackGuard
    from facturier.mail.vault.vault import Vault


class KeepsSecrets(Protocol):
    def forget(self) -> None:
        """Forget every secret."""


class KeyRing:
    """This person's key for a company. `ask_passphrase` is called if the key is protected by a passphrase."""

    def __init__(
        self,
        store: Store,
        locations: Locations,
        *,
        ask_passphrase: Callable[[], str] | None = None,
        identity: "Identity | None" = None,
    ) -> None:
        self._store = store
        self._locations = locations
        self._ask_passphrase = ask_passphrase
        self._identity = identity
        self._vault: Vault | None = None
        self._holders: WeakSet[KeepsSecrets] = WeakSet()

    @property
    def identity(self) -> "Identity":
        """The key. No passphrase is asked for while the system holds the key unlocked. Raises VaultError."""
        found = self._identity
        if found is None:
            from facturier.mail.vault.kernel_keyring import held_identity

            held = held_identity(self._locations.identity)
            found = held.identity if held else self._loaded(self._ask_passphrase)
            self._identity = found
        return found

    @property
    def known_identity(self) -> "Identity | None":
        """The key if it was loaded before, or None. Never asks for a passphrase."""
        return self._identity

    @property
    def locked(self) -> bool:
        """Whether a passphrase is needed before anything can be sent."""
        from facturier.mail.vault.identity import wrapped_key

        return self._identity is None and bool(wrapped_key(self._locations.identity).data) and self.held_until() is None

    def unlock(self, ask_passphrase: Callable[[], str] | None) -> None:
        """Load the key from its file or keyring, even if the system holds it. Raises WrongPassphrase, VaultError."""
        self._identity = self._loaded(ask_passphrase)

    def hold(self, time: timedelta) -> datetime:
        """Let the system hold the key unlocked for that long, so that other windows and commands do not ask for the
        passphrase. Return the end. Raises VaultError."""
        from facturier.mail.vault.kernel_keyring import hold

        now = self._store.clock()
        hold(self.identity, now + time, now)
        return now + time

    def held_until(self) -> datetime | None:
        """Return until when the system holds the key unlocked, or None if it does not. Raises VaultError."""
        from facturier.mail.vault.kernel_keyring import held_identity

        held = held_identity(self._locations.identity)
        return held.until if held else None

    def lock(self) -> bool:
        """Forget the key, so that the passphrase is asked for before anything is sent. Return whether the system held
        it.

        Other open windows keep their own copy until they end. Raises VaultError.
        """
        from facturier.mail.vault.kernel_keyring import forget_held

        self._identity = self._vault = None
        for holder in list(self._holders):
            holder.forget()
        return forget_held(self._locations.identity)

    def when_locked(self, holder: KeepsSecrets) -> None:
        """Call `holder.forget` at each `lock`."""
        self._holders.add(holder)

    def set_passphrase(self, passphrase: str) -> None:
        """Protect the key with a passphrase from now on, or with none if it is empty. The system stops holding the key.
        Raises VaultError."""
        from facturier.mail.vault.identity import wrap_identity
        from facturier.mail.vault.kernel_keyring import forget_held

        identity = self.identity
        forget_held(self._locations.identity)
        self._identity = wrap_identity(self._locations.identity, identity, passphrase)

    @property
    def vault(self) -> "Vault":
        """The company's vault, opened with this person's key. Raises VaultError."""
        if self._vault is None:
            self._vault = self.vault_of(self._store)
        return self._vault

    def vault_of(self, store: Store) -> "Vault":
        """Return another company's vault, opened with this person's key. Raises VaultError."""
        from facturier.mail.vault.destination import destination
        from facturier.mail.vault.vault import Vault
        from facturier.models.company.connection import StoredBlob
        from facturier.models.settings.settings import read_company

        return Vault(
            StoredBlob(store),
            self.identity,
            name=store.user,
            seen=self._guard_of(store),
            default_sender=lambda: destination(read_company(store)),
        )

    def has_seen_vault(self) -> bool:
        """Return whether this person has seen a vault in the company's file before."""
        return self._guard_of(self._store).last() is not None

    def _loaded(self, ask_passphrase: Callable[[], str] | None) -> "Identity":
        from facturier.mail.vault.identity import load_identity

        return load_identity(self._locations.identity, ask_passphrase=ask_passphrase)

    def _guard_of(self, store: Store) -> "RollbackGuard":
        from facturier.mail.vault.rollback_guard import RollbackGuard

        # one machine: a company is known by the path of its file.
        company = hashlib.sha256(os.fsencode(store.path.resolve())).hexdigest()[:16]
        return RollbackGuard(self._locations.data / "seen" / company)
