"""Parsing bounces from Gmail, Postfix, Exchange and Exim."""

import time
from contextlib import suppress
from random import Random

import pytest

from facturier.mail.bounces.reading import read_bounces
from facturier.mail.errors import LateOnly, MessageError, UnreadBounce

GMAIL = b"""\
Delivered-To: billing@acme.example
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: billing@acme.example
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: <1042.20261124@acme.example>
In-Reply-To: <1042.20261124@acme.example>
X-Failed-Recipients: compta@tremblay.example
Message-ID: <65a1.mail.google@mx.google.com>
Date: Tue, 24 Nov 2026 07:02:03 -0800 (PST)
Content-Type: multipart/report; boundary="00000000000012ab"; report-type=delivery-status

--00000000000012ab
Content-Type: multipart/related; boundary="00000000000034cd"

--00000000000034cd
Content-Type: multipart/alternative; boundary="00000000000056ef"

--00000000000056ef
Content-Type: text/plain; charset="UTF-8"


** Address not found **

Your message wasn't delivered to compta@tremblay.example because the address couldn't be found.

--00000000000056ef
Content-Type: text/html; charset="UTF-8"

<html><body>Address not found</body></html>
--00000000000056ef--
--00000000000034cd--
--00000000000012ab
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Tue, 24 Nov 2026 07:02:01 -0800 (PST)
X-Original-Message-ID: <1042.20261124@acme.example>

Final-Recipient: rfc822; compta@tremblay.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.tremblay.example. (192.0.2.7, the server for the domain tremblay.example.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
 550 5.1.1 Please check the address.
Last-Attempt-Date: Tue, 24 Nov 2026 07:02:03 -0800 (PST)

--00000000000012ab
Content-Type: message/rfc822

From: =?utf-8?q?Acme_Conseil_inc=2E?= <billing@acme.example>
To: compta@tremblay.example
Message-ID: <1042.20261124@acme.example>
Subject: =?utf-8?q?Facture_1042_d=E2=80=99Acme?=
Content-Type: text/plain

----- Message truncated -----

--00000000000012ab--
"""

POSTFIX = b"""\
Return-Path: <>
Date: Tue, 24 Nov 2026 16:00:00 +0100 (CET)
From: MAILER-DAEMON@mail.acme.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: hello@acme.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4F0B11.1795532400/mail.acme.example"
Content-Transfer-Encoding: 7bit
Message-Id: <20261124150000.9A@mail.acme.example>

This is a MIME-encapsulated message.

--4F0B11.1795532400/mail.acme.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.acme.example.

<alias@partner.example>: host mx.partner.example[192.0.2.9] said: 552 5.2.2 full

--4F0B11.1795532400/mail.acme.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.acme.example
X-Postfix-Queue-ID: 4F0B11
X-Postfix-Sender: rfc822; hello@acme.example

Final-Recipient: rfc822; inbox-7@partner.example
Original-Recipient: rfc822;alias@partner.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 Mailbox \x1b[31mfull

Final-Recipient: rfc822; other@partner.example
Original-Recipient: rfc822;other@partner.example
Action: failed
Status: 5.4.4
Diagnostic-Code: X-Postfix; Host or domain name not found

Final-Recipient: rfc822; late@partner.example
Action: delayed
Status: 4.4.1

Final-Recipient: rfc822; served@partner.example
Action: relayed
Status: 2.0.0

--4F0B11.1795532400/mail.acme.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <hello@acme.example>
From: Acme <hello@acme.example>
Subject: Invoice 1043 from
 Acme
Message-ID: <1043@acme.example>

--4F0B11.1795532400/mail.acme.example--
"""

EXCHANGE = b"""\
From: <postmaster@contoso.example>
To: <hello@acme.example>
Date: Tue, 24 Nov 2026 15:00:00 +0000
Content-Type: multipart/report; report-type=delivery-status; boundary="_abc_"
MIME-Version: 1.0
Content-Language: en-US
In-Reply-To: <1044@acme.example>
References: <1044@acme.example>
Subject: Undeliverable: Invoice 1044

--_abc_
Content-Type: multipart/alternative; differences=Content-Type; boundary="_def_"

--_def_
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Delivery has failed to these recipients or groups:

nobody@contoso.example<mailto:nobody@contoso.example>

--_def_--

--_abc_
Content-Type: message/delivery-status

Reporting-MTA: dns;MW2PR01.prod.contoso.example
Received-From-MTA: dns;mail.acme.example
Arrival-Date: Tue, 24 Nov 2026 14:59:58 +0000

Original-Recipient: rfc822;nobody@contoso.example
Final-Recipient: rfc822;nobody@contoso.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup

--_abc_
Content-Type: message/rfc822

Received: from mail.acme.example by MW2PR01.prod.contoso.example
From: hello@acme.example
To: nobody@contoso.example
Subject: Invoice 1044
Message-ID: <1044@acme.example>

--_abc_--
"""

