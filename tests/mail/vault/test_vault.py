"""The vault: only members can read it, tampering is detected, and no secret is shown."""

import io
import json
import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from rich.console import Console
from rich.traceback import Traceback

from facturier.mail.errors import NotAMember, VaultError
from facturier.mail.vault.identity import Identity, load_identity
from facturier.mail.vault.rollback_guard import RollbackGuard
from facturier.mail.vault.vault import Member, Secrets, Vault
from facturier.models.errors import ChangedElsewhere
from tests.mail.people import Blob, no_keyring

CANARY = "canary-4711-0815"
GRANT = {"address": "billing@acme.example", "refresh_token": CANARY, "scopes": ["a", "b"]}

Person = Callable[[str], Identity]


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return lambda name: load_identity(tmp_path / name, ask_passphrase=None, keyring_backend=no_keyring())


def connect(secrets: Secrets) -> Secrets:
    return replace(secrets, grant=GRANT, smtp_password=CANARY)


def sealed(recipient: str, text: bytes) -> bytes:
    blob: bytes = pyrage.encrypt(text, [pyrage.x25519.Recipient.from_str(recipient)])
    return blob


def test_an_empty_vault_has_no_secrets_and_no_members(person: Person) -> None:
    assert Vault(Blob(), person("marie")).read() == Secrets()


def test_the_first_writer_is_the_first_member(person: Person) -> None:
    blob, marie = Blob(), person("marie")
    written = Vault(blob, marie, name="Marie\u202e").change(connect)
    assert written.members == (Member("Marie", marie.recipient),)
    assert written.generation == 1
    found = Vault(blob, person("marie")).read()
    assert found == written
    assert found.grant == GRANT
    assert found.smtp_password == CANARY
    assert CANARY.encode() not in blob.data
    assert b"Marie" not in blob.data


def test_others_read_nothing_until_approved_and_nothing_new_once_removed(person: Person) -> None:
    blob, marie, paul = Blob(), person("marie"), person("paul")
    hers, his = Vault(blob, marie, name="Marie"), Vault(blob, paul, name="Paul")
    hers.change(connect)
    with pytest.raises(NotAMember, match=paul.fingerprint):
        his.read()
    with pytest.raises(NotAMember):
        his.change(connect)
    with pytest.raises(NotAMember):
        his.admit(Member("Paul", paul.recipient))

    hers.admit(Member("Paul", paul.recipient))
    assert his.read().grant == GRANT
    assert his.read().members[1].fingerprint == paul.fingerprint

    hers.remove(Member("Paul", paul.recipient))
    hers.change(lambda secrets: replace(secrets, smtp_password="new"))
    with pytest.raises(NotAMember):
        his.read()


def test_approving_twice_keeps_one_member(person: Person) -> None:
    vault, paul = Vault(Blob(), person("marie")), person("paul")
    vault.admit(Member("Paul", paul.recipient))
    assert [member.name for member in vault.admit(Member("Paul T.", paul.recipient)).members][1:] == ["Paul T."]


def test_the_last_member_cannot_be_removed(person: Person) -> None:
    blob, marie = Blob(), person("marie")
    vault = Vault(blob, marie)
    vault.change(connect)
    with pytest.raises(VaultError, match="is the only member"):
        vault.remove(Member("Marie", marie.recipient))
    assert vault.read().grant == GRANT


def test_an_invalid_public_key_changes_nothing(person: Person) -> None:
    blob = Blob()
    vault = Vault(blob, person("marie"))
    vault.change(connect)
    before = blob.data
    with pytest.raises(VaultError):
        vault.admit(Member("Paul", "age1nonsense"))
    assert blob.data == before


def test_two_concurrent_writers_both_succeed(person: Person) -> None:
    blob, marie = Blob(), person("marie")
    vault = Vault(blob, marie)
    vault.change(connect)
    blob.race = lambda: Vault(blob, marie).change(lambda secrets: replace(secrets, smtp_password="other"))
    written = vault.change(lambda secrets: replace(secrets, grant=None))
    assert (written.smtp_password, written.grant, written.generation) == ("other", None, 3)
    assert vault.read() == written


