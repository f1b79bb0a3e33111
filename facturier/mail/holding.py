"""A key that is under a passphrase, held open by the kernel for a time: until then nothing of this person asks again.

What is held is the key and not the passphrase, which may open more than this. It is held for the very file that the
passphrase has opened: under another passphrase, or with another key in its place, it is not found any more.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from facturier.mail.errors import VaultError
from facturier.mail.identity import Identity, Kept, Place, read_key, wrapped_key, write_key
from facturier.mail.kernel_keys import kernel_keys
from facturier.models.language import _

_UNTIL = re.compile(rb"^# held until: (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Held:
    identity: Identity
    until: datetime


def can_hold() -> bool:
    """Whether there is a kernel here that holds keys, and that we may ask."""
    return kernel_keys() is not None


def hold(identity: Identity, until: datetime, now: datetime) -> None:
    """Hold the key until then. Raises VaultError where that is not possible here, or the key is under no passphrase."""
    keys = kernel_keys()
    if keys is None:
        raise VaultError(
            _("The system here holds no keys: that takes Linux, and a container that may ask its kernel for it."),
            kept=_("Your key is open until this program ends."),
        )
    wrapped = wrapped_key(identity.path.parent)
    if not wrapped.data or identity.place is not Place.WRAPPED:
        raise VaultError(_("Your key is under no passphrase, so there is nothing to hold open."))
    seconds = max(1, round((until - now) / timedelta(seconds=1)))
    try:
        keys.keep(_name(wrapped), f"# held until: {until.isoformat()}\n".encode() + write_key(identity.key), seconds)
    except OSError as error:
        raise VaultError(
            _("The system does not hold your key: {reason}.").format(reason=error.strerror or "?"),
            kept=_("Your key is open until this program ends."),
        ) from None


def held_identity(folder: Path) -> Held | None:
    """The key that is held for the file in `folder`, and until when; None where none is. Raises VaultError."""
    wrapped = wrapped_key(folder)
    keys = kernel_keys() if wrapped.data else None
    if keys is None:
        return None
    try:
        found = Kept(keys.find(_name(wrapped)) or b"")
        until = _UNTIL.search(found.data)
        if until is None:
            return None
        key = read_key(found, Place.WRAPPED, folder / "identity")
        return Held(key, datetime.fromisoformat(until[1].decode()))
    except (OSError, ValueError, VaultError):
        return None  # then the passphrase is asked for


def forget_held(folder: Path) -> bool:
    """Hold the key no more; whether it was held. Raises VaultError."""
    wrapped = wrapped_key(folder)
    keys = kernel_keys() if wrapped.data else None
    if keys is None:
        return False
    try:
        was_held = keys.find(_name(wrapped)) is not None
        keys.forget(_name(wrapped))
    except OSError as error:
        raise VaultError(_("The system still holds your key: {reason}.").format(reason=error.strerror or "?")) from None
    return was_held


def _name(wrapped: Kept) -> str:
    return f"facturier:{hashlib.sha256(wrapped.data).hexdigest()[:32]}"