EXIM = b"""\
Return-path: <>
X-Failed-Recipients: nobody@exim.example, gone@exim.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.exim.example>
To: hello@acme.example
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1abc-0001@mx.exim.example>
Date: Tue, 24 Nov 2026 15:00:00 +0000

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  nobody@exim.example
    host mx.exim.example [192.0.2.3]
    SMTP error from remote mail server after RCPT TO:
    550 5.1.1 no such user
  gone@exim.example
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

Return-path: <hello@acme.example>
From: Acme <hello@acme.example>
Subject: Invoice 1045
Message-ID: <1045@acme.example>

Hello
"""


def read(mail: bytes, *recipients: str) -> tuple[dict[str, str], tuple[str, ...], frozenset[str]]:
    """Return the recipients that were not reached, and the ids that identify the original message."""
    [bounce] = read_bounces(mail)
    return bounce.not_reached(recipients), bounce.message_ids, bounce.subjects


def test_gmail() -> None:
    found, ids, subjects = read(GMAIL, "compta@tremblay.example", "other@tremblay.example")
    assert found == {
        "compta@tremblay.example": "550-5.1.1 The email account that you tried to reach does not exist."
        " 550 5.1.1 Please check the address."
    }
    assert ids == ("<1042.20261124@acme.example>",)
    assert "Facture 1042 d’Acme" in subjects


def test_postfix_names_the_original_address_and_only_the_failed_ones() -> None:
    everyone = ("alias@partner.example", "other@partner.example", "late@partner.example", "served@partner.example")
    found, ids, subjects = read(POSTFIX, *everyone)
    assert found == {
        "alias@partner.example": "552 5.2.2 Mailbox [31mfull",
        "other@partner.example": "Host or domain name not found",
    }
    assert ids == ("<1043@acme.example>",)
    assert "Invoice 1043 from Acme" in subjects


def test_exchange() -> None:
    found, ids, subjects = read(EXCHANGE, "Nobody@contoso.example")
    assert found == {
        "Nobody@contoso.example": "550 5.1.10 RESOLVER.ADR.RecipientNotFound;"
        " Recipient not found by SMTP address lookup"
    }
    assert ids == ("<1044@acme.example>",)
    assert "Invoice 1044" in subjects


def test_exim() -> None:
    found, ids, subjects = read(EXIM, "nobody@exim.example", "gone@exim.example")
    assert found["nobody@exim.example"].startswith(
        "host mx.exim.example [192.0.2.3] SMTP error from remote mail server"
    )
    assert "550 5.1.1 no such user" in found["nobody@exim.example"]
    assert found["gone@exim.example"] == "Unrouteable address"
    assert ids == ("<1045@acme.example>",)
    assert "Invoice 1045" in subjects


@pytest.mark.parametrize("bounce", [GMAIL, POSTFIX, EXCHANGE, EXIM], ids=("gmail", "postfix", "exchange", "exim"))
def test_how_it_was_saved_or_pasted_does_not_matter(bounce: bytes) -> None:
    assert read_bounces(b"\r\n \r\n" + bounce.replace(b"\n", b"\r\n")) == read_bounces(bounce)
    assert read_bounces(b"\xef\xbb\xbf" + bounce) == read_bounces(bounce)
    assert read_bounces("\ufeff".encode() + b"\r\n" + bounce) == read_bounces(bounce)
    for encoding in ("utf-16", "utf-16-be"):
        mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
        assert read_bounces(mark + bounce.decode().encode(encoding)) == read_bounces(bounce)


def test_without_the_original_its_id_comes_from_the_reply_header() -> None:
    head = b"X-Failed-Recipients: a@b.example\nReferences: <0@x.example> <1046@acme.example>\n\nSorry.\n"
    found, ids, _subjects = read(head, "a@b.example")
    assert (found, ids) == ({"a@b.example": ""}, ("<1046@acme.example>",))


def test_a_status_part_for_non_ascii_addresses_is_read() -> None:
    text = (
        POSTFIX.replace(b"message/delivery-status", b"message/global-delivery-status")
        .replace(b"rfc822;alias@", "utf-8; josé@".encode())
        .replace(b"Action: failed\nStatus: 5.4.4", b"Action: Failed (bad destination)\nStatus: 5.4.4")
    )
    assert list(read(text, "josé@partner.example", "other@partner.example")[0]) == [
        "josé@partner.example",
        "other@partner.example",
    ]


