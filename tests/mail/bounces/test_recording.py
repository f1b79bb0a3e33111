"""Matching a bounce to its delivery, and choosing it by hand if the bounce cannot be read."""

import json
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from facturier.mail.bounces.record import hand_in, likely_delivery, record_bounce
from facturier.mail.errors import LateOnly, UnreadBounce
from facturier.models.books.alerts import open_alerts
from facturier.models.books.status import State
from facturier.models.errors import AlreadyBounced, InputError, NoSuchInvoice
from facturier.models.outbox.changes import outcomes
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.outbox.delivery_mark import MARK_HEADER, new_mark
from facturier.models.outbox.queue import queue_delivery
from facturier.models.store.store import Store
from tests.models.making import DEFAULT, a_draft, a_store, claim, next_number, queue

OFFICE = "office@client.example"


def sent(store: Store, subject: str, *to: str, message_id: str = "<1@acme.example>", mark: str = "") -> Delivery:
    draft = a_draft(store)
    head = f"Message-ID: {message_id}\r\n" + (f"{MARK_HEADER}: {mark}\r\n" if mark else "")
    envelope = Envelope(DEFAULT, to or (OFFICE,))
    number = next_number(store)
    queue_delivery(
        store, draft, number, SenderKind.DEFAULT, envelope, subject, f"{head}\r\nHello\r\n".encode(), store.clock()
    )
    held = claim(store)
    outcomes.hand_over(store, held, "")
    return outcomes.accepted(store, held, "id")


def bounce(
    text: str = f"<{OFFICE}>: 550 5.1.1 no such user",
    original: str = "",
    sender: str = "MAILER-DAEMON@mx.client.example",
    **headers: str,
) -> bytes:
    mail = EmailMessage()
    mail["From"] = sender
    mail["Subject"] = headers.pop("subject", "Undelivered Mail Returned to Sender")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(f"{text}\n\n--- Original ---\n\nFrom: {DEFAULT}\nTo: {OFFICE}\n{original}\n\nHello\n")
    return mail.as_bytes()


