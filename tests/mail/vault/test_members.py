"""Who may send: approved users can, others cannot, removed users cannot after reconnecting, and forged rows are not
sent."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pysqlite3 as sqlite3
import pytest

from facturier.mail.errors import ConnectionOver, NotAMember, Refused, VaultChanged
from facturier.mail.google.connection import check, end_permission
from facturier.mail.google.endpoints import google_endpoints
from facturier.mail.google.grant import Grant
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account
from facturier.mail.practice.http_messages import Fault
from facturier.mail.senders.default import save_sender
from facturier.mail.sending.compose import compose
from facturier.mail.sending.in_doubt import query_session
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.mail.sending.rounds import postman
from facturier.mail.vault.approval import are_approved
from facturier.mail.vault.identity import load_identity
from facturier.mail.vault.members import (
    accept_vault,
    admit,
    dismiss,
    membership_of,
    request_access,
    start_new_vault,
)
from facturier.mail.vault.vault import Member
from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import AlertKind, open_alerts
from facturier.models.books.journal import read_journal
from facturier.models.books.status import State
from facturier.models.errors import InputError, StoreError
from facturier.models.outbox.deliveries import get_delivery, in_doubt
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.outbox.queue import queue_delivery
from facturier.models.settings.company import DefaultSender
from facturier.models.store.opening import open_company
from tests.mail.people import no_keyring
from tests.mail.vault.two_people import connect
from tests.models.making import GMAIL, Clock, a_draft, a_store

Sit = Callable[[str], Workspace]


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Google]:
    with Google((Account(GMAIL),), folder=tmp_path / "google") as running:
        yield running


@pytest.fixture
def sit(tmp_path: Path, google: Google) -> Sit:
    """Return a function that opens the company as a user with their own files."""
    clock = Clock()
    path = a_store(tmp_path, clock, connected=False).path

    def one(name: str) -> Workspace:
        locations = Locations(tmp_path / name, tmp_path / f"{name}.log")
        identity = load_identity(locations.identity, ask_passphrase=None, keyring_backend=no_keyring())
        endpoints = google_endpoints({"FACTURIER_GOOGLE": google.url})
        return open_workspace(open_company(path, clock=clock, user=name), locations, endpoints, identity=identity)

    return one


def send(ws: Workspace, way: SenderKind = SenderKind.GMAIL) -> Delivery:
    invoice = a_draft(ws.store)
    assert invoice.id is not None
    composition = replace(compose(ws, invoice.id), sender_kind=way)
    return queue(ws, prepare(ws, invoice.id, composition), not_before=ws.clock())


def state_of(ws: Workspace, delivery: Delivery) -> State:
    return get_delivery(ws.store, delivery.id).state


def test_an_unapproved_user_sends_nothing_and_is_told_why(sit: Sit, google: Google) -> None:
    marie, paul = sit("marie"), sit("paul")
    connect(marie, google)
    waiting = send(marie)
    with pytest.raises(Refused, match=paul.keys.identity.fingerprint):
        send(paul)
    assert postman(paul).deliver() == 0
    with pytest.raises(InputError):
        admit(marie, paul.keys.identity.fingerprint)  # Paul has not asked for access

    request_access(paul)
    assert membership_of(paul).asked
    assert [alert.kind for alert in open_alerts(marie.store)] == [AlertKind.ASKED]
    assert [request.name for request in membership_of(marie).access_requests] == ["paul"]
    with pytest.raises(InputError):
        admit(marie, marie.keys.identity.fingerprint)
    with pytest.raises(NotAMember):
        admit(paul, paul.keys.identity.fingerprint)

    admit(marie, paul.keys.identity.fingerprint.replace("-", " ").lower())
    assert open_alerts(marie.store) == []
    assert membership_of(paul).blocker is None
    mine = send(paul)
    assert postman(paul).deliver() == 2
    assert {state_of(paul, waiting), state_of(paul, mine)} == {State.SENT}
    told = [(entry.user, entry.kind) for entry in read_journal(marie.store) if entry.kind in ("asked", "admitted")]
    assert told == [("paul", "asked"), ("marie", "admitted")]


def test_the_alert_names_a_user_who_still_waits(sit: Sit, google: Google) -> None:
    marie, paul = sit("marie"), sit("paul")
    connect(marie, google)
    request_access(paul)
    request_access(sit("zoe"))
    admit(marie, paul.keys.identity.fingerprint)
    assert [alert.detail["name"] for alert in open_alerts(marie.store)] == ["zoe"]


def test_asking_under_another_name_grants_nothing(sit: Sit, google: Google) -> None:
    marie, mallory = sit("marie"), sit("mallory")
    connect(marie, google)
    request_access(mallory)
    with mallory.store.writing():
        mallory.store.write("UPDATE asking SET name = 'paul\x1b[31m'")
        mallory.store.write("INSERT INTO asking VALUES ('age1nonsense', 'ghost', '2026-11-24T00:00:00+00:00')")
    assert [request.name for request in membership_of(marie).access_requests] == ["paul[31m"]
    with pytest.raises(InputError):
        admit(marie, sit("paul").keys.identity.fingerprint)
    with pytest.raises(NotAMember):
        mallory.keys.vault.read()
    dismiss(marie, mallory.keys.identity.fingerprint)
    assert membership_of(marie).access_requests == ()


def test_a_removed_user_cannot_send_with_kept_secrets(sit: Sit, google: Google) -> None:
    marie, paul = sit("marie"), sit("paul")
    connect(marie, google)
    request_access(paul)
    admit(marie, paul.keys.identity.fingerprint)
    kept, key = paul.keys.vault.read().grant, paul.keys.vault.read().seal_key
    assert kept is not None
    queued = send(marie)

    dismiss(marie, paul.keys.identity.fingerprint)
    with pytest.raises(NotAMember):
        paul.keys.vault.read()
    assert postman(paul).deliver() == 0
    check(Grant.from_json(kept), paul.endpoints)  # as the user is told: a copied permission still works…

    end_permission(marie)
    with pytest.raises(ConnectionOver):
        check(Grant.from_json(kept), paul.endpoints)  # …until it is revoked
    assert postman(marie).deliver() == 0
    connect(marie, google)
    with pytest.raises(ConnectionOver):
        check(Grant.from_json(kept), paul.endpoints)
    assert marie.keys.vault.read().seal_key != key
    assert are_approved(marie, marie.company())  # automatic reminders continue, too
    assert postman(marie).deliver() == 1  # deliveries queued by a colleague continue
    assert state_of(marie, queued) is State.SENT


def test_a_removal_has_no_visible_intermediate_state(sit: Sit, google: Google) -> None:
    """No intermediate state may be visible, or another window's postman would treat queued deliveries as forged."""
    marie, paul = sit("marie"), sit("paul")
    connect(marie, google)
    marie.keys.vault.admit(Member("paul", paul.keys.identity.recipient))
    send(marie)
    seen = set()
    clock = marie.store.clock

    def look() -> datetime:
        with closing(sqlite3.connect(marie.store.path)) as outside:
            seen.add(outside.execute("SELECT vault.version, mark FROM vault, seal").fetchone())
        return clock()

    look()
    marie.store.clock = look
    dismiss(marie, paul.keys.identity.fingerprint)
    look()
    assert len(seen) == 2


