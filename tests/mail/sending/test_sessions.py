"""The address of an upload session lets anyone send one message, so it is kept only for members, and not for long."""

import re
from pathlib import Path

import pytest

from facturier.mail.practice import http_messages
from facturier.mail.practice.google import Google
from facturier.mail.practice.http_messages import Fault
from facturier.mail.sending.in_doubt import query_session
from facturier.mail.sending.rounds import postman
from facturier.mail.vault.members import dismiss
from facturier.mail.vault.session_cipher import SessionCipher
from facturier.mail.vault.vault import Member
from facturier.models.books.status import State
from facturier.models.outbox.deliveries import get_delivery, in_doubt
from facturier.models.outbox.delivery import Delivery
from facturier.models.store.backups.backups import back_up
from tests.mail.vault.test_members import Sit, google, send, sit, state_of
from tests.mail.vault.two_people import connect

__all__ = ["google", "sit"]


def doubtful_of(sit: Sit, google: Google, *, accept: bool = True) -> Delivery:
    """Return a delivery in doubt: Marie's postman could not get an answer. Paul is a member, too."""
    marie, paul = sit("marie"), sit("paul")
    connect(marie, google)
    marie.keys.vault.admit(Member("paul", paul.keys.identity.recipient))
    send(marie)
    google.faults += [Fault("put", drop=True, accept=accept), Fault("ask", drop=True, times=9)]
    postman(marie).deliver()
    google.faults.clear()
    [found] = in_doubt(marie.store)
    return found


def upload_ids(google: Google) -> list[str]:
    return list(google.gmail._sessions)


def test_neither_the_file_nor_a_backup_contains_it(sit: Sit, google: Google, tmp_path: Path) -> None:
    marie = sit("marie")
    doubtful_of(sit, google, accept=False)
    back_up(marie.store, tmp_path / "backup.facturier")
    files = list(tmp_path.glob("*.facturier*"))
    assert len(files) > 1
    for path in files:
        assert b"upload_id" not in path.read_bytes()
        assert not any(session.encode() in path.read_bytes() for session in upload_ids(google))


def test_any_member_can_ask(sit: Sit, google: Google) -> None:
    doubtful = doubtful_of(sit, google)
    assert query_session(sit("paul"), doubtful) == ""
    assert state_of(sit("marie"), doubtful) is State.SENT


def test_a_member_approved_later_can_ask_too(sit: Sit, google: Google) -> None:
    doubtful = doubtful_of(sit, google)
    zoe = sit("zoe")
    sit("marie").keys.vault.admit(Member("zoe", zoe.keys.identity.recipient))
    assert query_session(zoe, doubtful) == ""


def test_a_removed_member_can_no_longer_read_it(sit: Sit, google: Google) -> None:
    doubtful = doubtful_of(sit, google)
    marie, paul = sit("marie"), sit("paul")
    known = paul.keys.vault.read().seal_key
    dismiss(marie, paul.keys.identity.fingerprint)
    kept = get_delivery(marie.store, doubtful.id).session
    with pytest.raises(ValueError, match="not a session"):
        SessionCipher(known).decrypt(kept, b"")
    postman(marie).deliver()
    assert query_session(marie, doubtful) == ""


def test_a_clear_session_of_an_older_version_works_and_is_encrypted(sit: Sit, google: Google) -> None:
    doubtful = doubtful_of(sit, google)
    session = upload_ids(google)[-1]
    marie = sit("marie")
    address = f"{google.url}/upload/gmail/v1/users/me/messages/send?uploadType=resumable&upload_id={session}"
    with marie.store.writing():
        marie.store.write("UPDATE delivery SET session = ? WHERE id = ?", address, doubtful.id)
    assert get_delivery(marie.store, doubtful.id).session == address
    google.faults.append(Fault("ask", drop=True, times=9))
    postman(marie).deliver()
    kept = get_delivery(marie.store, doubtful.id).session
    assert re.fullmatch(r"session-1:[\w+/=]+", kept)
    google.faults.clear()
    assert query_session(sit("paul"), doubtful) == ""
    assert state_of(marie, doubtful) is State.SENT


@pytest.mark.parametrize(
    "planted", ["session-1:AAAA", "session-1:é", "session-1:" + "A" * 80, "https://evil.example/x"]
)
def test_a_planted_session_proves_nothing(sit: Sit, google: Google, planted: str) -> None:
    doubtful = doubtful_of(sit, google)
    marie = sit("marie")
    with marie.store.writing():
        marie.store.write("UPDATE delivery SET session = ? WHERE id = ?", planted, doubtful.id)
    assert query_session(marie, doubtful) != ""
    assert state_of(marie, doubtful) is State.IN_DOUBT


def test_the_session_of_another_delivery_proves_nothing(sit: Sit, google: Google) -> None:
    first = doubtful_of(sit, google)
    marie = sit("marie")
    send(marie)
    google.faults += [Fault("put", drop=True), Fault("ask", drop=True, times=9)]
    postman(marie).deliver()
    google.faults.clear()
    [other] = [one for one in in_doubt(marie.store) if one.id != first.id]
    with marie.store.writing():
        marie.store.write("UPDATE delivery SET session = ? WHERE id = ?", first.session, other.id)
    assert query_session(marie, get_delivery(marie.store, other.id)) != ""
    assert state_of(marie, other) is State.IN_DOUBT


@pytest.mark.parametrize(
    ("answer", "state"),
    [(None, State.SENT), (http_messages.bad_message("no"), State.FAILED)],
    ids=["sent", "failed"],
)
def test_the_session_is_removed_once_the_result_is_known(
    sit: Sit, google: Google, answer: http_messages.Reply | None, state: State
) -> None:
    marie = sit("marie")
    connect(marie, google)
    delivery = send(marie)
    if answer is not None:
        google.faults.append(Fault("put", answer=answer))
    postman(marie).deliver()
    found = get_delivery(marie.store, delivery.id)
    assert (found.state, found.session) == (state, "")


def test_sessions_of_finished_deliveries_from_an_older_version_are_removed(sit: Sit, google: Google) -> None:
    marie = sit("marie")
    connect(marie, google)
    delivery = send(marie)
    postman(marie).deliver()
    with marie.store.writing():
        marie.store.write("UPDATE delivery SET session = 'https://x' WHERE id = ?", delivery.id)
    postman(sit("paul")).deliver()  # Paul is not a member, so his program does not touch it
    assert get_delivery(marie.store, delivery.id).session
    postman(sit("marie")).deliver()
    assert get_delivery(marie.store, delivery.id).session == ""