def test_the_mark_identifies_the_delivery_regardless_of_the_rest(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    mark = new_mark(1)
    first = sent(store, "Invoice", mark=mark)
    sent(store, "Invoice", message_id="<2@acme.example>")
    [(delivery, found)] = hand_in(
        store, bounce(original=f"Message-ID: <2@acme.example>\nSubject: Invoice\n{MARK_HEADER}: {mark}")
    )
    assert (delivery.id, delivery.state, list(found)) == (first.id, State.BOUNCED, [OFFICE])


def test_an_unknown_mark_leaves_the_message_id_and_the_subject_of_a_message_without_a_mark(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    sent(store, "Invoice 1 from Acme", mark=new_mark(1))
    second = sent(store, "Invoice 2 from Acme", message_id="<2@acme.example>", mark=new_mark(2))
    third = sent(store, "Invoice 3 from Acme", message_id="<3@acme.example>")
    unknown = f"{MARK_HEADER}: {new_mark(1)}"
    with pytest.raises(UnreadBounce, match="not match any invoice of this company"):  # a mark of another company
        hand_in(store, bounce(original=f"Message-ID: <9@acme.example>\nSubject: Invoice 1 from Acme\n{unknown}"))
    by_id = hand_in(store, bounce(original=f"Message-ID: <2@acme.example>\nSubject: Hello\n{unknown}"))
    by_subject = hand_in(store, bounce(original=f"Subject: Invoice 3 from Acme\n{unknown}"))
    assert [by_id[0][0].id, by_subject[0][0].id] == [second.id, third.id]


def test_without_a_mark_the_message_id_then_the_subject_count(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    first = sent(store, "Invoice 1 from Acme")
    second = sent(store, "Invoice 12 from Acme", message_id="<2@acme.example>")
    subject = "Subject: Invoice 1 from Acme"
    assert hand_in(store, bounce(original=f"{subject}\nMessage-ID: <CAx@mail.gmail.com>"))[0][0].id == first.id
    assert hand_in(store, bounce(original="Subject: ?\nMessage-ID: <2@acme.example>"))[0][0].id == second.id


def test_a_subject_must_match_one_invoice_sent_to_the_bounced_address(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    sent(store, "Your invoice", "zoe@z.example")
    original = "Subject: Your invoice\nDate: today"
    with pytest.raises(UnreadBounce, match="not match any invoice of this company"):
        hand_in(store, bounce(original=original))
    for _twice in range(2):
        sent(store, "Your invoice")
    with pytest.raises(UnreadBounce, match="not match any invoice of this company"):
        hand_in(store, bounce(original=original))
    assert open_alerts(store) == []


@pytest.mark.parametrize("message_id", ["%", "<%>", "<%@%>", "_", "<1_acme.example>"])
def test_a_pattern_in_place_of_a_message_id_matches_nothing(tmp_path: Path, message_id: str) -> None:
    store = a_store(tmp_path)
    sent(store, "Invoice 1 from Acme")
    with pytest.raises(UnreadBounce):
        hand_in(store, bounce(original=f"Subject: other\nMessage-ID: {message_id}"))


def test_a_bounced_reply_does_not_match_the_invoice(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    sent(store, "Invoice 1 from Acme")
    original = "Subject: Re: Invoice 1 from Acme\nMessage-ID: <9@acme.example>\nReferences: <1@acme.example>"
    with pytest.raises(UnreadBounce):
        hand_in(store, bounce(original=original))


ANSWERS = {
    "reply": {"sender": OFFICE, "text": "We could not find it: <office@client.example> 550 5.1.1"},
    "daemon as customer": {"sender": f"Postmaster <{OFFICE}>", "text": "This mailbox is not read. Delivery failed."},
    "vacation": {
        "sender": "bob@client.example",
        "text": f"I have left. {OFFICE} does not exist any more.",
        "Auto_Submitted": "auto-replied",
        "Return_Path": "<>",
        "subject": "Undeliverable? Out of office: Invoice 1 from Acme",
    },
    "colleague": {
        "sender": "boss@acme.example",
        "text": f"Did this fail? <{OFFICE}>",
        "subject": "Fwd: Invoice 1 from Acme",
    },
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_replies_are_not_bounces(tmp_path: Path, answer: dict[str, str]) -> None:
    store = a_store(tmp_path)
    sent(store, "Invoice 1 from Acme")
    with pytest.raises(UnreadBounce):
        hand_in(store, bounce(original="Subject: Invoice 1 from Acme\nMessage-ID: <1@acme.example>", **answer))
    assert open_alerts(store) == []


@pytest.mark.parametrize(
    "text",
    [
        f"THIS IS A WARNING MESSAGE ONLY. Delivery to {OFFICE} has been delayed. 450 4.2.1 try later",
        f"Your message has not yet been delivered to {OFFICE}. Delivery attempts will continue.",
    ],
)
def test_a_delay_records_nothing(tmp_path: Path, text: str) -> None:
    store = a_store(tmp_path)
    sent(store, "Invoice 1 from Acme")
    original = "Subject: Invoice 1 from Acme\nMessage-ID: <1@acme.example>"
    with pytest.raises(LateOnly):
        hand_in(store, bounce(text, original, subject="Mail delivery"))
    assert open_alerts(store) == []


def test_a_bounce_of_a_bounce_matches_the_inner_message(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    first = sent(store, "Invoice 1 from Acme")
    forwarded = EmailMessage()
    forwarded["From"] = "boss@acme.example"
    forwarded["Subject"] = "Fwd: it came back"
    forwarded.set_content("See attached.")
    inner = bounce(original="Subject: Invoice 1 from Acme\nMessage-ID: <1@acme.example>")
    forwarded.add_attachment(inner, maintype="application", subtype="octet-stream", filename="noname.eml")
    assert hand_in(store, forwarded.as_bytes())[0][0].id == first.id


def test_a_mail_with_several_attached_bounces_records_each(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    sent_ones = [sent(store, f"Invoice {n} from Acme", message_id=f"<{n}@acme.example>") for n in (1, 2, 3)]
    forwarded = EmailMessage()
    forwarded["From"] = "boss@acme.example"
    forwarded["Subject"] = "Fwd: three came back"
    forwarded.set_content("See attached.")
    for n in (1, 2, 3, 3):
        inner = bounce(original=f"Subject: Invoice {n} from Acme\nMessage-ID: <{n}@acme.example>")
        forwarded.add_attachment(inner, maintype="application", subtype="octet-stream", filename="noname.eml")
    hand_in(store, bounce(original="Subject: Invoice 2 from Acme\nMessage-ID: <2@acme.example>"))
    recorded = hand_in(store, forwarded.as_bytes())
    assert [delivery.id for delivery, _recipients in recorded] == [sent_ones[0].id, sent_ones[2].id]
    assert {alert.delivery_id for alert in open_alerts(store)} == {one.id for one in sent_ones}
    with pytest.raises(AlreadyBounced):
        hand_in(store, forwarded.as_bytes())


def test_a_second_bounce_of_the_same_message(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery = sent(store, "Invoice 1 from Acme", "a@two.example", "b@two.example")
    original = "Subject: Invoice 1 from Acme\nMessage-ID: <1@acme.example>"
    for name in ("a", "b"):
        hand_in(store, bounce(f"<{name}@two.example>: 550 5.1.1 no such user", original))
    [alert] = open_alerts(store)
    assert (alert.delivery_id, alert.detail["recipients"]) == (delivery.id, "a@two.example, b@two.example")
    with pytest.raises(AlreadyBounced):
        hand_in(store, bounce("<b@two.example>: 550 5.1.1 no such user", original))


def test_a_user_can_record_an_unreadable_bounce(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery = sent(store, "Invoice 1 from Acme", "a@two.example", "b@two.example")
    mail = b"\xd0\xcf\x11\xe0 something about b@two.example"
    with pytest.raises(UnreadBounce, match="choose the invoice"):
        hand_in(store, mail)
    proposed = likely_delivery(store, mail)
    assert proposed is not None
    assert (proposed[0].id, proposed[1]) == (delivery.id, "b@two.example")
    assert likely_delivery(store, b"nothing") is None
    for wrong in (
        (delivery.number, "", "no"),
        (delivery.number, "c@two.example", "no"),
        (delivery.number, "b@two.example", " "),
    ):
        with pytest.raises(InputError):
            record_bounce(store, *wrong)
    with pytest.raises(NoSuchInvoice):
        record_bounce(store, "%", "b@two.example", "gone")
    queue(store, later=timedelta(hours=1))
    with pytest.raises(InputError, match="was not sent"):
        record_bounce(store, str(int(delivery.number) + 1), "b@two.example", "gone")
    marked, found = record_bounce(store, delivery.number, "B@two.example", "They called: the mailbox is closed.")
    assert (marked.id, marked.state, found) == (
        delivery.id,
        State.BOUNCED,
        {"b@two.example": "They called: the mailbox is closed."},
    )
    [alert] = open_alerts(store)
    assert json.dumps(alert.detail).count("They called") == 1


def test_a_single_recipient_need_not_be_named(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery = sent(store, "Invoice 1 from Acme")
    assert record_bounce(store, delivery.number, "", "closed")[1] == {OFFICE: "closed"}


LANGUAGES = {
    "Dutch with a code": ("550 5.1.1 Onbekende gebruiker: ", "Retour"),
    "Dutch": ("Uw bericht kon niet worden afgeleverd aan ", "Niet bestelbaar"),
    "Swedish": ("Meddelandet kunde inte levereras till ", "Retur"),
    "Polish": ("Nie można dostarczyć wiadomości do: ", "Zwrot"),
    "Korean": ("메일을 전송하지 못했습니다: ", "반송 메일"),
    "Finnish with a code": ("Viesti palautettiin (5.1.1): ", "Palautus"),
}


@pytest.mark.parametrize(("text", "subject"), LANGUAGES.values(), ids=LANGUAGES.keys())
def test_a_bounce_in_another_language(tmp_path: Path, text: str, subject: str) -> None:
    store = a_store(tmp_path)
    first = sent(store, "Invoice 1 from Acme")
    original = "Subject: Invoice 1 from Acme\nMessage-ID: <1@acme.example>"
    [(delivery, found)] = hand_in(store, bounce(f"{text}<{OFFICE}>", original, subject=subject))
    assert (delivery.id, list(found)) == (first.id, [OFFICE])


@pytest.mark.parametrize("text", ["De bezorging is vertraagd (451 4.4.1): ", "지연: ", "Доставка отложена: "])
def test_a_delay_in_another_language_records_nothing(tmp_path: Path, text: str) -> None:
    store = a_store(tmp_path)
    sent(store, "Invoice 1 from Acme")
    original = "Subject: Invoice 1 from Acme\nMessage-ID: <1@acme.example>"
    with pytest.raises(LateOnly):
        hand_in(store, bounce(f"{text}<{OFFICE}>", original, subject="Mail"))


@pytest.mark.parametrize("charset", [b"utf-16", b"UTF-32LE"])
def test_a_wrong_charset_hides_nothing(tmp_path: Path, charset: bytes) -> None:
    store = a_store(tmp_path)
    first = sent(store, "Invoice 1 from Acme")
    mail = bounce(original="Subject: Invoice 1 from Acme\nMessage-ID: <1@acme.example>")
    lying = mail.replace(b'charset="utf-8"', b'charset="' + charset + b'"')
    assert lying != mail
    assert hand_in(store, lying)[0][0].id == first.id
