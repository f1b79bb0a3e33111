"""A user who can write the company file but may not send changes it by hand. Only messages that a member has seen and
queued are sent."""

import hashlib
import json
import re
import sys
from pathlib import Path

import pytest

from facturier.mail.errors import Refused
from facturier.mail.practice import http_messages
from facturier.mail.practice.google import Google
from facturier.mail.practice.http_messages import Fault
from facturier.mail.senders.choices import default_address
from facturier.mail.senders.senders import Senders
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import cancel, queue
from facturier.mail.sending.rounds import postman
from facturier.mail.vault.members import admit, dismiss, request_access
from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import open_alerts
from facturier.models.books.status import State
from facturier.models.errors import DamagedRow, ForeignSchema, NumberTaken, StoreError
from facturier.models.outbox.changes import outcomes
from facturier.models.outbox.deliveries import get_delivery, message_of
from facturier.models.outbox.delivery import Claim, Delivery, SenderKind
from facturier.models.outbox.queue import queue_delivery
from facturier.models.store.store import Store
from tests.mail.vault.two_people import Sit, connect, google, problem_of, send, sit, state_of, write
from tests.models.making import DEFAULT, Clock, a_draft, envelope_from, next_number, watch

__all__ = ["google", "sit"]
FORGED = b"From: hello@acme.example\r\nSubject: Pay here\r\n\r\nNew account: MALLORY\r\n"
LONG_AGO = "2026-01-01T00:00:00.000+00:00"
WAYS = pytest.mark.parametrize("sender_kind", SenderKind)


@pytest.fixture
def marie(sit: Sit, google: Google) -> Workspace:
    """The member, at a company with a Gmail address and a folder as its default sender."""
    found = sit("marie")
    connect(found, google)
    return found


@pytest.fixture
def left(google: Google, tmp_path: Path) -> "Left":
    return Left(google, tmp_path / "out")


class Left:
    """Counts the messages sent, by any sender."""

    def __init__(self, google: Google, out: Path) -> None:
        self._google, self._out = google, out

    def __call__(self) -> int:
        return len(self._google.messages) + len(list(self._out.glob("*.eml")))


def plant(ws: Workspace, sender_kind: SenderKind) -> Delivery:
    """Insert a row into the outbox by hand."""
    sender = default_address(ws) if sender_kind is SenderKind.GMAIL else DEFAULT
    envelope = envelope_from(sender)
    number = next_number(ws.store)
    return queue_delivery(ws.store, a_draft(ws.store), number, sender_kind, envelope, "Pay", FORGED, ws.clock())


@WAYS
def test_a_delivery_queued_by_a_member_is_sent_once(marie: Workspace, left: Left, sender_kind: SenderKind) -> None:
    sent = send(marie, sender_kind)
    assert postman(marie).deliver() == 1
    assert (state_of(marie, sent), left()) == (State.SENT, 1)


@WAYS
def test_a_planted_row_is_refused_with_an_alert(marie: Workspace, left: Left, sender_kind: SenderKind) -> None:
    forged = plant(marie, sender_kind)
    postman(marie).deliver()
    assert (state_of(marie, forged), left()) == (State.FAILED, 0)
    assert [alert.delivery_id for alert in open_alerts(marie.store)] == [forged.id]
    assert "send it again" in problem_of(marie, forged)


@WAYS
def test_a_user_who_may_not_send_cannot_use_any_sender(
    sit: Sit, marie: Workspace, left: Left, sender_kind: SenderKind
) -> None:
    mallory = sit("mallory")
    plant(mallory, sender_kind)
    assert postman(mallory).deliver() == 0
    with pytest.raises(Refused, match="not a member"):
        send(mallory, sender_kind)
    assert left() == 0


