"""Bounces as Gmail, Postfix, Exchange and Exim write them."""

import pytest

from facturier.mail.bounce import Bounce, read_bounce
from facturier.mail.errors import MessageError

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


def test_gmail() -> None:
    assert read_bounce(GMAIL) == Bounce(
        {
            "compta@tremblay.example": "550-5.1.1 The email account that you tried to reach does not exist."
            " 550 5.1.1 Please check the address."
        },
        "<1042.20261124@acme.example>",
        "Facture 1042 d’Acme",
    )


def test_postfix_names_the_address_that_was_written_to_and_only_those_that_failed() -> None:
    assert read_bounce(POSTFIX) == Bounce(
        {
            "alias@partner.example": "552 5.2.2 Mailbox [31mfull",
            "other@partner.example": "Host or domain name not found",
        },
        "<1043@acme.example>",
        "Invoice 1043 from Acme",
    )


def test_exchange() -> None:
    assert read_bounce(EXCHANGE) == Bounce(
        {
            "nobody@contoso.example": "550 5.1.10 RESOLVER.ADR.RecipientNotFound;"
            " Recipient not found by SMTP address lookup"
        },
        "<1044@acme.example>",
        "Invoice 1044",
    )


def test_exim() -> None:
    assert read_bounce(EXIM) == Bounce(
        {
            "nobody@exim.example": "host mx.exim.example [192.0.2.3] SMTP error from remote mail server after RCPT TO:"
            " 550 5.1.1 no such user",
            "gone@exim.example": "Unrouteable address",
        },
        "<1045@acme.example>",
        "Invoice 1045",
    )


@pytest.mark.parametrize("bounce", [GMAIL, POSTFIX, EXCHANGE, EXIM])
def test_line_ends_and_what_a_paste_adds_in_front_do_not_matter(bounce: bytes) -> None:
    assert read_bounce(b"\r\n \r\n" + bounce.replace(b"\n", b"\r\n")) == read_bounce(bounce)


def test_the_header_alone_is_enough_and_the_original_is_then_what_was_answered_to() -> None:
    head = b"X-Failed-Recipients: a@b.example\nReferences: <0@x.example> <1046@acme.example>\n\nSorry.\n"
    assert read_bounce(head) == Bounce({"a@b.example": ""}, "<1046@acme.example>", "")


def test_a_status_part_for_addresses_beyond_ascii_is_read() -> None:
    text = (
        POSTFIX.replace(b"message/delivery-status", b"message/global-delivery-status")
        .replace(b"rfc822;alias@", "utf-8; josé@".encode())
        .replace(b"Action: failed\nStatus: 5.4.4", b"Action: Failed (bad destination)\nStatus: 5.4.4")
    )
    assert list(read_bounce(text).recipients) == ["josé@partner.example", "other@partner.example"]


def test_a_delay_is_no_bounce() -> None:
    with pytest.raises(MessageError, match="late"):
        read_bounce(GMAIL.replace(b"Action: failed", b"Action: delayed"))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe\x00",
        b"Hello, we have not received your invoice.",
        b"From: a@b.example\nSubject: Undeliverable\n\nSorry.",
        b"X-Failed-Recipients: \n\n",
        b"X-Failed-Recipients: nobody\n\n",
        GMAIL[: GMAIL.index(b"Content-Type: message/delivery-status")].replace(b"X-Failed-Recipients", b"X-None"),
    ],
)
def test_what_is_no_bounce_says_what_to_hand_in(text: bytes) -> None:
    with pytest.raises(MessageError, match="Show original"):
        read_bounce(text)


def test_any_cut_of_a_bounce_is_read_or_refused_with_a_sentence() -> None:
    for bounce in (GMAIL, POSTFIX, EXCHANGE, EXIM):
        for end in range(0, len(bounce), 37):
            try:
                assert read_bounce(bounce[:end]).recipients
            except MessageError:
                continue
