"""Secrets that the Linux kernel keeps for a person: in its own memory, for a limited time, until a restart
(keyrings(7)).

They are in the person's *user keyring*, which all processes of the person can use, in any session: another login, cron,
a systemd service. Session keyrings are not shared like this, and a service often has an empty one. Other users have no
access, and the kernel never writes this memory to swap. On kernels without keys, and in containers that may not use
them, this is not available.
"""

import ctypes
import errno
import functools
import hashlib
import os
import re
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from facturier.mail.errors import VaultError
from facturier.mail.vault.identity import Identity, KeyStorage, SecretBytes, read_key, wrapped_key, write_key
from facturier.models.text.i18n import _

# The numbers of add_key and keyctl: those of x86-64, and those that all newer architectures of Linux share.
# one machine: the passphrase is kept in the kernel of this machine.
_CALLS = {"x86_64": (248, 250), **dict.fromkeys(("aarch64", "riscv64", "loongarch64"), (217, 219))}
_TYPE = b"user"
_THREAD, _USER = -1, -4  # KEY_SPEC_THREAD_KEYRING, KEY_SPEC_USER_KEYRING
_GET_ID, _SET_RIGHTS, _LINK, _UNLINK, _SEARCH, _READ, _SET_TIMEOUT, _INVALIDATE = 0, 5, 8, 9, 10, 11, 15, 21
# All rights for a process that has the key on one of its keyrings. Other processes of this user may see, read and find
# it, because services and some logins have keyrings without it. No rights for the group and others.
_OWN_RIGHTS = 0x3F0B0000
_LARGEST = 32767  # bytes of a key of this type


@dataclass(frozen=True, slots=True)
class KernelKeys:
    """The kernel's keys. `add_key` and `keyctl` are system call numbers. Every method may raise OSError."""

    add_key: int
    keyctl: int
    _libc: Any = field(repr=False)

    def keep(self, name: str, secret: bytes, seconds: int) -> None:
        """Keep a secret for a number of seconds. It replaces an earlier secret of that name."""
        # The key is first on this thread's own keyring, which ends with the thread, so it never exists without a limit.
        key = self._call(self.add_key, _TYPE, name.encode(), secret, len(secret), _THREAD)
        try:
            self._call(self.keyctl, _SET_RIGHTS, key, _OWN_RIGHTS)
            self._call(self.keyctl, _SET_TIMEOUT, key, seconds)
            self._call(self.keyctl, _LINK, key, _USER)
        finally:
            self._call(self.keyctl, _UNLINK, key, _THREAD)

    def find(self, name: str) -> bytes | None:
        """Return the secret, or None if there is none of that name or its time has ended."""
        key = self._find(name)
        if key is None:
            return None
        room = ctypes.create_string_buffer(_LARGEST)
        try:
            length = self._call(self.keyctl, _READ, key, room, _LARGEST)
            return room.raw[:length]
        finally:
            ctypes.memset(room, 0, _LARGEST)

    def forget(self, name: str) -> None:
        """Delete the secret at once, for every process."""
        if (key := self._find(name)) is not None:
            self._call(self.keyctl, _INVALIDATE, key)

    def reachable(self) -> bool:
        """Return whether the kernel has keys and this process may use them."""
        try:
            self._call(self.keyctl, _GET_ID, _USER, 1)
        except OSError:
            return False
        return True

    def _find(self, name: str) -> int | None:
        try:
            return self._call(self.keyctl, _SEARCH, _USER, _TYPE, name.encode(), 0)
        except OSError as error:
            if error.errno in (errno.ENOKEY, errno.EKEYEXPIRED, errno.EKEYREVOKED):
                return None
            raise

    def _call(self, number: int, *arguments: Any) -> int:
        longs = [ctypes.c_long(found) if isinstance(found, int) else found for found in arguments]
        found: int = self._libc.syscall(ctypes.c_long(number), *longs)
        if found < 0:
            raise OSError(number := ctypes.get_errno(), os.strerror(number))
        return found


@functools.cache
def kernel_keys() -> KernelKeys | None:
    """Return this person's kernel keys, or None if they are not available."""
    calls = _CALLS.get(os.uname().machine)
    if sys.platform != "linux" or calls is None or sys.maxsize < 2**32:  # 32-bit programs use other numbers
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    keys = KernelKeys(*calls, libc)
    return keys if keys.reachable() else None


_UNTIL = re.compile(rb"^# held until: (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class HeldIdentity:
    identity: Identity
    until: datetime


def can_hold() -> bool:
    """Return whether the kernel can hold a key."""
    return kernel_keys() is not None


def hold(identity: Identity, until: datetime, now: datetime) -> None:
    """Hold the key until the time `until`. Raises VaultError if that is not possible, or the key has no passphrase."""
    keys = kernel_keys()
    if keys is None:
        raise VaultError(
            _(
                "This system cannot keep a key unlocked. This needs Linux and, in a container, access "
                "to the kernel keyring."
            ),
            kept=_("Your key stays unlocked until this program ends."),
        )
    wrapped = wrapped_key(identity.path.parent)
    if not wrapped.data or identity.place is not KeyStorage.WRAPPED:
        raise VaultError(_("Your key has no passphrase, so it is never locked."))
    seconds = max(1, round((until - now) / timedelta(seconds=1)))
    try:
        keys.keep(_name(wrapped), f"# held until: {until.isoformat()}\n".encode() + write_key(identity.key), seconds)
    except OSError as error:
        raise VaultError(
            _("Could not keep your key unlocked: {reason}.").format(reason=error.strerror or "?"),
            kept=_("Your key stays unlocked until this program ends."),
        ) from None


def held_identity(folder: Path) -> HeldIdentity | None:
    """Return the key that is held for the file in `folder`, and its end, or None. Raises VaultError."""
    wrapped = wrapped_key(folder)
    keys = kernel_keys() if wrapped.data else None
    if keys is None:
        return None
    try:
        found = SecretBytes(keys.find(_name(wrapped)) or b"")
        until = _UNTIL.search(found.data)
        if until is None:
            return None
        key = read_key(found, KeyStorage.WRAPPED, folder / "identity")
        return HeldIdentity(key, datetime.fromisoformat(until[1].decode()))
    except (OSError, ValueError, VaultError):
        return None  # the caller then asks for the passphrase


def forget_held(folder: Path) -> bool:
    """Forget the key that is held. Return whether there was one. Raises VaultError."""
    wrapped = wrapped_key(folder)
    keys = kernel_keys() if wrapped.data else None
    if keys is None:
        return False
    try:
        was_held = keys.find(_name(wrapped)) is not None
        keys.forget(_name(wrapped))
    except OSError as error:
        raise VaultError(_("Could not lock your key: {reason}.").format(reason=error.strerror or "?")) from None
    return was_held


def _name(wrapped: SecretBytes) -> str:
    return f"facturier:{hashlib.sha256(wrapped.data).hexdigest()[:32]}"
