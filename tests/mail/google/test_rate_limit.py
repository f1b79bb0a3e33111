"""Several companies that share an address keep to Gmail's rate limit together."""

import fcntl
import os
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facturier.mail.errors import NotNow
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.grant import Grant
from facturier.mail.practice.google import Google
from facturier.mail.senders.gmail import GmailSender
from facturier.mail.senders.gmail_rate_limit import A_MINUTE, RateLimit
from tests.mail.google.letters import ENVELOPE, letter

NOW = datetime(2026, 11, 24, 9, 0, 30, tzinfo=UTC)


def send(pace: RateLimit, address: str = "billing@acme.example", *, times: int, start: datetime = NOW) -> None:
    for number in range(times):
        pace.take(address, start + timedelta(seconds=number / 10))


def test_all_companies_together_stay_below_the_limit(tmp_path: Path) -> None:
    send(RateLimit(tmp_path / "pace"), times=30)
    send(RateLimit(tmp_path / "pace"), times=A_MINUTE - 30)
    with pytest.raises(NotNow) as caught:
        send(RateLimit(tmp_path / "pace"), times=1, start=NOW + timedelta(seconds=20))
    assert caught.value.whole_sender
    assert caught.value.retry == NOW + timedelta(minutes=1)
    send(RateLimit(tmp_path / "pace"), "other@acme.example", times=1)
    send(RateLimit(tmp_path / "pace"), times=1, start=NOW + timedelta(minutes=1))


def test_a_clock_set_back_stops_nothing(tmp_path: Path) -> None:
    send(RateLimit(tmp_path / "pace"), times=A_MINUTE)
    send(RateLimit(tmp_path / "pace"), times=1, start=NOW - timedelta(hours=1))


@pytest.mark.parametrize("kept", [b"", b"{", b"[1]", b'{"billing@acme.example": "x"}'])
def test_an_unreadable_file_counts_as_empty(tmp_path: Path, kept: bytes) -> None:
    send(RateLimit(tmp_path / "pace"), times=A_MINUTE)
    path = tmp_path / "pace" / "gmail.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(kept)
    send(RateLimit(tmp_path / "pace"), times=1)


def test_without_a_usable_folder_gmail_enforces_the_limit(tmp_path: Path) -> None:
    (tmp_path / "pace").write_text("no folder")
    send(RateLimit(tmp_path / "pace"), times=A_MINUTE + 1)


def test_companies_take_turns(tmp_path: Path) -> None:
    """Two at the same time would not count each other."""
    send(RateLimit(tmp_path / "pace"), times=1)
    turn = threading.Thread(target=send, args=(RateLimit(tmp_path / "pace"),), kwargs={"times": 1})
    held = os.open(tmp_path / "pace", os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        turn.start()
        turn.join(0.1)
        assert turn.is_alive()
    finally:
        os.close(held)
    turn.join(5)
    assert not turn.is_alive()


def test_nothing_is_requested_from_gmail_too_early(
    tmp_path: Path, google: Google, grant: Grant, endpoints: Endpoints
) -> None:
    pace = RateLimit(tmp_path / "pace")
    send(pace, grant.address, times=A_MINUTE, start=NOW)
    sender = GmailSender(grant, endpoints, lambda: NOW + timedelta(seconds=30), pace)
    with pytest.raises(NotNow, match="companies are already sending"):
        sender.open(ENVELOPE, letter())
    assert not google.counts
