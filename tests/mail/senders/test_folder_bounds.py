"""Details of the folder sender: when data is flushed, how files are named, and how disk errors are reported."""

import errno
import hashlib
import os
import resource
import stat
from contextlib import closing
from pathlib import Path

import pytest

from facturier.mail.errors import AnswerLost, Refused
from facturier.mail.senders import folder as way_out
from facturier.mail.senders.folder import file_stem
from tests.mail.senders.test_folder import ENVELOPE, message, names, send, sender


def test_the_message_is_flushed_before_the_rename_and_the_rename_before_the_acceptance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[tuple[str, int]] = []

    def flush(handle: int) -> None:
        found = os.fstat(handle)
        there = [name for name in names(tmp_path) if not name.startswith(".")]
        flushed.append(("folder" if stat.S_ISDIR(found.st_mode) else "message", len(there)))
        assert stat.S_ISDIR(found.st_mode) or found.st_size == len(message())

    monkeypatch.setattr(os, "fsync", flush)
    handles = len(names(Path("/proc/self/fd")))
    send(tmp_path, message())
    assert flushed == [("message", 0), ("folder", 1)]
    assert len(names(Path("/proc/self/fd"))) == handles


def test_an_unconfirmed_rename_is_in_doubt(tmp_path: Path) -> None:
    way = sender(tmp_path)
    assert way.address == "hello@acme.example"
    with closing(way.open(ENVELOPE, message())) as handover:
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        # no file descriptor is available to open the folder and flush it
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
        try:
            with pytest.raises(AnswerLost, match="Cannot use the folder") as caught:
                handover.hand_over()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        assert caught.value.reply == os.strerror(errno.EMFILE)
        assert way.ask(handover.session, message()) is not None


def test_asking_accepts_only_the_complete_message(tmp_path: Path) -> None:
    (tmp_path / "other.eml").write_bytes(b"another")
    (tmp_path / "folder.eml").mkdir()
    for name, reply in (("other.eml", ""), ("folder.eml", os.strerror(errno.EISDIR))):
        with pytest.raises(AnswerLost) as caught:
            sender(tmp_path).ask(name, message())
        assert caught.value.reply == reply


def test_a_second_temporary_file_is_removed_with_the_proof(tmp_path: Path) -> None:
    sent = send(tmp_path, message())
    (tmp_path / f".{sent}.part").write_bytes(message())
    assert sender(tmp_path).ask(sent, message()) is not None
    assert names(tmp_path) == [sent]
    with closing(sender(tmp_path).open(ENVELOPE, message())):
        assert names(tmp_path) == [sent]  # it was already sent, so no temporary file is written


def test_nothing_is_overwritten_if_every_name_is_taken(tmp_path: Path) -> None:
    stem = file_stem(message())
    (tmp_path / f"{stem}.eml").mkdir()
    assert send(tmp_path, message()) == f"{stem}-2.eml"
    for count in range(2, 1000):
        (tmp_path / f"{stem}-{count}.eml").write_text("mine")
    with pytest.raises(Refused) as caught:
        sender(tmp_path).open(ENVELOPE, message())
    assert type(caught.value) is Refused  # about this message only
    assert caught.value.reply == os.strerror(errno.EEXIST)
    assert len(names(tmp_path)) == 999


def test_how_a_file_name_is_made(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"<1@acme.example>").hexdigest()[:8]
    # the digest is of the Message-ID, not of the text
    assert file_stem(message(body="x")) == f"2026-11-24-invoice-1042-from-acme-{digest}"
    assert file_stem(message("é" * 300)) == f"2026-11-24-{'é' * 60}-{digest}"
    assert send(tmp_path, message()) == f"{file_stem(message())}.eml"
    assert file_stem(b"\r\nHello") == hashlib.sha256(b"\r\nHello").hexdigest()[:8]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        *((number, "is full") for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)),
        *((number, "does not exist") for number in (errno.ENOENT, errno.ENOTDIR)),
        *((number, "You cannot write to") for number in (errno.EACCES, errno.EPERM, errno.EROFS)),
        (errno.EIO, f": {os.strerror(errno.EIO)}"),
    ],
)
def test_disk_errors_as_text(number: int, said: str) -> None:
    assert said in way_out._because(OSError(number, os.strerror(number)), Path("/mail"))
