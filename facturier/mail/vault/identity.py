"""A person's own key, which opens the vaults of the companies that they may send for.

The file `identity` in a private folder contains one of three things: the key as age-keygen writes it; the key encrypted
with a passphrase (age's scrypt); or only the public key, if the secret key is in the desktop's keyring.
"""

import base64
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from facturier.mail.errors import NotAMember, TooBusy, VaultError, WrongPassphrase
from facturier.mail.vault.desktop_keyring import Backend, Keyring
from facturier.mail.vault.private_files import private_folder, read_private, write_private
from facturier.models.text.i18n import _

_WRAPPED = b"age-encryption.org/v1\n"
_PUBLIC = re.compile(rb"^# public key: (age1[0-9a-z]+)$", re.MULTILINE)
_SECRET = re.compile(rb"^AGE-SECRET-KEY-1[0-9A-Z]+$", re.MULTILINE)
_WAITS = (0.2, 0.5, 1.0, 2.0, 0.0)  # seconds after each try to check a passphrase on a busy machine
_IN_KEYRING = re.compile(rb"^# secret key: in the keyring$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SecretBytes:
    """Bytes that may contain a key. They are hidden from tracebacks that show local variables."""

    data: bytes = field(repr=False)


class KeyStorage(StrEnum):
    KEYRING = "keyring"
    FILE = "file"
    WRAPPED = "wrapped"


@dataclass(frozen=True, slots=True)
class Identity:
    """A person's identity. `recipient` is the public key (`age1…`), to which secrets are encrypted.

    `key` is a pyrage object, which never shows its contents.
    """

    recipient: str
    place: KeyStorage
    path: Path
    key: Any = field(repr=False, compare=False)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.recipient)

    @property
    def where(self) -> str:
        """The place of the secret key, in words for people."""
        match self.place:
            case KeyStorage.KEYRING:
                return _("in the desktop keyring")
            case KeyStorage.WRAPPED:
                return _("in {path}, protected by a passphrase").format(path=self.path)
            case KeyStorage.FILE:
                return _("in {path}, which only you can read").format(path=self.path)

    def decrypt(self, blob: bytes) -> bytes:
        """Return the decrypted blob. Raises NotAMember if it is not for this identity, VaultError if it is damaged."""
        import pyrage

        try:
            opened: bytes = pyrage.decrypt(blob, [self.key])
        except pyrage.DecryptError as error:
            not_for_us = "no matching keys" in str(error).lower()
        else:
            return opened
        if not_for_us:
            raise NotAMember(
                _("You are not a member, so you cannot send for this company."),
                todo=_("Ask a member to approve you. Your fingerprint is {fingerprint}.").format(
                    fingerprint=self.fingerprint
                ),
            )
        raise VaultError(_("The vault is damaged."), todo=_("Restore a backup, or connect the sender again."))


def fingerprint(recipient: str) -> str:
    """Return sixteen letters and digits in groups of four, for two people to compare.

    They are 80 bits of the SHA-256 of the public key.
    """
    text = base64.b32encode(hashlib.sha256(recipient.encode()).digest()[:10]).decode()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))


def load_identity(
    folder: Path,
    *,
    ask_passphrase: Callable[[], str] | None,
    keyring_backend: Backend | None = None,
    wait: float = 5.0,
) -> Identity:
    """Return this person's identity from `folder`. It is created at first use, in the keyring if one is open, or else
    in a file.

    `ask_passphrase` is called only if the key has a passphrase. `wait` is how long the keyring may take, in seconds.
    Raises WrongPassphrase, TooBusy, and VaultError if the key cannot be read or others could have read it. An identity
    that cannot be read is never replaced, because it is the one that colleagues have approved.
    """
    path = folder / "identity"
    keyring = Keyring(keyring_backend, wait)
    with private_folder(folder) as inside:
        kept = SecretBytes(read_private(inside, path) or b"")
        if not kept.data:
            made = _make(inside, path, keyring)
            if made:
                return made
            kept = SecretBytes(read_private(inside, path) or b"")  # another window was first
    return _read(path, kept, keyring, ask_passphrase)


