"""Two workspaces at one company, and queued deliveries when the senders change."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pyrage
import pytest

from facturier.mail.errors import ConnectError
from facturier.mail.google.client import parse_client
from facturier.mail.google.connection import accept_grant, disconnect
from facturier.mail.google.consent import Consent
from facturier.mail.google.endpoints import google_endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account
from facturier.mail.senders.choices import default_address
from facturier.mail.senders.senders import Senders
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.mail.sending.rounds import postman
from facturier.mail.vault.identity import load_identity
from facturier.mail.vault.vault import Vault
from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import open_alerts
from facturier.models.books.status import State
from facturier.models.company.save_settings import save_company
from facturier.models.errors import AlreadyOpen, ChangedElsewhere
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.outbox.changes.resolving import cancel_delivery
from facturier.models.outbox.deliveries import deliveries_of, get_delivery, message_of
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.mail.people import no_keyring
from tests.models.making import GMAIL, Clock, a_draft, a_store

ACCOUNTS = (Account(GMAIL), Account("other@acme.example"))
Sit = Callable[[], Workspace]


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Google]:
    with Google(ACCOUNTS, folder=tmp_path / "google") as running:
        yield running


@pytest.fixture
def sit(tmp_path: Path, google: Google) -> Iterator[Sit]:
    """Return a function that opens the company. Each workspace has its own store on the same file, as in another
    window."""
    (tmp_path / "out").mkdir()
    clock = Clock()
    path = a_store(tmp_path, clock, connected=False).path
    locations = Locations(tmp_path / "data", tmp_path / "log")
    identity = load_identity(locations.identity, ask_passphrase=None, keyring_backend=no_keyring())
    with ExitStack() as stack:

        def one() -> Workspace:
            store = open_company(path, clock=clock, user="marie")
            stack.enter_context(store.reading())
            return open_workspace(
                store, locations, google_endpoints({"FACTURIER_GOOGLE": google.url}), identity=identity
            )

        yield one


def connect(ws: Workspace, google: Google, account: str = GMAIL) -> None:
    consent = Consent(parse_client(google.client_json()), ws.endpoints, 53682)
    connection = ws.connection()
    grant = consent.accept(google.allow(consent.link, account=account))
    accept_grant(ws, grant, replacing=connection.address if connection else "")
    google.counts.clear()


def send(ws: Workspace, sender_kind: SenderKind) -> Delivery:
    invoice = a_draft(ws.store)
    assert invoice.id is not None
    composition = replace(compose(ws, invoice.id), sender_kind=sender_kind)
    return queue(ws, prepare(ws, invoice.id, composition), not_before=ws.clock())


def reasons(store: Store) -> list[str]:
    return [alert.detail["reason"] for alert in open_alerts(store)]


def test_two_workspaces_in_one_program_send_each_once(sit: Sit, google: Google) -> None:
    one, two = sit(), sit()
    connect(one, google)
    deliveries = [send(ws, SenderKind.GMAIL) for ws in (one, two, one, two)]
    tried = [postman(one).deliver(), postman(two).deliver()]
    assert tried == [4, 0]
    assert {get_delivery(two.store, delivery.id).state for delivery in deliveries} == {State.SENT}
    assert set(google.accepted.values()) == {1}
    assert len(google.messages) == 4
    assert google.counts["refresh"] == 1  # one access token is enough for all


def counting(read: Counter[str], name: str, real: Callable[..., object]) -> Callable[..., object]:
    def counted(*given: object) -> object:
        read[name] += 1
        return real(*given)

    return counted


@pytest.mark.parametrize("sender_kind", SenderKind)
def test_a_delivery_reads_company_connection_and_secrets_once(
    sit: Sit, google: Google, monkeypatch: pytest.MonkeyPatch, sender_kind: SenderKind
) -> None:
    ws = sit()
    connect(ws, google)
    delivery = send(ws, sender_kind)
    senders, message, read = Senders(ws), message_of(ws.store, delivery.id), Counter[str]()
    for owner, name in ((Workspace, "company"), (Workspace, "connection"), (Vault, "read")):
        monkeypatch.setattr(owner, name, counting(read, name, getattr(owner, name)))
    assert senders.for_delivery(delivery, message).address == delivery.envelope.sender
    assert read == {"company": 1, "connection": 1, "read": 1}


def test_the_vault_is_opened_once_for_a_delivery(sit: Sit, google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the preview to the acceptance, unless someone has changed it."""
    connect(sit(), google)
    ws, other = sit(), sit()
    opened: list[bytes] = []
    decrypt = pyrage.decrypt

    def counted(blob: bytes, keys: list[object]) -> bytes:
        opened.append(blob)
        return bytes(decrypt(blob, keys))

    monkeypatch.setattr(pyrage, "decrypt", counted)
    first = send(ws, SenderKind.GMAIL)
    postman(ws).deliver()
    second = send(ws, SenderKind.GMAIL)
    postman(ws).deliver()
    assert len(opened) == 1
    other.keys.vault.change(lambda kept: replace(kept, smtp_password="other"))
    opened.clear()
    third = send(ws, SenderKind.GMAIL)
    postman(ws).deliver()
    assert len(opened) == 1
    assert {get_delivery(ws.store, one.id).state for one in (first, second, third)} == {State.SENT}