def test_writing_to_a_store_that_keeps_changing_fails(person: Person) -> None:
    class Busy(Blob):
        def write(self, blob: bytes, version: int) -> None:
            raise ChangedElsewhere("")

    with pytest.raises(ChangedElsewhere, match="moment"):
        Vault(Busy(), person("marie")).change(connect)


def test_a_change_cannot_lower_the_generation_or_the_mark(person: Person) -> None:
    vault = Vault(Blob(), person("marie"))
    first = vault.change(connect)
    second = vault.change(lambda secrets: replace(secrets, generation=0, mark="x"))
    assert (second.generation, second.mark) == (2, first.mark)


def test_every_damaged_byte_is_detected(person: Person) -> None:
    blob, marie = Blob(), person("marie")
    Vault(blob, marie).change(connect)
    whole = blob.data
    for place in range(0, len(whole), 7):
        blob.data = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        with pytest.raises(VaultError):
            Vault(blob, marie).read()
        blob.data = whole[:place] or b"a"
        with pytest.raises(VaultError):
            Vault(blob, marie).read()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"null",
        pytest.param(b"[" * 100_000, id="nested"),
        b"\xff",
        CANARY.encode(),
        json.dumps({"format": 2, "grant": CANARY}).encode(),
        json.dumps({"format": 1, "members": [], "grant": None, "smtp_password": CANARY}).encode(),
        json.dumps(
            {"format": 1, "members": [["a", "b"]], "grant": CANARY, "smtp_password": "", "generation": 1, "mark": "m"}
        ).encode(),
    ],
)
def test_invalid_content_is_refused_without_showing_it(person: Person, text: bytes) -> None:
    marie = person("marie")
    with pytest.raises(VaultError) as caught:
        Vault(Blob(sealed(marie.recipient, text)), marie).read()
    assert CANARY not in shown(caught.value)