def wrapped_key(folder: Path) -> SecretBytes:
    """Return the identity in `folder` if it is encrypted with a passphrase, otherwise no bytes. Raises VaultError."""
    with private_folder(folder) as inside:
        kept = SecretBytes(read_private(inside, folder / "identity") or b"")
    return kept if kept.data.startswith(_WRAPPED) else SecretBytes(b"")


def wrap_identity(folder: Path, identity: Identity, passphrase: str) -> Identity:
    """Encrypt the key in its file with a passphrase, or store it unencrypted if `passphrase` is empty.

    Raises VaultError for a key in the keyring, which has its own lock.
    """
    import pyrage

    path = folder / "identity"
    if identity.place is KeyStorage.KEYRING:
        raise VaultError(_("Your key is in the desktop keyring, which is locked with its own password."))
    with private_folder(folder) as inside:
        write_private(
            inside,
            path,
            pyrage.passphrase.encrypt(write_key(identity.key), passphrase) if passphrase else write_key(identity.key),
            replace=True,
        )
    return Identity(identity.recipient, KeyStorage.WRAPPED if passphrase else KeyStorage.FILE, path, identity.key)


def _make(inside: int, path: Path, keyring: Keyring) -> Identity | None:
    """Return a new identity, or None if another window has created one in the meantime."""
    import pyrage

    key = pyrage.x25519.Identity.generate()
    recipient = str(key.to_public())
    if keyring.keep(recipient, str(key)):
        if write_private(inside, path, f"# public key: {recipient}\n# secret key: in the keyring\n".encode()):
            return Identity(recipient, KeyStorage.KEYRING, path, key)
        keyring.forget(recipient)
        return None
    if write_private(inside, path, write_key(key)):
        return Identity(recipient, KeyStorage.FILE, path, key)
    return None


def _read(path: Path, kept: SecretBytes, keyring: Keyring, ask_passphrase: Callable[[], str] | None) -> Identity:
    if kept.data.startswith(_WRAPPED):
        return read_key(_unwrap(kept, ask_passphrase), KeyStorage.WRAPPED, path)
    public = _PUBLIC.search(kept.data)
    if not _IN_KEYRING.search(kept.data) or not public:
        return read_key(kept, KeyStorage.FILE, path)
    found = SecretBytes((keyring.find(public[1].decode()) or "").encode())
    if not found.data:
        raise VaultError(
            _("Your key is in the desktop keyring, which is locked, not running, or no longer has it."),
            kept=_("Everything except sending works without it."),
            todo=_("Unlock the keyring and try again. If the key is lost, remove {path} and request access.").format(
                path=path
            ),
        )
    return read_key(found, KeyStorage.KEYRING, path)


def _unwrap(kept: SecretBytes, ask_passphrase: Callable[[], str] | None) -> SecretBytes:
    import pyrage

    if ask_passphrase is None:
        raise WrongPassphrase(
            _("Enter the passphrase for your key."),
            kept=_("Everything except sending works without it."),
        )
    passphrase = ask_passphrase()
    for wait in _WAITS:
        try:
            return SecretBytes(pyrage.passphrase.decrypt(kept.data, passphrase))
        except pyrage.DecryptError as error:
            # age measures how fast this machine is just now, and refuses a key that would take it too long. It has not
            # looked at the passphrase then.
            if "excessive work" not in str(error).lower():
                raise WrongPassphrase(_("This passphrase does not unlock your key."), todo=_("Try again.")) from None
        time.sleep(wait)
    raise TooBusy(_("This machine is too busy to check the passphrase now."), todo=_("Try again."))


def read_key(kept: SecretBytes, place: KeyStorage, path: Path) -> Identity:
    """Return the identity in the bytes that `write_key` returned. Raises VaultError."""
    import pyrage

    try:
        key = pyrage.x25519.Identity.from_str(_SECRET.findall(kept.data)[0].decode())
    except (IndexError, pyrage.IdentityError):
        raise VaultError(
            _("Your key in {path} is damaged.").format(path=path),
            todo=_("Restore it from a backup, or remove {path} and request access again.").format(path=path),
        ) from None
    return Identity(str(key.to_public()), place, path, key)


def write_key(key: Any) -> bytes:
    """Return a pyrage key in the format of age-keygen."""
    return f"# public key: {key.to_public()}\n{key}\n".encode()
