"""A reminder joins the conversation of its invoice in the sender's mailbox, and is sent without it if Gmail refuses."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import Message

import pytest

from facturier.mail.google import gmail_upload
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.grant import Grant
from facturier.mail.practice import http_messages
from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account
from facturier.mail.practice.http_messages import Reply
from facturier.mail.senders.gmail import GmailSender
from facturier.mail.sending.postman import Postman
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import DeliveryKind, State
from facturier.models.outbox.changes.resolving import resolve_delivery
from facturier.models.outbox.deliveries import get_delivery, thread_of
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.outbox.notices import queue_notice
from facturier.models.store import tables
from facturier.models.store.store import Store
from tests.models.making import GMAIL, Clock, queue

INVOICE = b"""From: billing@acme.example\r
To: marie@tremblay.example\r
Subject: Invoice 1001\r
Message-ID: <1@acme.example>\r
\r
Hello\r
"""
Remind = Callable[[int], Delivery]


def reminder(level: int) -> bytes:
    found: Message = message_from_bytes(INVOICE)
    found.replace_header("Message-ID", f"<level{level}@acme.example>")
    found["In-Reply-To"] = found["References"] = "<1@acme.example>"
    return found.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@pytest.fixture
def postman(store: Store, grant: Grant, endpoints: Endpoints, still: Clock) -> Postman:
    gmail = GmailSender(grant, endpoints, still, timeout=(2, 0.3))

    def sender(delivery: Delivery, _message: bytes) -> GmailSender:
        gmail.thread = thread_of(store, delivery)
        return gmail

    return Postman(store, sender, "me", gone=lambda _owner: False, ask_pause=0)


@pytest.fixture
def invoice(store: Store, postman: Postman) -> Delivery:
    delivery = queue(store, message=INVOICE)
    with store.writing():  # the subject of the stored delivery is the one of its message
        store.run(tables.Delivery.update(subject="Invoice 1001"))
    postman.deliver()
    return get_delivery(store, delivery.id)


@pytest.fixture
def remind(store: Store, postman: Postman, invoice: Delivery) -> Remind:
    def send(level: int) -> Delivery:
        found = get_invoice(store, invoice.invoice_id)
        key = f"reminder:{found.id}:{level}:{found.due.isoformat()}"
        envelope = Envelope(GMAIL, ("marie@tremblay.example",))
        queued = queue_notice(
            *(store, DeliveryKind.REMINDER, key, found, SenderKind.GMAIL, envelope, "Invoice 1001"),
            *(reminder(level), store.clock()),
            stated=found.balance.minor,
        )
        postman.deliver()
        return get_delivery(store, queued.id)

    return send


def threads(google: Google) -> list[str]:
    return [one.thread for one in google.messages]


def test_reminders_join_the_conversation_of_the_invoice(google: Google, remind: Remind) -> None:
    assert [remind(level).state for level in (7, 21)] == [State.SENT, State.SENT]
    assert threads(google) == [google.messages[0].id] * 3
    assert google.counts["open"] == 3


def test_a_conversation_that_was_deleted_starts_a_new_one(google: Google, remind: Remind) -> None:
    google.mailboxes.forget_threads()
    assert remind(7).state is State.SENT
    assert google.counts["open"] == 3  # once for the invoice, and twice for the reminder: nothing was sent in between
    assert remind(21).state is State.SENT
    first, *later = threads(google)
    assert later == [google.messages[1].id] * 2
    assert first not in later
    assert set(google.accepted.values()) == {1}


def test_gmail_that_refuses_the_conversation_late_leaves_a_doubt_and_is_not_asked_again(
    google: Google, store: Store, remind: Remind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 404 proves nothing, so a person decides. What is sent then does not name the conversation again."""
    accept = google.mailboxes.accept

    def refuse_threads(account: Account, raw: bytes, thread: str = "") -> Reply:
        if thread:
            return http_messages.gmail_error(404, "notFound", "Requested entity was not found.")
        return accept(account, raw, thread)

    monkeypatch.setattr(type(google.mailboxes), "accept", lambda _self, *given: refuse_threads(*given))
    delivery = remind(7)
    assert delivery.state is State.IN_DOUBT
    resolve_delivery(store, delivery.id, sent=False, reason="not in the Sent folder")
    assert remind(21).state is State.SENT
    assert len(google.messages) == 2


def test_only_emails_of_the_same_address_and_subject_share_a_conversation(
    store: Store, google: Google, invoice: Delivery, remind: Remind
) -> None:
    assert invoice.state is State.SENT
    with store.writing():
        store.run(tables.Delivery.update(sender="other@acme.example"))
    first = remind(7)
    assert thread_of(store, first) == ""
    with store.writing():
        store.run(tables.Delivery.update(subject="Other").where(tables.Delivery.id == first.id))
    second = remind(21)
    assert thread_of(store, second) == ""
    assert len(set(threads(google))) == 3


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"threadId": 7}, {"threadId": ""}, {"threadId": "a b"}, {"threadId": "a" * 65}]
)
def test_an_answer_without_a_conversation(answer: object) -> None:
    assert gmail_upload.thread_id(answer) == ""
