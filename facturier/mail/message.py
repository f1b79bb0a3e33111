"""The whole message: the letter in both forms with the document attached, as RFC 5322 bytes."""

import re
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from facturier.mail.document_content import document_language
from facturier.mail.headers import address_field, mailbox, text_field
from facturier.mail.letter import Letter
from facturier.models.clean import clean
from facturier.models.company import Company
from facturier.models.delivery import Envelope
from facturier.models.delivery_mark import MARK_HEADER, new_mark
from facturier.models.invoice import Invoice
from facturier.models.language import catalogue

# RFC 5322 line ends, and nothing but ASCII on the wire, so that no server on the way has to change a byte.
_POLICY = policy.SMTP.clone(cte_type="7bit")
_LONGEST_PIECE = 60


def make_message(
    invoice: Invoice,
    company: Company,
    envelope: Envelope,
    subject: str,
    letter: Letter,
    document: bytes,
    *,
    number: str,
    sent: datetime,
) -> bytes:
    """The message as it leaves, CRLF line ends, 7-bit throughout.

    `sent` is an aware time, for the Date header. The Bcc header is there: Gmail reads recipients from it and strips
    it; a sender by SMTP must strip it. Raises MessageError for an address that cannot stand in a header.
    """
    fields = [
        address_field("From", mailbox(envelope.sender, company.name)),
        address_field("To", *map(mailbox, envelope.to)),
        *(address_field(name, *map(mailbox, to)) for name, to in (("Cc", envelope.cc), ("Bcc", envelope.bcc)) if to),
        *([address_field("Reply-To", mailbox(reply, company.name))] if (reply := _reply(company, envelope)) else []),
        text_field("Subject", subject),
        f"Date: {format_datetime(sent)}",
        f"Message-ID: {make_msgid(domain=envelope.sender.rpartition('@')[2])}",
        # Gmail's API writes a Message-ID of its own in place of this one; bounces return the mark.
        f"{MARK_HEADER}: {new_mark(invoice.id)}",
    ]
    body = EmailMessage(policy=_POLICY)
    body.set_content(letter.plain, cte="quoted-printable")
    body.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    name = attachment_name(invoice, company, number)
    body.add_attachment(document, maintype="application", subtype="pdf", filename=name)
    return "".join(field + "\r\n" for field in fields).encode("ascii") + body.as_bytes()


def _reply(company: Company, envelope: Envelope) -> str:
    """Where answers go, if that is not where the message comes from."""
    email = clean(company.email)
    return "" if email.casefold() == envelope.sender.casefold() else email


def attachment_name(invoice: Invoice, company: Company, number: str) -> str:
    """`Invoice-1042-Acme-Conseil-inc.pdf` in the customer's language: letters and digits of any script, and hyphens."""
    word = catalogue(document_language(invoice, company)).gettext("Invoice")
    pieces = (_piece(text) for text in (word, invoice.number or number, company.name))
    return "-".join(piece for piece in pieces if piece) + ".pdf"


def _piece(text: str) -> str:
    return "-".join(re.findall(r"[^\W_]+", clean(text)))[:_LONGEST_PIECE].strip("-")
