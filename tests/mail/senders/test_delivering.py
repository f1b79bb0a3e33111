"""The postman with the default senders: an SMTP connection that breaks at each step, and folders on a full disk."""

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from facturier.mail.senders.folder import FolderSender
from facturier.mail.senders.protocol import Sender
from facturier.mail.senders.smtp import SmtpSender
from facturier.mail.sending.postman import Postman
from facturier.models.books.alerts import open_alerts
from facturier.models.books.status import State
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import SenderKind
from facturier.models.settings.company import DefaultSender
from facturier.models.store.store import Store
from tests.mail.google.letters import letter
from tests.mail.scripted import Killed
from tests.mail.senders.scripted_server import Answer, ScriptedServer
from tests.models.making import DEFAULT, Clock, queue


def deliver(store: Store, sender: Sender, owner: str = "me") -> int:
    return Postman(
        store, lambda _delivery, _message: sender, owner, gone=lambda gone: gone == "killed", ask_pause=0
    ).deliver()


def smtp(server: ScriptedServer) -> SmtpSender:
    return SmtpSender(DefaultSender("smtp", DEFAULT, "127.0.0.1", server.port, "none"), "", timeout=2, last_reply=0.5)


def stall(_client: socket.socket) -> None:
    """Send no answer until the client gives up."""


@pytest.mark.parametrize(
    ("script", "state", "dots"),
    [
        ({}, State.SENT, 1),
        ({"GREETING": None}, State.QUEUED, 0),
        ({"MAIL": "451 4.3.0 later"}, State.QUEUED, 0),
        ({"MAIL": "550 5.7.1 not from there"}, State.FAILED, 0),
        ({"RCPT": "550 5.1.1 no such user"}, State.FAILED, 0),
        ({"RCPT marie@tremblay.example": "450 4.2.1 greylisted"}, State.QUEUED, 0),
        ({"RCPT boss@tremblay.example": "550 5.1.1 gone"}, State.PARTLY_SENT, 1),
        ({"DATA": None}, State.QUEUED, 0),
        ({"DATA": "554 5.5.1 no"}, State.FAILED, 0),
        ({"BODY": None}, State.QUEUED, 0),  # before the final dot: it cannot have been sent
        ({"DOT": None}, State.IN_DOUBT, 1),  # after it: the result is unknown
        ({"DOT": stall}, State.IN_DOUBT, 1),
        ({"DOT": "451 4.3.0 later"}, State.QUEUED, 1),
        ({"DOT": "552 5.3.4 too big"}, State.FAILED, 1),
        ({"QUIT": None}, State.SENT, 1),
    ],
    ids=lambda value: value.__name__ if callable(value) else "-".join(value) if isinstance(value, dict) else None,
)
def test_a_connection_that_breaks_at_each_step(
    store: Store, script: dict[str, Answer], state: State, dots: int
) -> None:
    # More than the socket buffers hold. Otherwise the final dot could be sent before the break is noticed.
    delivery = queue(store, SenderKind.DEFAULT, message=letter(size=12_000_000 if "BODY" in script else 200_000))
    with ScriptedServer(script) as server:
        deliver(store, smtp(server))
        assert get_delivery(store, delivery.id).state is state
        # nothing is tried again before its time, and a delivery in doubt never
        assert deliver(store, smtp(server)) == 0
        assert server.dots == dots
    assert [alert.kind for alert in open_alerts(store)] == {
        State.FAILED: ["failed"],
        State.IN_DOUBT: ["in_doubt"],
    }.get(state, [])


def test_a_temporary_fault_is_retried(store: Store, still: Clock) -> None:
    delivery = queue(store, SenderKind.DEFAULT, message=letter())
    with ScriptedServer({"MAIL": None}) as server:
        deliver(store, smtp(server))
        server.script.clear()
        still.go(minutes=1)
        deliver(store, smtp(server))
        assert server.dots == 1
    assert get_delivery(store, delivery.id).state is State.SENT


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 64 KB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("only root can make a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_reported_and_everything_waits(store: Store, small_disk: Path) -> None:
    delivery = queue(store, SenderKind.DEFAULT, message=letter(size=100_000))
    deliver(store, FolderSender(DEFAULT, small_disk))
    found = get_delivery(store, delivery.id)
    assert found.state is State.QUEUED
    assert "is full" in found.problem
    assert list(small_disk.iterdir()) == []
    assert [alert.kind for alert in open_alerts(store)] == ["turned_away"]


@pytest.mark.parametrize("renamed", [False, True])
def test_a_folder_can_always_be_asked(store: Store, tmp_path: Path, renamed: bool) -> None:
    """Killed before or after the rename: the final file proves that it was sent, a temporary file that it was not."""
    out = tmp_path / "out"
    out.mkdir(exist_ok=True)

    class Dying(FolderSender):
        def put(self, path: Path) -> None:  # type: ignore[override]
            if renamed:
                super().put(path)
            os.link(out / f".{path.name}.part", out / "kept") if not renamed else None
            raise Killed

    delivery = queue(store, SenderKind.DEFAULT, message=letter())
    with pytest.raises(Killed):
        deliver(store, Dying(DEFAULT, out), "killed")
    if not renamed:  # a killed process does not close its sender either
        found = get_delivery(store, delivery.id)
        (out / "kept").rename(out / f".{found.session}.part")
    deliver(store, FolderSender(DEFAULT, out))
    assert get_delivery(store, delivery.id).state is State.SENT
    assert [path.read_bytes() for path in out.iterdir()] == [letter()]