CHANGES = {
    "a Bcc": "UPDATE delivery SET recipients = json_set(recipients, '$.bcc[#]', 'm@evil.example') WHERE id = {id}",
    "the order of To": "UPDATE delivery SET recipients = json_set(recipients, '$.to', recipients -> '$.cc',"
    " '$.cc', recipients -> '$.to') WHERE id = {id}",
    "the sender": "UPDATE delivery SET sender = 'other@acme.example' WHERE id = {id}",
    "the other way": "UPDATE delivery SET way = iif(way = 'gmail', 'default', 'gmail'),"
    " sender = iif(way = 'gmail', 'hello@acme.example', 'billing@acme.example') WHERE id = {id}",
    "the invoice": "UPDATE delivery SET invoice_id = {other} WHERE id = {id}",
    "no seal": "DELETE FROM seal WHERE delivery_id = {id}",
    "an empty seal": "UPDATE seal SET mark = x'' WHERE delivery_id = {id}",
    "an earlier seal time": "UPDATE seal SET not_before = '2020-01-01T00:00:00.000+00:00' WHERE delivery_id = {id}",
    "nonsense for a time": "UPDATE seal SET not_before = 'soon' WHERE delivery_id = {id}",
    "another token": "UPDATE seal SET token = '00' WHERE delivery_id = {id}",
    "no token": "UPDATE seal SET token = '', not_before = '' WHERE delivery_id = {id}",
}


@WAYS
@pytest.mark.parametrize("changed", CHANGES)
def test_a_changed_delivery_is_refused(marie: Workspace, left: Left, sender_kind: SenderKind, changed: str) -> None:
    other = a_draft(marie.store)
    queued = send(marie, sender_kind)
    write(marie, CHANGES[changed].format(id=queued.id, other=other.id))
    postman(marie).deliver()
    assert (state_of(marie, queued), left()) == (State.FAILED, 0)


@WAYS
def test_another_message_under_the_same_delivery_is_refused(
    marie: Workspace, left: Left, sender_kind: SenderKind
) -> None:
    queued = send(marie, sender_kind)
    write(
        marie,
        "DROP TRIGGER message_stays",
        f"UPDATE message SET bytes = x'{FORGED.hex()}', sha256 = '{hashlib.sha256(FORGED).hexdigest()}'",
        "CREATE TRIGGER message_stays BEFORE UPDATE ON message BEGIN SELECT raise(ABORT, 'a message is frozen'); END",
    )
    postman(marie).deliver()
    assert (state_of(marie, queued), left()) == (State.FAILED, 0)


@WAYS
def test_a_seal_is_valid_for_one_delivery(marie: Workspace, left: Left, sender_kind: SenderKind) -> None:
    """The same message, envelope and seal with another id, after the original was removed from the file."""
    queued = send(marie, sender_kind)
    write(
        marie,
        "DROP TRIGGER message_stays",
        "PRAGMA foreign_keys = OFF",
        f"UPDATE delivery SET id = 99 WHERE id = {queued.id}",
        f"UPDATE message SET delivery_id = 99 WHERE delivery_id = {queued.id}",
        f"UPDATE seal SET delivery_id = 99 WHERE delivery_id = {queued.id}",
        "CREATE TRIGGER message_stays BEFORE UPDATE ON message BEGIN SELECT raise(ABORT, 'a message is frozen'); END",
    )
    postman(marie).deliver()
    assert (get_delivery(marie.store, 99).state, left()) == (State.FAILED, 0)


@WAYS
def test_a_sent_delivery_is_not_sent_again_from_any_window(
    sit: Sit, marie: Workspace, left: Left, sender_kind: SenderKind
) -> None:
    sent = send(marie, sender_kind)
    postman(marie).deliver()
    for state in ("queued", "claimed", "handing_over"):
        write(
            marie,
            f"UPDATE delivery SET state = '{state}', epoch = 0, attempts = 0, owner = '', session = '', lease = ''"
            f" WHERE id = {sent.id}",
        )
        for ws in (marie, sit("marie")):
            postman(ws).deliver()
        assert left() == 1, state
    assert state_of(marie, sent) is not State.SENT  # the state in the file is false, but nothing was sent


def test_an_abandoned_upload_session_sends_nothing_again(
    sit: Sit, marie: Workspace, google: Google, left: Left, still: Clock
) -> None:
    """The first try opened a session that is still valid, and the second try sent the message."""
    sent = send(marie)
    sessions: list[str] = []
    google.faults.append(Fault("put", answer=http_messages.rate_limited(still.now)))
    hand_over = outcomes.hand_over

    def kept(store: Store, claim: Claim, session: str) -> Delivery:
        found = hand_over(store, claim, session)
        sessions.append(str(store.rows("SELECT session FROM delivery")[0][0]))  # Mallory can read it in the file
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcomes, "hand_over", kept)
        postman(marie).deliver()
        still.go(hours=1)
        postman(marie).deliver()
    assert (state_of(marie, sent), left(), len(set(sessions))) == (State.SENT, 1, 2)
    for state in ("handing_over", "in_doubt"):
        write(
            marie,
            f"UPDATE delivery SET state = '{state}', epoch = 0, owner = '', lease = '{LONG_AGO}',"
            f" session = '{sessions[0]}'",
        )
        still.go(hours=2)
        for ws in (marie, sit("marie")):
            postman(ws).deliver()
        assert left() == 1, state


