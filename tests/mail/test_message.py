"""The message parses back to its input, and no input can become a header."""

from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses, parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facturier.mail.errors import MessageError
from facturier.mail.letter.letter import Letter
from facturier.mail.message import MessageFile, attachment_name, headers_text, make_message, split_message
from facturier.models.outbox.delivery import Envelope
from facturier.models.settings.company import Company
from facturier.models.text.clean import clean, clean_lines
from tests.mail.samples import a_company, a_customer, an_invoice

ENVELOPE = Envelope(
    "billing@acme.example", ("compta@tremblay.example", "b@x.example"), ("c@x.example",), ("z@acme.example",)
)
SENT = datetime(2026, 11, 24, 14, 2, 11, tzinfo=timezone(timedelta(hours=-5)))
LETTER = Letter("Hello Zoë,\n\n. a dot\nFrom here\n", "<!DOCTYPE html>\n<p>Hello Zoë</p>\n")
PDF = b"%PDF-1.7\r\n.\r\n\x00\xff" * 50


def a_message(
    company: Company | None = None, subject: str = "Invoice 1043", letter: Letter = LETTER, number: str = "1043"
) -> bytes:
    return make_message(an_invoice(), company or a_company(), ENVELOPE, subject, letter, PDF, number=number, sent=SENT)


def test_it_parses_back_to_its_input() -> None:
    message = a_message()
    parts = split_message(message)
    assert parts.header("From") == '"Acme Conseil inc." <billing@acme.example>'
    assert parts.header("To") == "compta@tremblay.example, b@x.example"
    assert parts.header("Cc") == "c@x.example"
    assert parts.header("Bcc") == "z@acme.example"
    assert parts.header("Reply-To") == '"Acme Conseil inc." <hello@acme.example>'
    assert parts.header("Subject") == "Invoice 1043"
    assert parsedate_to_datetime(parts.header("Date")) == SENT
    assert parts.header("Message-ID").endswith("@acme.example>")
    assert (parts.plain, parts.html, parts.document) == (LETTER.plain, LETTER.html, PDF)
    assert parts.document_name == "Invoice-1043-Acme-Conseil-inc.pdf"
    assert "Subject: Invoice 1043\n" in headers_text(message)


def test_its_structure_and_its_bytes() -> None:
    message = a_message(subject="Fàctüre 1043 – “Îles & Fils”")
    parsed = message_from_bytes(message, policy=policy.default)
    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ]
    assert message.isascii()
    assert b"\n" not in message.replace(b"\r\n", b"")
    assert b"\r" not in message.replace(b"\r\n", b"")
    assert max(map(len, message.split(b"\r\n"))) <= 100
    assert not [defect for part in parsed.walk() for defect in part.defects]


def test_no_reply_to_if_from_is_the_companys_own_address() -> None:
    assert split_message(a_message(a_company(email="Billing@acme.example"))).header("Reply-To") == ""
    assert split_message(a_message(a_company(email=""))).header("Reply-To") == ""


def test_each_message_has_its_own_id() -> None:
    assert split_message(a_message()).header("Message-ID") != split_message(a_message()).header("Message-ID")


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)


@given(name=TEXT, subject=TEXT)
@settings(max_examples=60)
def test_any_name_and_subject_are_kept(name: str, subject: str) -> None:
    message = a_message(a_company(name=name), subject)
    raw = message_from_bytes(message, policy=policy.compat32)
    for field, address in (("From", "billing@acme.example"), ("Reply-To", "hello@acme.example")):
        ((shown, bare),) = getaddresses([raw[field]])
        assert bare == address
        assert str(make_header(decode_header(shown))) == " ".join(clean(name).split())
    assert split_message(message).header("Subject") == clean(subject)
    assert len(getaddresses([raw["To"]])) == 2
    assert raw.keys().count("Bcc") == 1
    assert message.isascii()
    assert max(map(len, message.split(b"\r\n"))) <= 200


@given(plain=TEXT, html=TEXT)
@settings(max_examples=60)
def test_any_email_text_is_kept(plain: str, html: str) -> None:
    parts = split_message(a_message(letter=Letter(clean_lines(plain) + "\n", clean_lines(html) + "\n")))
    assert parts.plain == clean_lines(plain) + "\n"
    assert parts.html == clean_lines(html) + "\n"


