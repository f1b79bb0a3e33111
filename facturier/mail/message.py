"""The whole message: the letter in both forms with the document attached, as RFC 5322 bytes."""

import re
from datetime import datetime
from email import policy
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from facturier.mail.document_content import document_language
from facturier.mail.errors import MessageError
from facturier.mail.letter import Letter
from facturier.models.clean import clean
from facturier.models.company import Company
from facturier.models.delivery import Envelope
from facturier.models.invoice import Invoice
from facturier.models.language import _, catalogue

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
    message = EmailMessage(policy=_POLICY)
    domain = envelope.sender.rpartition("@")[2]
    try:
        message["From"] = Address(clean(company.name), addr_spec=envelope.sender)
        message["To"] = _addresses(envelope.to)
        if envelope.cc:
            message["Cc"] = _addresses(envelope.cc)
        if envelope.bcc:
            message["Bcc"] = _addresses(envelope.bcc)
        reply = clean(company.email)
        if reply and reply.casefold() != envelope.sender.casefold():
            message["Reply-To"] = Address(clean(company.name), addr_spec=reply)
    except (ValueError, IndexError, HeaderParseError) as error:
        raise MessageError(_("An address of this message cannot stand in its headers.")) from error
    message["Subject"] = clean(subject)
    message["Date"] = format_datetime(sent)
    message["Message-ID"] = make_msgid(domain=domain)
    message.set_content(letter.plain, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    name = attachment_name(invoice, company, number)
    message.add_attachment(document, maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()


def attachment_name(invoice: Invoice, company: Company, number: str) -> str:
    """`Invoice-1042-Acme-Conseil-inc.pdf` in the customer's language: letters and digits of any script, and hyphens."""
    word = catalogue(document_language(invoice, company)).gettext("Invoice")
    pieces = (_piece(text) for text in (word, number or invoice.number or "", company.name))
    return "-".join(piece for piece in pieces if piece) + ".pdf"


def _piece(text: str) -> str:
    return "-".join(re.findall(r"[^\W_]+", clean(text)))[:_LONGEST_PIECE].strip("-")


def _addresses(bare: tuple[str, ...]) -> tuple[Address, ...]:
    return tuple(Address(addr_spec=address) for address in bare)