def test_an_interrupted_session_is_completed_by_another_window(
    sit: Sit, marie: Workspace, google: Google, left: Left, still: Clock
) -> None:
    sent = send(marie)
    google.faults += [Fault("put", cut=40), Fault("ask", drop=True, times=4)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcomes, "lost", lambda *_arguments: sys.exit(9))  # killed before it could record the result
        with pytest.raises(SystemExit):
            postman(marie).deliver()
    google.faults.clear()
    assert (state_of(marie, sent), left()) == (State.HANDING_OVER, 0)
    # makes the owner look like a program that has ended
    write(marie, "UPDATE delivery SET owner = replace(owner, '/', '/0')")
    still.go(hours=2)
    postman(sit("marie")).deliver()
    assert (state_of(marie, sent), left()) == (State.SENT, 1)


@WAYS
def test_a_cancelled_delivery_is_not_sent(
    sit: Sit, marie: Workspace, left: Left, sender_kind: SenderKind, still: Clock
) -> None:
    cancelled = send(marie, sender_kind, days=2)
    cancel(marie, cancelled)
    write(marie, f"UPDATE delivery SET state = 'queued', not_before = '{LONG_AGO}' WHERE id = {cancelled.id}")
    still.go(days=3)
    for ws in (marie, sit("marie")):
        postman(ws).deliver()
    assert (state_of(marie, cancelled), left()) == (State.FAILED, 0)
    assert "already sent or cancelled" in problem_of(marie, cancelled)


@WAYS
def test_deliveries_seen_as_finished_are_not_sent(
    sit: Sit, marie: Workspace, left: Left, sender_kind: SenderKind, still: Clock
) -> None:
    """Paul sent one delivery and cancelled one. Marie's program checked afterwards, as “facturier post --watch”
    does."""
    paul = sit("paul")
    request_access(paul)
    admit(marie, paul.keys.identity.fingerprint)
    sent, cancelled = send(paul, sender_kind), send(paul, sender_kind, days=2)
    cancel(paul, cancelled)
    postman(paul).deliver()
    assert left() == 1
    postman(marie).deliver()
    write(marie, f"UPDATE delivery SET state = 'queued', not_before = '{LONG_AGO}'")
    still.go(days=3)
    postman(marie).deliver()
    assert left() == 1
    assert [state_of(marie, one) for one in (sent, cancelled)] == [State.FAILED] * 2


@WAYS
def test_a_scheduled_delivery_is_not_sent_early(
    marie: Workspace, left: Left, sender_kind: SenderKind, still: Clock
) -> None:
    later = send(marie, sender_kind, days=9)
    write(marie, f"UPDATE delivery SET not_before = '2020-01-01T00:00:00.000+00:00' WHERE id = {later.id}")
    for _day in range(8):
        postman(marie).deliver()
        still.go(days=1)
        assert left() == 0
    assert state_of(marie, later) is State.QUEUED
    still.go(days=2)
    postman(marie).deliver()
    assert (state_of(marie, later), left()) == (State.SENT, 1)


@WAYS
def test_a_seal_expires_after_a_month(marie: Workspace, left: Left, sender_kind: SenderKind, still: Clock) -> None:
    queued = send(marie, sender_kind)
    still.go(days=32)
    postman(marie).deliver()
    assert (state_of(marie, queued), left()) == (State.FAILED, 0)
    assert "more than 31 days" in problem_of(marie, queued)