def test_two_workspaces_that_show_the_same_invoice_send_it_once(sit: Sit, tmp_path: Path) -> None:
    one, two = sit(), sit()
    invoice = issue_invoice(one.store, a_draft(one.store))
    assert invoice.id is not None
    before = [prepare(ws, invoice.id, compose(ws, invoice.id)) for ws in (one, two)]
    queue(one, before[0], not_before=one.clock())
    with pytest.raises(AlreadyOpen):
        queue(two, before[1], not_before=two.clock())
    postman(one).deliver()
    with pytest.raises(ChangedElsewhere):
        queue(two, before[1], not_before=two.clock())
    postman(two).deliver()
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_the_default_sender_was_changed_after_queueing(sit: Sit, tmp_path: Path) -> None:
    """The frozen message has the old From address, so it is not sent from the new one, and the user gets an alert."""
    ws = sit()
    waiting = send(ws, SenderKind.DEFAULT)
    company = read_company(ws.store)
    save_company(ws.store, replace(company, sender=replace(company.sender, address="new@acme.example")))
    postman(ws).deliver()
    assert get_delivery(ws.store, waiting.id).state is State.FAILED
    [reason] = reasons(ws.store)
    assert "hello@acme.example" in reason
    assert "new@acme.example" in reason
    assert list((tmp_path / "out").iterdir()) == []
    again = send(ws, SenderKind.DEFAULT)
    postman(ws).deliver()
    assert get_delivery(ws.store, again.id).state is State.SENT


def test_text_typed_in_the_preview_is_kept_until_sent(sit: Sit, google: Google) -> None:
    ws = sit()
    connect(ws, google)
    invoice = a_draft(ws.store)
    assert invoice.id is not None
    template = replace(compose(ws, invoice.id), sender_kind=SenderKind.DEFAULT)
    typed = replace(
        template,
        sender_kind=SenderKind.GMAIL,
        cc="boss@tremblay.example",
        body="Dear Marie, as we said on the phone: {number}",
    )
    delivery = queue(ws, prepare(ws, invoice.id, typed))
    cancel_delivery(ws.store, delivery.id)
    assert compose(ws, invoice.id) == typed
    disconnect(ws)
    assert compose(ws, invoice.id) == replace(typed, sender_kind=SenderKind.DEFAULT)
    queue(ws, prepare(ws, invoice.id, compose(ws, invoice.id)), not_before=ws.clock())
    assert postman(ws).deliver() == 1
    assert compose(ws, invoice.id) == template


def test_whether_it_is_late_depends_on_the_sending_day(sit: Sit) -> None:
    ws = sit()
    invoice = a_draft(ws.store)
    assert invoice.id is not None
    noon = datetime.combine(invoice.due, time(12), UTC)
    for days, late in ((0, False), (2, True)):
        findings = prepare(ws, invoice.id, compose(ws, invoice.id), sent=noon + timedelta(days)).findings
        assert any("already overdue" in finding.text for finding in findings) is late


def test_without_its_own_address_the_company_uses_the_default_senders(sit: Sit) -> None:
    ws = sit()
    company = read_company(ws.store)
    save_company(ws.store, replace(company, sender=replace(company.sender, address="")))
    delivery = send(ws, SenderKind.DEFAULT)
    assert delivery.envelope.sender == company.email
    postman(ws).deliver()
    assert get_delivery(ws.store, delivery.id).state is State.SENT


def test_another_gmail_address_was_connected_after_queueing(sit: Sit, google: Google) -> None:
    ws = sit()
    connect(ws, google)
    waiting = send(ws, SenderKind.GMAIL)
    connect(ws, google, "other@acme.example")
    postman(ws).deliver()
    assert get_delivery(ws.store, waiting.id).state is State.FAILED
    assert [GMAIL in reason for reason in reasons(ws.store)] == [True]
    assert google.messages == []


@pytest.mark.parametrize("agreed", ["", "somebody@acme.example"])
def test_an_address_is_replaced_only_after_a_confirmation(sit: Sit, google: Google, agreed: str) -> None:
    ws = sit()
    connect(ws, google)
    consent = Consent(parse_client(google.client_json()), ws.endpoints, 53682)
    other = consent.accept(google.allow(consent.link, account="other@acme.example"))
    with pytest.raises(ConnectError, match="It was not replaced"):
        accept_grant(ws, other, replacing=agreed)
    assert default_address(ws) == GMAIL
    assert accept_grant(ws, other, replacing=GMAIL).address == "other@acme.example"


def test_the_address_was_removed_after_queueing(sit: Sit, google: Google) -> None:
    ws = sit()
    connect(ws, google)
    waiting, other = send(ws, SenderKind.GMAIL), send(ws, SenderKind.DEFAULT)
    assert disconnect(ws) == ""
    postman(ws).deliver()
    assert get_delivery(ws.store, waiting.id).state is State.CANCELLED
    assert get_delivery(ws.store, other.id).state is State.SENT
    assert len(reasons(ws.store)) == 1
    assert google.messages == []


def test_deliveries_of_an_ended_connection_wait_for_a_new_one(sit: Sit, google: Google) -> None:
    ws = sit()
    connect(ws, google)
    waiting = send(ws, SenderKind.GMAIL)
    google.end()
    post = postman(ws)
    post.deliver()
    assert get_delivery(ws.store, waiting.id).state is State.QUEUED
    assert [alert.kind for alert in open_alerts(ws.store)] == ["connection_over"]
    connect(sit(), google)  # reconnected in another window
    post.deliver()
    assert get_delivery(ws.store, waiting.id).state is State.SENT


def test_after_a_taken_number_the_document_is_made_again(sit: Sit, tmp_path: Path) -> None:
    one, two = sit(), sit()
    mine = a_draft(one.store)
    assert mine.id is not None
    prepared = prepare(one, mine.id, compose(one, mine.id))
    assert prepared.number == "1001"
    send(two, SenderKind.DEFAULT)
    delivery = queue(one, prepared)
    assert delivery.number == "1002"
    assert "1002" in delivery.subject
    assert [found.id for found in deliveries_of(one.store, mine.id)] == [delivery.id]
