"""A user's identity: created once, readable only by its owner, never recreated by mistake."""

import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pyrage
import pytest
from keyring.backends import null

from facturier.mail.errors import NotAMember, TooBusy, VaultError, WrongPassphrase
from facturier.mail.vault.desktop_keyring import Backend
from facturier.mail.vault.identity import Identity, KeyStorage, fingerprint, load_identity, wrap_identity
from tests.mail.people import DesktopKeyring, no_keyring
from tests.mail.vault.wrapping import wrap_quickly


def load(folder: Path, backend: object = None, **options: float) -> Identity:
    chosen = no_keyring() if backend is None else cast(Backend, backend)
    return load_identity(folder, ask_passphrase=None, keyring_backend=chosen, wait=options.get("wait", 5))


@pytest.fixture(params=[0o022, 0o000, 0o777], ids=["umask 022", "umask 000", "umask 777"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_the_file_is_readable_only_by_its_owner_with_any_umask(tmp_path: Path) -> None:
    folder = tmp_path / "identity"
    identity = load(folder)
    assert identity.place is KeyStorage.FILE
    assert folder.stat().st_mode & 0o7777 == 0o700
    assert (folder / "identity").stat().st_mode & 0o7777 == 0o600
    assert list(folder.iterdir()) == [folder / "identity"]
    assert load(folder) == identity
    assert str(folder / "identity") in identity.where


def test_only_the_identity_opens_data_encrypted_to_it(tmp_path: Path) -> None:
    marie, paul = load(tmp_path / "marie"), load(tmp_path / "paul")
    blob = pyrage.encrypt(b"hello", [pyrage.x25519.Recipient.from_str(marie.recipient)])
    assert load(tmp_path / "marie").decrypt(blob) == b"hello"
    with pytest.raises(NotAMember, match=paul.fingerprint):
        paul.decrypt(blob)
    for damaged in (blob[:-1], blob[:-1] + bytes([blob[-1] ^ 1]), blob[:40], b"nonsense"):
        with pytest.raises(VaultError) as caught:
            marie.decrypt(damaged)
        assert type(caught.value) is VaultError


def test_age_itself_can_read_the_file(tmp_path: Path) -> None:
    identity = load(tmp_path / "i")
    public, secret = (tmp_path / "i" / "identity").read_text().splitlines()
    assert public == f"# public key: {identity.recipient}"
    assert str(pyrage.x25519.Identity.from_str(secret).to_public()) == identity.recipient


def test_the_fingerprint_is_short_and_of_the_public_key() -> None:
    recipient = "age1wcxvy7yd9x8wrhx3lh8rg03mq52ylvjzz84hvqy3prwhfjp9edvqte08yu"
    assert fingerprint(recipient) == "4TT7-WPI2-QG5B-G7NY"


def test_the_secret_key_is_in_no_repr(tmp_path: Path) -> None:
    identity = load(tmp_path / "i")
    secret = (tmp_path / "i" / "identity").read_text().splitlines()[1]
    assert secret not in repr(identity) + str(identity) + identity.where + repr(identity.key)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_file_readable_by_others_is_refused(tmp_path: Path, mode: int) -> None:
    load(tmp_path / "i")
    (tmp_path / "i" / "identity").chmod(mode)
    with pytest.raises(VaultError, match="chmod 600"):
        load(tmp_path / "i")


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o777])
def test_a_folder_readable_by_others_is_refused(tmp_path: Path, mode: int) -> None:
    (tmp_path / "i").mkdir()
    (tmp_path / "i").chmod(mode)
    with pytest.raises(VaultError, match="chmod 700"):
        load(tmp_path / "i")
    assert not list((tmp_path / "i").iterdir())


def test_symbolic_links_are_refused(tmp_path: Path) -> None:
    load(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(VaultError):
        load(tmp_path / "link")
    (tmp_path / "i").mkdir(0o700)
    (tmp_path / "i" / "identity").symlink_to(tmp_path / "real" / "identity")
    with pytest.raises(VaultError):
        load(tmp_path / "i")


def test_a_pipe_in_its_place_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "i").mkdir(0o700)
    os.mkfifo(tmp_path / "i" / "identity", 0o600)
    with pytest.raises(VaultError):
        load(tmp_path / "i")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a second user")