@WAYS
def test_nothing_is_sealed_after_it_was_queued(sit: Sit, google: Google, left: Left, sender_kind: SenderKind) -> None:
    """Neither when the company gets its first member nor when a member leaves."""
    marie, paul = sit("marie"), sit("paul")
    early = send(marie, SenderKind.DEFAULT)  # before the company had a member
    connect(marie, google)
    request_access(paul)
    admit(marie, paul.keys.identity.fingerprint)
    forged = plant(marie, sender_kind)
    dismiss(marie, paul.keys.identity.fingerprint)
    assert marie.store.rows("SELECT * FROM seal") == []
    postman(marie).deliver()
    assert [state_of(marie, one) for one in (early, forged)] == [State.FAILED] * 2
    assert left() == 0


@WAYS
def test_a_seal_from_before_a_removal_is_invalid(
    sit: Sit, marie: Workspace, left: Left, sender_kind: SenderKind
) -> None:
    paul = sit("paul")
    request_access(paul)
    admit(marie, paul.keys.identity.fingerprint)
    queued, cancelled = send(marie, sender_kind), send(marie, sender_kind)
    old = marie.store.row("SELECT quote(mark), token, not_before FROM seal WHERE delivery_id = ?", cancelled.id)
    assert old is not None
    cancel(marie, cancelled)
    dismiss(marie, paul.keys.identity.fingerprint)
    write(
        marie,
        f"UPDATE delivery SET state = 'queued' WHERE id = {cancelled.id}",
        f"REPLACE INTO seal VALUES ({cancelled.id}, {old[0]}, '{old[1]}', '{old[2]}')",
    )
    postman(marie).deliver()
    assert [state_of(marie, one) for one in (queued, cancelled)] == [State.SENT, State.FAILED]
    assert left() == 1


def test_a_delivery_in_doubt_made_to_wait_again_is_not_sent_after_a_removal(
    sit: Sit, marie: Workspace, google: Google, left: Left
) -> None:
    paul = sit("paul")
    request_access(paul)
    admit(marie, paul.keys.identity.fingerprint)
    doubtful = send(marie)
    google.faults += [Fault("put", drop=True, accept=True), Fault("ask", drop=True, times=9)]
    postman(marie).deliver()
    google.faults.clear()
    assert (state_of(marie, doubtful), left()) == (State.IN_DOUBT, 1)
    dismiss(marie, paul.keys.identity.fingerprint)
    write(marie, f"UPDATE delivery SET state = 'queued' WHERE id = {doubtful.id}")
    postman(marie).deliver()
    assert left() == 1


def test_the_bytes_that_were_checked_are_the_bytes_that_leave(marie: Workspace, left: Left) -> None:
    """Each message is read once: a second read could return another one."""
    queued = send(marie, SenderKind.DEFAULT)
    statements = watch(marie.store)
    postman(marie).deliver()
    assert left() == 1
    for table in ("message", "seal"):
        assert len([sql for sql in statements if re.match(rf'SELECT .* FROM "{table}" AS "t1" WHERE', sql)]) == 1
    honest = message_of(marie.store, queued.id)
    with pytest.raises(Refused, match="not queued by a member"):
        Senders(marie).for_delivery(queued, honest + b"more")


def test_a_view_in_place_of_the_messages_stops_everything(marie: Workspace, left: Left) -> None:
    queued = send(marie, SenderKind.DEFAULT)
    post = postman(marie)
    write(
        marie,
        "ALTER TABLE message RENAME TO kept",
        "CREATE VIEW message AS SELECT delivery_id, sha256,"
        f" iif(random() % 2, bytes, x'{FORGED.hex()}') bytes FROM kept",
    )
    with pytest.raises(ForeignSchema, match="view “message”"):
        post.deliver()
    assert (state_of(marie, queued), left()) == (State.QUEUED, 0)


def test_a_trigger_that_changes_queued_rows_stops_queueing(marie: Workspace) -> None:
    write(
        marie,
        "CREATE TRIGGER evil AFTER INSERT ON delivery BEGIN UPDATE delivery SET recipients ="
        " json_set(recipients, '$.bcc[0]', 'm@evil.example') WHERE id = new.id; END",
    )
    with pytest.raises(ForeignSchema, match="trigger “evil”"):
        send(marie)
    assert marie.store.rows("SELECT * FROM delivery") == []


