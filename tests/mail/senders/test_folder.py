"""The folder of .eml files: each file is complete or absent, written once, and consistent after a crash."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from facturier.mail.errors import AnswerLost, Refused
from facturier.mail.senders.folder import FolderSender, file_stem
from facturier.models.outbox.delivery import Envelope
from facturier.models.outbox.delivery_mark import MARK_HEADER

ENVELOPE = Envelope("hello@acme.example", ("marie@tremblay.example",))


def message(subject: str = "Invoice 1042 from Acme", identity: str = "<1@acme.example>", body: str = "Hello") -> bytes:
    return (
        f"From: hello@acme.example\r\nTo: marie@tremblay.example\r\nBcc: a@acme.example\r\nSubject: {subject}\r\n"
        f"Date: Tue, 24 Nov 2026 10:00:00 -0500\r\nMessage-ID: {identity}\r\n\r\n{body}\r\n"
    ).encode()


def sender(folder: Path) -> FolderSender:
    return FolderSender("hello@acme.example", folder)


def send(folder: Path, message: bytes) -> str:
    """Send a message, and return the name of its file."""
    with closing(sender(folder).open(ENVELOPE, message)) as handover:
        return handover.hand_over().server_id


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_opening_shows_no_file_and_handing_over_shows_the_whole_message(tmp_path: Path) -> None:
    handover = sender(tmp_path).open(ENVELOPE, message())
    assert [name for name in names(tmp_path) if not name.startswith(".")] == []
    receipt = handover.hand_over()
    handover.close()
    assert names(tmp_path) == [receipt.server_id] == [handover.session]
    assert receipt.server_id.startswith("2026-11-24-invoice-1042-from-acme-")
    assert receipt.server_id.endswith(".eml")
    assert (tmp_path / receipt.server_id).read_bytes() == message()


def test_closing_without_handing_over_removes_everything(tmp_path: Path) -> None:
    handover = sender(tmp_path).open(ENVELOPE, message())
    handover.close()
    handover.close()
    assert names(tmp_path) == []


def test_a_retry_after_a_crash_makes_no_second_file(tmp_path: Path) -> None:
    first = sender(tmp_path).open(ENVELOPE, message())
    sent = send(tmp_path, message())  # the first postman died and its temporary file remained
    assert send(tmp_path, message()) == sent
    first.close()
    assert names(tmp_path) == [sent]


def test_a_late_postman_does_not_remove_the_next_ones_file(tmp_path: Path) -> None:
    late = sender(tmp_path).open(ENVELOPE, message())
    following = sender(tmp_path).open(ENVELOPE, message())
    late.close()
    assert following.hand_over().server_id in names(tmp_path)
    following.close()


def test_a_temporary_file_can_be_handed_over_later(tmp_path: Path) -> None:
    way = sender(tmp_path)
    killed = way.open(ENVELOPE, message())
    session = killed.session
    assert way.ask(session, message()) is None
    handover = way.resume(session, message())
    assert handover.hand_over().server_id == session
    handover.close()
    killed.close()
    assert names(tmp_path) == [session]


def test_asking_tells_the_result(tmp_path: Path) -> None:
    way = sender(tmp_path)
    handover = way.open(ENVELOPE, message())
    assert way.ask(handover.session, message()) is None
    receipt = handover.hand_over()
    handover.close()
    assert way.ask(handover.session, message()) == receipt
    (tmp_path / receipt.server_id).rename(tmp_path / "taken away.eml")
    with pytest.raises(AnswerLost):
        way.ask(handover.session, message())
    with pytest.raises(AnswerLost):
        way.ask("", message())


def test_asking_looks_only_in_the_folder(tmp_path: Path) -> None:
    inside = tmp_path / "out"
    inside.mkdir()
    (tmp_path / "x.eml").write_bytes(message())
    with pytest.raises(AnswerLost):
        sender(inside).ask("../x.eml", message())


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    name = f"{file_stem(message())}.eml"
    (tmp_path / name).write_text("mine")
    sent = send(tmp_path, message())
    assert (tmp_path / name).read_text() == "mine"
    assert (tmp_path / sent).read_bytes() == message()
    assert sent == name.replace(".eml", "-2.eml")


def test_a_file_that_appears_in_between_is_never_overwritten(tmp_path: Path) -> None:
    handover = sender(tmp_path).open(ENVELOPE, message())
    (tmp_path / handover.session).write_text("mine")
    with pytest.raises(Refused):
        handover.hand_over()
    handover.close()
    assert (tmp_path / handover.session).read_text() == "mine"
    assert names(tmp_path) == [handover.session]


def test_two_invoices_with_the_same_subject_and_day_are_two_files(tmp_path: Path) -> None:
    for identity in ("<1@acme.example>", "<2@acme.example>"):
        send(tmp_path, message(identity=identity))
    assert len(names(tmp_path)) == 2


def test_the_mark_of_a_delivery_names_its_file(tmp_path: Path) -> None:
    stems = [file_stem(b"%s: %s\r\n%s" % (MARK_HEADER.encode(), mark, message())) for mark in (b"1.a", b"1.b")]
    assert len({*stems, file_stem(message())}) == 3
    assert file_stem(b"X-Facturier-Delivery: 1.a\r\n" + message(identity="<2@acme.example>")) == stems[0]


@pytest.mark.parametrize(
    ("subject", "stem"),
    [
        ("../../etc/passwd\x1b[2J", "2026-11-24-etc-passwd-2j-"),
        ("=?utf-8?q?Facture_1042_=E2=80=94_=C3=8Eles_=26_Fils?=", "2026-11-24-facture-1042-îles-fils-"),
        pytest.param("é" * 300, "2026-11-24-ééé", id="long"),
        ("", "2026-11-24-"),
        (".. . ..", "2026-11-24-"),
    ],
)
def test_file_names_are_safe(tmp_path: Path, subject: str, stem: str) -> None:
    name = send(tmp_path, message(subject))
    assert name.startswith(stem)
    assert names(tmp_path) == [name]


def test_a_message_without_headers_gets_a_name_too() -> None:
    assert file_stem(b"\r\nHello") == file_stem(b"\r\nHello") != file_stem(b"\r\nHi")


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o000])
def test_other_users_cannot_read_sent_messages(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        name = send(tmp_path, message())
    finally:
        os.umask(before)
    assert (tmp_path / name).stat().st_mode & 0o007 == 0


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    for attempt in (sender(tmp_path / "gone").check, lambda: sender(tmp_path / "gone").open(ENVELOPE, message())):
        with pytest.raises(Refused, match="gone does not exist"):
            attempt()


def test_a_file_in_place_of_the_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match="does not exist"):
        sender(tmp_path / "file").check()


def test_a_folder_that_disappears_means_not_sent(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    handover = sender(folder).open(ENVELOPE, message())
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(Refused):
        handover.hand_over()
    handover.close()


def test_check_leaves_no_files(tmp_path: Path) -> None:
    sender(tmp_path).check()
    assert names(tmp_path) == []


@pytest.fixture
def no_room() -> Iterator[None]:
    """Make writes beyond 4096 bytes fail in this process, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("no_room")