def test_another_users_file_or_folder_is_refused(tmp_path: Path) -> None:
    load(tmp_path / "i")
    os.chown(tmp_path / "i" / "identity", 65534, 65534)
    with pytest.raises(VaultError, match="another user"):
        load(tmp_path / "i")
    os.chown(tmp_path / "i", 65534, 65534)
    with pytest.raises(VaultError, match="another user"):
        load(tmp_path / "i")


@pytest.mark.parametrize("text", [b"", b"rubbish", b"AGE-SECRET-KEY-1QQQ\n", b"\xff\xfe"])
def test_a_damaged_file_is_reported_and_kept(tmp_path: Path, text: bytes) -> None:
    load(tmp_path / "i")
    path = tmp_path / "i" / "identity"
    path.write_bytes(text)
    with pytest.raises(VaultError, match="identity"):
        load(tmp_path / "i")
    assert path.read_bytes() == text


def test_windows_that_start_together_use_one_identity(tmp_path: Path) -> None:
    found: list[Identity] = []
    gate = threading.Barrier(8)

    def start() -> None:
        gate.wait()
        found.append(load(tmp_path / "i"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({identity.recipient for identity in found}) == 1


class TestKeyring:
    def test_a_real_keyring_keeps_the_key_and_the_file_refers_to_it(self, tmp_path: Path) -> None:
        keyring = DesktopKeyring()
        identity = load(tmp_path / "i", keyring)
        assert identity.place is KeyStorage.KEYRING
        assert "keyring" in identity.where
        (secret,) = keyring.kept.values()
        assert secret not in (tmp_path / "i" / "identity").read_text()
        assert load(tmp_path / "i", keyring) == identity

    def test_without_its_keyring_no_new_identity_is_made(self, tmp_path: Path) -> None:
        keyring = DesktopKeyring()
        identity = load(tmp_path / "i", keyring)
        with pytest.raises(VaultError, match="locked"):
            load(tmp_path / "i")
        keyring.kept.clear()
        with pytest.raises(VaultError, match="lost"):
            load(tmp_path / "i", keyring)
        assert identity.recipient in (tmp_path / "i" / "identity").read_text()

    def test_a_keyring_that_stores_nothing_is_not_used(self, tmp_path: Path) -> None:
        assert load(tmp_path / "i", null.Keyring()).place is KeyStorage.FILE  # type: ignore[no-untyped-call]

    def test_a_plaintext_keyring_is_not_used_even_in_a_chain(self, tmp_path: Path) -> None:
        asked: list[str] = []

        class PlaintextKeyring:
            def set_password(self, service: str, username: str, password: str) -> None:
                asked.append(service)

        class Chain:
            def __init__(self, *backends: object) -> None:
                self.backends = backends

        assert load(tmp_path / "i", PlaintextKeyring()).place is KeyStorage.FILE
        assert load(tmp_path / "j", Chain(PlaintextKeyring())).place is KeyStorage.FILE
        desktop = DesktopKeyring()
        assert load(tmp_path / "k", Chain(PlaintextKeyring(), desktop)).place is KeyStorage.KEYRING
        assert desktop.kept
        assert asked == []

    def test_a_keyring_that_never_answers_times_out(self, tmp_path: Path) -> None:
        end = threading.Event()

        def wait() -> None:
            end.wait(5)

        keyring = DesktopKeyring(before=wait)
        try:
            assert load(tmp_path / "i", keyring, wait=0.1).place is KeyStorage.FILE
        finally:
            end.set()
        for thread in threading.enumerate():
            if thread.name == "keyring":
                thread.join()
        assert keyring.kept == {}  # no second copy of a key that its owner expects in the file

    def test_a_keyring_with_an_open_prompt_is_not_asked_again(self, tmp_path: Path) -> None:
        end, asked = threading.Event(), list[str]()
        end.set()

        def wait() -> None:
            asked.append("")
            end.wait(5)

        keyring = DesktopKeyring(before=wait)
        identity = load(tmp_path / "i", keyring)
        end.clear()
        asked.clear()
        for patience in (0.1, 5):  # the second answer is immediate
            with pytest.raises(VaultError, match="locked"):
                load(tmp_path / "i", keyring, wait=patience)
        assert len(asked) == 1
        end.set()
        for thread in threading.enumerate():
            if thread.name == "keyring":
                thread.join()
        assert load(tmp_path / "i", keyring) == identity

    def test_without_a_working_keyring_the_file_is_used(self, tmp_path: Path) -> None:
        def locked() -> None:
            raise RuntimeError("locked")

        assert load(tmp_path / "i", DesktopKeyring(before=locked)).place is KeyStorage.FILE

    def test_a_file_is_used_even_when_a_keyring_appears_later(self, tmp_path: Path) -> None:
        identity = load(tmp_path / "i")
        assert load(tmp_path / "i", DesktopKeyring()) == identity


def test_a_passphrase_protects_the_key_and_is_asked_for(tmp_path: Path) -> None:
    plain = load(tmp_path / "i")
    wrapped = wrap_identity(tmp_path / "i", plain, "horse battery")
    assert wrapped.place is KeyStorage.WRAPPED
    path = tmp_path / "i" / "identity"
    assert path.read_bytes().startswith(b"age-encryption.org/v1\n-> scrypt")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(WrongPassphrase):
        load(tmp_path / "i")
    opened = load_identity(tmp_path / "i", ask_passphrase=lambda: "horse battery")
    assert opened == wrapped
    assert "passphrase" in opened.where
    assert wrap_identity(tmp_path / "i", opened, "").place is KeyStorage.FILE
    assert load(tmp_path / "i").recipient == plain.recipient


def test_a_wrong_passphrase_does_not_unlock_the_key(tmp_path: Path) -> None:
    wrapped = wrap_quickly(load(tmp_path / "i"), "horse battery")
    with pytest.raises(WrongPassphrase):
        load_identity(tmp_path / "i", ask_passphrase=lambda: "wrong")
    assert load_identity(tmp_path / "i", ask_passphrase=lambda: "horse battery") == wrapped


def _with_work(path: Path, work: int) -> None:
    """State another work factor (its base-2 logarithm) in a wrapped key."""
    path.write_bytes(re.sub(rb"(?<=\n)(-> scrypt \S+) \d+\n", rb"\1 %d\n" % work, path.read_bytes()))


def test_a_busy_machine_does_not_make_a_passphrase_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """age refuses work that would take this machine too long, as it measures when it is busy."""
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    wrapped = wrap_quickly(load(tmp_path / "i"), "horse battery")
    sound = wrapped.path.read_bytes()
    _with_work(wrapped.path, 40)
    with pytest.raises(TooBusy, match="too busy to check the passphrase now"):
        load_identity(tmp_path / "i", ask_passphrase=lambda: "horse battery")
    assert len(waits) > 2
    # Once the machine has time again, the same passphrase is tried, without asking for it again.
    asked: list[str] = []

    def ask() -> str:
        asked.append("")
        return "horse battery"

    decrypt, refuse = pyrage.passphrase.decrypt, wrapped.path.read_bytes()
    tries = iter([refuse, refuse, sound])
    monkeypatch.setattr(pyrage.passphrase, "decrypt", lambda _data, secret: decrypt(next(tries), secret))
    assert load_identity(tmp_path / "i", ask_passphrase=ask) == wrapped
    assert asked == [""]


def test_a_key_in_the_keyring_cannot_get_a_passphrase(tmp_path: Path) -> None:
    identity = load(tmp_path / "i", DesktopKeyring())
    with pytest.raises(VaultError, match="keyring"):
        wrap_identity(tmp_path / "i", identity, "horse")