def test_the_shown_data_is_sealed_even_if_the_row_differs(marie: Workspace, left: Left) -> None:
    """As if the check of the schema had missed a trigger."""
    invoice = a_draft(marie.store)
    assert invoice.id is not None
    prepared = prepare(marie, invoice.id, compose(marie, invoice.id))
    check, marie.store.check_schema = marie.store.check_schema, lambda: None  # type: ignore[method-assign]
    write(
        marie,
        "CREATE TRIGGER evil AFTER INSERT ON delivery BEGIN UPDATE delivery SET recipients ="
        " json_set(recipients, '$.bcc[0]', 'm@evil.example'), not_before = '2020' WHERE id = new.id; END",
    )
    with pytest.raises(DamagedRow, match="isoformat"):
        queue(marie, prepared)
    write(marie, "DROP TRIGGER evil")
    write(
        marie,
        "CREATE TRIGGER evil AFTER INSERT ON delivery BEGIN UPDATE delivery SET recipients ="
        " json_set(recipients, '$.bcc[0]', 'm@evil.example') WHERE id = new.id; END",
    )
    queued = queue(marie, prepared, not_before=marie.clock())
    write(marie, "DROP TRIGGER evil")
    marie.store.check_schema = check  # type: ignore[method-assign]
    postman(marie).deliver()
    assert (state_of(marie, queued), left()) == (State.FAILED, 0)


def test_without_its_vault_the_company_sends_nothing(marie: Workspace, left: Left) -> None:
    send(marie, SenderKind.DEFAULT)
    plant(marie, SenderKind.DEFAULT)
    write(marie, "DELETE FROM vault", "DELETE FROM seal")
    assert postman(marie).deliver() == 0
    assert left() == 0


def test_an_outbox_of_a_company_without_members_is_sent_unsealed(sit: Sit, left: Left) -> None:
    paul = sit("paul")
    sent = send(paul, SenderKind.DEFAULT)
    assert postman(paul).deliver() == 1
    assert (state_of(paul, sent), left()) == (State.SENT, 1)
    assert paul.store.rows("SELECT * FROM seal") == []


def test_a_damaged_memory_is_recreated(sit: Sit, marie: Workspace, left: Left, tmp_path: Path) -> None:
    memory = tmp_path / "marie" / "handed-over" / "tokens"
    send(marie)
    postman(marie).deliver()
    assert memory.stat().st_mode & 0o777 == 0o600
    memory.write_bytes(b"nonsense" * 1000)
    send(marie)
    assert postman(marie).deliver() == 1
    assert left() == 2


def test_without_its_memory_nothing_is_sent(marie: Workspace, left: Left, tmp_path: Path) -> None:
    queued = send(marie)
    (tmp_path / "marie" / "handed-over" / "tokens").mkdir(parents=True)
    (tmp_path / "marie" / "handed-over").chmod(0o700)
    with pytest.raises(StoreError):
        postman(marie).deliver()
    assert (state_of(marie, queued), left()) == (State.QUEUED, 0)


def test_an_envelope_is_json_and_its_fields_cannot_be_confused(marie: Workspace, left: Left) -> None:
    queued = send(marie, SenderKind.DEFAULT)
    recipients = json.loads(str(marie.store.rows("SELECT recipients FROM delivery")[0][0]))
    recipients["to"], recipients["cc"] = [*recipients["to"], "m@evil.example"], []
    write(marie, f"UPDATE delivery SET recipients = '{json.dumps(recipients)}'")
    postman(marie).deliver()
    assert (state_of(marie, queued), left()) == (State.FAILED, 0)


@pytest.mark.parametrize(
    "change",
    [
        "REPLACE INTO setting VALUES ('payment_texts', '{\"en\": \"Pay to MALLORY\"}')",
        "REPLACE INTO setting VALUES ('prefix', '\"Pay to MALLORY \"')",
        "UPDATE line SET rate = '900.00'",
        "UPDATE invoice SET message = 'Pay to MALLORY', paid = -1",
    ],
)
def test_a_taken_number_does_not_allow_other_changes(marie: Workspace, change: str) -> None:
    """The message is prepared again with the next number, and nothing except the number may change."""
    invoice = a_draft(marie.store)
    assert invoice.id is not None
    prepared = prepare(marie, invoice.id, compose(marie, invoice.id))
    write(
        marie,
        "REPLACE INTO setting VALUES ('next_number', '2000')",
        change,
    )
    with pytest.raises(NumberTaken):
        queue(marie, prepared)
    assert marie.store.rows("SELECT * FROM delivery") == []
