"""The demo company simulates every kind of failure, chosen by the recipient's address."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from facturier.mail.bounces.reading import read_bounces
from facturier.mail.bounces.record import hand_in
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.practice.books import make_books
from facturier.mail.practice.grants import Account
from facturier.mail.practice.mailboxes import Mailboxes
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.mail.sending.rounds import postman
from facturier.models.books.status import State
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery_mark import MARK_HEADER, new_mark
from facturier.models.store.opening import open_company

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_by_the_default_sender(tmp_path: Path) -> None:
    sent = tmp_path / "sent"
    sent.mkdir()
    make_books(tmp_path / "p.facturier", sent, NOW.date(), invoices=0, latest=NOW)
    store = open_company(tmp_path / "p.facturier", clock=lambda: NOW)
    ws = open_workspace(store, Locations(tmp_path / "own", tmp_path / "log"), Endpoints(stand_in="http://127.0.0.1:9"))
    ids = [int(row[0]) for row in store.rows("SELECT id FROM invoice WHERE standing = 'draft' LIMIT 4")]
    queued = []
    for invoice_id, name in zip(ids, ("refused", "doubt", "bounced", "fine"), strict=True):
        composition = replace(compose(ws, invoice_id), to=f"{name}@client.example")
        queued.append(queue(ws, prepare(ws, invoice_id, composition), not_before=NOW).id)
    postman(ws).deliver()

    states = [get_delivery(store, delivery).state for delivery in queued]
    assert states == [State.FAILED, State.IN_DOUBT, State.SENT, State.SENT]
    [bounce] = sent.glob("*-came-back.eml")
    [(delivery, recipients)] = hand_in(store, bounce.read_bytes())
    assert (delivery.id, delivery.state, list(recipients)) == (queued[2], State.BOUNCED, ["bounced@client.example"])
    assert len(list(sent.iterdir())) == 4  # three messages, one of them in doubt, and the bounce


@pytest.mark.parametrize(("name", "status", "files"), [("refused", 400, 0), ("doubt", 503, 1), ("bounced", 200, 2)])
def test_by_gmail(tmp_path: Path, name: str, status: int, files: int) -> None:
    mark = new_mark(7)
    raw = (
        f"From: a@acme.example\r\nTo: {name}@client.example\r\nMessage-ID: <1@acme.example>\r\n"
        f"{MARK_HEADER}: {mark}\r\n\r\nHello\r\n"
    ).encode()
    account = Account("a@acme.example")
    assert Mailboxes(tmp_path, 0, lambda: NOW, rehearsing=True).accept(account, raw).status == status
    assert len(list(tmp_path.iterdir())) == files
    for bounce in tmp_path.glob("*-came-back.eml"):
        [read] = read_bounces(bounce.read_bytes())
        assert read.marks == (mark,)
        assert read.message_ids != ("<1@acme.example>",)  # it contains Gmail's own Message-ID
    assert Mailboxes(None, 0, lambda: NOW).accept(account, raw).status == 200