class TestSeen:
    def test_a_rolled_back_vault_is_detected_until_a_user_accepts_it(self, person: Person, tmp_path: Path) -> None:
        blob, marie, seen = Blob(), person("marie"), RollbackGuard(tmp_path / "marie" / "seen-acme")
        vault = Vault(blob, marie, seen=seen)
        vault.change(connect)
        old = blob.data
        vault.change(lambda secrets: replace(secrets, grant=None))
        blob.data = old
        for attempt in (vault.read, lambda: vault.change(connect)):
            with pytest.raises(VaultError, match="older"):
                attempt()
        assert blob.data == old
        seen.forget()
        assert vault.read().grant == GRANT

    def test_after_accepting_a_restore_later_versions_cannot_be_put_back(self, person: Person, tmp_path: Path) -> None:
        """A version between the copy and the restore could list a member who was removed since."""
        blob, marie, paul = Blob(), person("marie"), person("paul")
        vault = Vault(blob, marie, seen=RollbackGuard(tmp_path / "marie" / "seen-acme"))
        vault.change(connect)
        copy = blob.data
        vault.admit(Member("Paul", paul.recipient))
        between = blob.data
        vault.remove(Member("Paul", paul.recipient))
        blob.data = copy
        vault.accept_older()
        assert vault.read().grant == GRANT
        vault.change(connect)
        blob.data = between
        with pytest.raises(VaultError, match="older"):
            vault.read()

    @pytest.mark.parametrize("planted", ["another", "none"])
    def test_an_accepted_restore_does_not_allow_another_vault(
        self, person: Person, tmp_path: Path, planted: str
    ) -> None:
        blob, marie, forged = Blob(), person("marie"), Blob()
        vault = Vault(blob, marie, seen=RollbackGuard(tmp_path / "marie" / "seen-acme"))
        vault.change(connect)
        Vault(forged, person("mallory")).admit(Member("Marie", marie.recipient))
        blob.data = forged.data if planted == "another" else b""
        vault.accept_older()
        with pytest.raises(VaultError, match=r"replaced|missing"):
            vault.read()

    def test_a_vault_made_by_others_for_the_same_members_is_detected(self, person: Person, tmp_path: Path) -> None:
        blob, marie, mallory = Blob(), person("marie"), person("mallory")
        vault = Vault(blob, marie, seen=RollbackGuard(tmp_path / "marie" / "seen-acme"))
        vault.change(connect)
        forged = Blob()
        theirs = Vault(forged, mallory, name="Mallory")
        for _ in range(5):
            theirs.admit(Member("Marie", marie.recipient))
        blob.data = forged.data
        with pytest.raises(VaultError, match="replaced"):
            vault.change(connect)
        blob.data = b""
        with pytest.raises(VaultError, match="missing"):
            vault.read()

    def test_changes_by_a_colleague_are_no_alarm(self, person: Person, tmp_path: Path) -> None:
        blob, marie, paul = Blob(), person("marie"), person("paul")
        hers = Vault(blob, marie, seen=RollbackGuard(tmp_path / "marie" / "seen-acme"))
        his = Vault(blob, paul, seen=RollbackGuard(tmp_path / "paul" / "seen-acme"))
        hers.admit(Member("Paul", paul.recipient))
        for vault in (his, hers, his, his, hers):
            vault.change(connect)
            assert hers.read() == his.read()

    def test_a_concurrent_write_by_another_window_is_no_alarm(self, person: Person, tmp_path: Path) -> None:
        blob, marie, seen = Blob(), person("marie"), RollbackGuard(tmp_path / "marie" / "seen-acme")
        Vault(blob, marie, seen=seen).change(connect)

        class Slow(Blob):
            """A read that another window's write overtakes before the result is used."""

            def read(self) -> tuple[bytes, int]:
                found = blob.read()
                Vault(blob, marie, seen=seen).change(connect)
                return found

        assert Vault(Slow(), marie, seen=seen).read().generation == 1
        assert Vault(blob, marie, seen=seen).read().generation == 2

    def test_the_remembered_state_is_private_and_contains_no_secret(self, person: Person, tmp_path: Path) -> None:
        path = tmp_path / "marie" / "seen-acme"
        written = Vault(Blob(), person("marie"), seen=RollbackGuard(path)).change(connect)
        assert path.stat().st_mode & 0o777 == 0o600
        assert written.mark not in path.read_text()


def shown(error: BaseException) -> str:
    """Return everything that a log, a traceback, and a traceback with the local variables of every frame below the test
    would show."""
    text = io.StringIO()
    assert error.__traceback__
    logging.getLogger("t").handle(
        logging.LogRecord("t", 40, "", 0, "%r %s", (error, error), (type(error), error, error.__traceback__))
    )
    told = Traceback.from_exception(type(error), error, error.__traceback__.tb_next, show_locals=True, width=200)
    Console(file=text, width=200).print(told)
    return text.getvalue() + "".join(traceback.format_exception(error)) + repr(error)


def test_no_secret_shows_in_reprs_or_in_tracebacks_with_locals(
    person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    class FullDisk(Blob):
        def write(self, blob: bytes, version: int) -> None:
            raise OSError(28, "No space left on device")

    marie = person("marie")
    blob = Blob()
    vault = Vault(blob, marie)
    secrets = vault.change(connect)
    full = FullDisk(blob.data)
    key = "AGE-SECRET-KEY"
    with pytest.raises(OSError, match="space") as caught:
        Vault(full, marie).change(lambda secrets: replace(secrets, grant=None))
    with pytest.raises(VaultError) as refused:
        vault.admit(Member("Paul", "age1nonsense"))
    with pytest.raises(ZeroDivisionError) as broken:
        vault.change(lambda secrets: replace(secrets, generation=1 // 0))
    told = repr(secrets) + str(secrets) + repr(vault) + "".join(map(shown, (caught.value, refused.value, broken.value)))
    printed = capsys.readouterr()
    assert CANARY not in told + printed.out + printed.err
    assert secrets.mark not in told
    assert key not in told