def test_a_delay_is_not_a_bounce() -> None:
    with pytest.raises(LateOnly, match="only says that the message is delayed"):
        read_bounces(GMAIL.replace(b"Action: failed", b"Action: delayed"))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe\x00",
        b"Hello, we have not received your invoice.",
        b"From: a@b.example\nSubject: Undeliverable\n\nSorry.",
        GMAIL.replace(b"Action: failed", b"Action: delivered"),
        GMAIL.replace(b"Action: failed\nStatus: 5.1.1", b"Action: deliverable\nStatus: 2.1.5"),
        GMAIL.replace(b"message/delivery-status", b"message/feedback-report"),
        GMAIL.replace(b"message/delivery-status", b"message/disposition-notification"),
    ],
)
def test_other_mail_is_refused(text: bytes) -> None:
    with pytest.raises(UnreadBounce):
        read_bounces(text)


def test_an_unknown_action_is_judged_by_its_status() -> None:
    odd = GMAIL.replace(b"Action: failed", b"Action: error")
    assert list(read(odd, "compta@tremblay.example")[0]) == ["compta@tremblay.example"]
    with pytest.raises(UnreadBounce):
        read_bounces(odd.replace(b"Status: 5.1.1", b"Status: 4.1.1"))


def test_any_truncated_bounce_is_read_or_refused() -> None:
    for bounce in (GMAIL, POSTFIX, EXCHANGE, EXIM):
        for end in range(0, len(bounce), 37):
            with suppress(MessageError):
                assert read_bounces(bounce[:end])


def test_damaged_mail_never_raises_an_unexpected_error() -> None:
    """With bytes changed, removed, doubled and inserted at random, and with broken encoded words."""
    pick = Random(7)
    broken = [
        b"=?utf-8?B?SW52b2ljZSAxMDAxIGZyb20gQWNtZ?=",
        b"=?x?q?=FF?=",
        b"=?utf-8?b?A?=",
        b"\xff",
        b"\n\n",
        b"--",
        b';="',
    ]
    for _round in range(600):
        mail = bytearray(pick.choice((GMAIL, POSTFIX, EXCHANGE, EXIM)))
        for _change in range(pick.randint(1, 6)):
            at = pick.randrange(len(mail))
            length = pick.randint(0, 30)
            mail[at : at + length] = pick.choice((*broken, bytes(mail[at : at + length]) * 2, pick.randbytes(3)))
        with suppress(MessageError):
            for bounce in read_bounces(bytes(mail)):
                bounce.not_reached(("a@b.example", "c@d.example"))


def _nested(depth: int) -> bytes:
    parts = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (level, level) for level in range(depth)
    )
    return b"From: mailer-daemon@x.example\nSubject: failure notice\n" + parts + b"\n<a@b.example>: 550 no\n"


def _many(recipients: int) -> bytes:
    groups = b"".join(
        b"Final-Recipient: rfc822; a%d@b.example\nAction: failed\nStatus: 5.1.1\n\n" % one for one in range(recipients)
    )
    return POSTFIX.replace(b"Final-Recipient: rfc822; inbox-7", groups + b"Final-Recipient: rfc822; inbox-7")


HOSTILE = {
    "nested": _nested(2_000),
    "attached": b"Content-Type: message/rfc822\n\n" * 5_000,
    "digest": b"Content-Type: multipart/digest; boundary=a\n\n" + b"--a\n\n" * 100_000,
    "recipients": _many(50_000),
    "failed header": b"X-Failed-Recipients: " + b"a@b.example,\n " * 100_000 + b"\n\n",
    "parameters": b"Content-Type: multipart/report" + b';\n a="' * 200_000 + b"\n\n",
    "one line": b"From: mailer-daemon@x\n\n" + b"a" * 4_000_000,
    "no address": b"From: mailer-daemon@x\n\n" + b"a@" * 2_000_000,
    "tags": b"From: mailer-daemon@x\nContent-Type: text/html\n\n" + b"<a " * 1_000_000,
    "blank lines": b"From: mailer-daemon@x\n\n550" + b" \n" * 1_000_000,
    "headers": b"From: mailer-daemon@x\n\n550 failed\n" + b"a:\n\n" * 500_000,
    "words": b"Subject: " + b"=?utf-8?q?a?= " * 200_000 + b"\nFrom: mailer-daemon@x\n\n550 failed",
}


@pytest.mark.parametrize("mail", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_mail_is_read_in_bounded_time(mail: bytes) -> None:
    began = time.process_time()
    with suppress(MessageError):
        for bounce in read_bounces(mail):
            bounce.not_reached([f"a{number}@b.example" for number in range(500)])
    assert time.process_time() - began < 5