def test_a_failed_removal_was_never_visible(sit: Sit, google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_all: object) -> None:
        raise StoreError("no room today")

    marie, paul = sit("marie"), sit("paul")
    connect(marie, google)
    marie.keys.vault.admit(Member("paul", paul.keys.identity.recipient))
    monkeypatch.setattr("facturier.mail.vault.members.seal_again", fail)
    with pytest.raises(Exception, match="no room today"):
        dismiss(marie, paul.keys.identity.fingerprint)
    assert len(marie.keys.vault.read().members) == 2


def test_a_delivery_in_doubt_can_be_asked_about_after_a_removal(sit: Sit, google: Google) -> None:
    marie, paul = sit("marie"), sit("paul")
    connect(marie, google)
    marie.keys.vault.admit(Member("paul", paul.keys.identity.recipient))
    send(marie)
    google.faults += [Fault("put", drop=True, accept=True), Fault("ask", drop=True, times=9)]
    postman(marie).deliver()
    [doubtful] = in_doubt(marie.store)
    google.faults.clear()
    dismiss(marie, paul.keys.identity.fingerprint)
    assert query_session(marie, doubtful) == ""
    assert state_of(marie, doubtful) is State.SENT


def test_deliveries_from_before_the_first_member_must_be_sent_again(sit: Sit) -> None:
    """No member approved it: entering a password does not mean that the user has checked the outbox."""
    marie = sit("marie")
    waiting = send(marie, SenderKind.DEFAULT)
    sender = DefaultSender("smtp", waiting.envelope.sender, "127.0.0.1", 1, "none", user="marie")
    company = marie.company()
    save_sender(marie, replace(company, sender=sender), before=company, shown=company, password="secret")
    postman(marie).deliver()
    assert state_of(marie, waiting) is State.FAILED
    assert "send it again" in get_delivery(marie.store, waiting.id).problem


def test_a_row_added_to_the_outbox_by_hand_is_not_sent(sit: Sit, google: Google) -> None:
    marie, mallory = sit("marie"), sit("mallory")
    connect(marie, google)
    invoice = a_draft(mallory.store)
    assert invoice.id is not None
    prepared = prepare(mallory, invoice.id, replace(compose(mallory, invoice.id), sender_kind=SenderKind.GMAIL))
    forged = queue_delivery(
        mallory.store,
        invoice,
        prepared.number,
        SenderKind.GMAIL,
        prepared.envelope,
        "Pay here",
        prepared.message,
        mallory.clock(),
    )
    honest = send(marie)
    with mallory.store.writing():  # a seal is not valid for another delivery
        copied = "INSERT INTO seal SELECT ?, mark, token, not_before FROM seal WHERE delivery_id = ?"
        mallory.store.write(copied, forged.id, honest.id)
    assert postman(marie).deliver() == 2
    assert state_of(marie, forged) is State.FAILED
    assert state_of(marie, honest) is State.SENT
    assert len(google.messages) == 1


def test_an_older_vault_stops_everything_until_it_is_accepted(sit: Sit, google: Google) -> None:
    marie = sit("marie")
    connect(marie, google)
    old = marie.store.row("SELECT blob, version FROM vault")
    assert old is not None
    marie.keys.vault.change(lambda secrets: secrets)
    with marie.store.writing():
        marie.store.write("UPDATE vault SET blob = ?", old[0])
    assert isinstance(membership_of(marie).blocker, VaultChanged)
    with pytest.raises(Refused):
        send(marie)
    accept_vault(marie)
    send(marie)


def test_a_vault_that_nobody_can_open_is_recreated_and_colleagues_notice(sit: Sit, google: Google) -> None:
    marie, paul = sit("marie"), sit("paul")
    connect(marie, google)
    start_new_vault(paul)
    assert [member.name for member in membership_of(paul).members] == ["paul"]
    assert [alert.kind for alert in open_alerts(paul.store)] == [AlertKind.CONNECTION_OVER]
    assert isinstance(membership_of(marie).blocker, NotAMember)
    connect(paul, google)
    assert send(paul)
    assert postman(paul).deliver() == 1