@pytest.mark.parametrize(
    "text", ["a\r\nBcc: evil@x.example", "a\nX: y", "a\x00b", "a\x1cBcc: evil@x.example", "a\u2028X: y", "a\x85X: y"]
)
def test_no_text_becomes_a_header(text: str) -> None:
    message = a_message(a_company(name=text), text, number=text)
    parsed = message_from_bytes(message, policy=policy.default)
    assert parsed.keys() == message_from_bytes(a_message(), policy=policy.default).keys()
    assert parsed["Bcc"].addresses[0].addr_spec == "z@acme.example"
    assert b"\x00" not in message
    assert b"\x1c" not in message


@pytest.mark.parametrize("address", ["a@b@c", "x@y.example\r\nBcc: e@x.example", "", "é@x.example"])
def test_an_address_that_is_invalid_in_a_header_is_refused(address: str) -> None:
    envelope = Envelope("billing@acme.example", (address,))
    with pytest.raises(MessageError):
        make_message(an_invoice(), a_company(), envelope, "x", LETTER, PDF, number="1", sent=SENT)


@pytest.mark.parametrize(
    ("number", "company", "expected"),
    [
        ("1042", "Acme Conseil", "Invoice-1042-Acme-Conseil.pdf"),
        ("A-7/2", "Îles & Fils", "Invoice-A-7-2-Îles-Fils.pdf"),
        ("1", "../../etc/passwd\x00.exe", "Invoice-1-etc-passwd-exe.pdf"),
        ("1", "a\r\nb", "Invoice-1-a-b.pdf"),
        ("", "", "Invoice.pdf"),
        ("9", "x" * 200, "Invoice-9-" + "x" * 60 + ".pdf"),
        ("9", "中村 Optik", "Invoice-9-中村-Optik.pdf"),
    ],
)
def test_names_of_attachments(number: str, company: str, expected: str) -> None:
    assert attachment_name(an_invoice(), a_company(name=company), number) == expected
    assert split_message(a_message(a_company(name=company), number=number)).document_name == expected


def test_a_non_ascii_file_name_follows_rfc_2231() -> None:
    assert b"filename*=" in a_message(a_company(name="Îles & Fils"))


def test_splitting_a_message_without_a_document_is_refused() -> None:
    with pytest.raises(MessageError):
        split_message(b"Subject: x\r\n\r\nhello\r\n")


def test_french_customers_get_a_french_file_name() -> None:
    name = attachment_name(an_invoice(customer=a_customer(language="fr")), a_company(), "1042")
    assert name.endswith("-1042-Acme-Conseil-inc.pdf")


def test_files_come_after_the_document_with_names_of_their_own() -> None:
    letter, files = (
        Letter("Hi\n", "<p>Hi</p>\n"),
        (
            MessageFile("Invoice-1043-Acme-Conseil-inc.pdf", "application/pdf", b"%PDF-1.7 other"),
            MessageFile("Été\r\nX: y.csv", "text/csv", "a;é\r\n".encode("latin-1")),
            MessageFile("../été x: y.CSV", "text/csv\r\nBcc: evil@x.example", b"\x00" * 100),
            MessageFile("mail.eml", "message/rfc822", b"Subject: x\r\n\r\n"),
        ),
    )
    message = make_message(an_invoice(), a_company(), ENVELOPE, "x", letter, PDF, number="1043", sent=SENT, files=files)
    parsed = message_from_bytes(message, policy=policy.default)
    found = [*parsed.iter_attachments()]
    assert [(part.get_content_type(), part.get_filename(), part.get_payload(decode=True)) for part in found] == [
        ("application/pdf", "Invoice-1043-Acme-Conseil-inc.pdf", PDF),
        ("application/pdf", "Invoice-1043-Acme-Conseil-inc (2).pdf", files[0].content),
        ("text/csv", "Été X- y.csv", files[1].content),
        ("application/octet-stream", "-été x- y.CSV", files[2].content),
        ("application/octet-stream", "mail.eml", files[3].content),
    ]
    assert parsed["Bcc"].addresses[0].addr_spec == "z@acme.example"
    assert message.isascii()
    assert not [defect for part in parsed.walk() for defect in part.defects]
    parts = split_message(message)
    assert (parts.document, parts.document_name) == (PDF, "Invoice-1043-Acme-Conseil-inc.pdf")
    assert parts.files[0] == ("Invoice-1043-Acme-Conseil-inc (2).pdf", 14)
    assert [size for _name, size in parts.files] == [14, 5, 100, 14]