def test_lack_of_space_is_reported_and_leaves_no_partial_file(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="full"):
        sender(tmp_path).open(ENVELOPE, message(body="x" * 100_000))
    assert names(tmp_path) == []


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB, if the tests are allowed to mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("may not mount a file system here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_reported_and_leaves_no_partial_file(mounted: Path) -> None:
    with pytest.raises(Refused, match="full"):
        sender(mounted).open(ENVELOPE, message(body="x" * 100_000))
    assert names(mounted) == []
    assert send(mounted, message())


def test_a_read_only_disk_is_reported(mounted: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)
    with pytest.raises(Refused, match="cannot write to"):
        sender(mounted).check()


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/usr/bin/setpriv").exists(), reason="root may write everywhere")
def test_a_folder_without_write_permission_is_reported(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    program = (
        "import os, sys; from pathlib import Path\n"
        "from facturier.mail.senders.folder import FolderSender\n"
        "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "try: FolderSender('a@b.example', Path(sys.argv[1])).check()\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    target = Path("/") if os.geteuid() == 0 else tmp_path
    done = subprocess.run(
        [sys.executable, "-c", program, str(target)], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.stdout.startswith("SenderRefused You cannot write to the folder")


def test_a_temporary_file_of_another_message_is_not_handed_over(tmp_path: Path) -> None:
    """The file name comes from the company file, which another program may have changed."""
    (tmp_path / ".other.eml.part").write_bytes(message(body="Not this one"))
    with pytest.raises(AnswerLost):
        sender(tmp_path).ask("other.eml", message())
    assert names(tmp_path) == [".other.eml.part"]
