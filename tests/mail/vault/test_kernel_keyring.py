"""A passphrase-protected key, kept unlocked for a time by the real kernel."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facturier.mail.errors import VaultError
from facturier.mail.vault.identity import Identity, KeyStorage, load_identity
from facturier.mail.vault.kernel_keyring import can_hold, forget_held, held_identity, hold, kernel_keys
from tests.mail.people import no_keyring
from tests.mail.vault.wrapping import wrap_quickly

needs_a_kernel = pytest.mark.skipif(not can_hold(), reason="the kernel here keeps no keys, or does not let us ask")
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def identity(folder: Path) -> Identity:
    return load_identity(folder, ask_passphrase=None, keyring_backend=no_keyring())


@pytest.fixture
def wrapped(tmp_path: Path) -> Iterator[Identity]:
    folder = tmp_path / "identity"
    yield wrap_quickly(identity(folder), "horse")
    forget_held(folder)


@needs_a_kernel
def test_it_is_held_for_its_time_and_can_be_forgotten_at_once(wrapped: Identity) -> None:
    folder = wrapped.path.parent
    assert load_identity(folder, ask_passphrase=lambda: "horse") == wrapped
    assert held_identity(folder) is None  # not before it is requested
    hold(wrapped, NOW + timedelta(hours=8), NOW)
    held = held_identity(folder)
    assert held is not None
    assert (held.identity, held.identity.place, held.until) == (wrapped, KeyStorage.WRAPPED, NOW + timedelta(hours=8))
    assert str(held.identity.key) == str(wrapped.key)
    assert forget_held(folder)
    assert held_identity(folder) is None
    assert not forget_held(folder)


@needs_a_kernel
def test_the_kernel_ends_it_and_it_can_be_held_again(wrapped: Identity) -> None:
    folder = wrapped.path.parent
    hold(wrapped, NOW + timedelta(seconds=1), NOW)
    assert held_identity(folder) is not None
    time.sleep(1.6)
    assert held_identity(folder) is None
    hold(wrapped, NOW + timedelta(hours=1), NOW)
    assert held_identity(folder) is not None


@needs_a_kernel
def test_it_does_not_open_another_passphrase_or_key(wrapped: Identity) -> None:
    folder = wrapped.path.parent
    hold(wrapped, NOW + timedelta(hours=1), NOW)
    before = wrapped.path.read_bytes()
    wrap_quickly(wrapped, "battery")
    assert held_identity(folder) is None
    wrapped.path.write_bytes(before)
    assert forget_held(folder)


LOOK = """
import ctypes, os, sys
from facturier.mail.vault.kernel_keyring import kernel_keys
keys = kernel_keys()
if sys.argv[1] == "elsewhere":  # a login or a service with nothing on its session keyring
    keys._call(keys.keyctl, 1, None)
if sys.argv[1] == "stranger":
    os.setgroups([]); os.setgid(61009); os.setuid(61009)
    assert keys.find(sys.argv[2]) is None
    for operation in (11, 15, 21):  # read, set a timeout, invalidate: by its number, as it stands in /proc/keys
        try:
            keys._call(keys.keyctl, operation, int(sys.argv[3]), ctypes.create_string_buffer(99), 99)
        except PermissionError:
            pass
        else:
            sys.exit("reached")
else:
    sys.stdout.buffer.write(keys.find(sys.argv[2]) or b"")
"""


def look(kind: str, name: str, number: int = 0) -> bytes:
    """Check from another process."""
    arguments = [sys.executable, "-c", LOOK, kind, name, str(number)]
    return subprocess.run(arguments, capture_output=True, check=True, start_new_session=True).stdout


@needs_a_kernel
def test_every_process_of_this_user_finds_it_and_no_other() -> None:
    keys = kernel_keys()
    assert keys is not None
    keys.keep("facturier:a test", b"secret", 60)
    try:
        assert look("elsewhere", "facturier:a test") == b"secret"
        if os.geteuid() == 0:
            look("stranger", "facturier:a test", keys._find("facturier:a test") or 0)
        assert keys.find("facturier:a test") == b"secret"
    finally:
        keys.forget("facturier:a test")


def test_a_key_without_a_passphrase_is_not_held(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="no passphrase" if can_hold() else "cannot keep a key unlocked"):
        hold(identity(tmp_path / "i"), NOW + timedelta(hours=1), NOW)
