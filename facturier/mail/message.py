"""The whole message as RFC 5322 bytes: the letter in both forms, the document and other files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError as EmailError
from email.header import Header, decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import format_datetime, make_msgid
from typing import NamedTuple

from facturier.mail.document.texts.content import document_language
from facturier.mail.document.texts.invoice import TITLES
from facturier.mail.errors import MessageError
from facturier.mail.letter.letter import Letter
from facturier.models.books.attachments import UNKNOWN_TYPE
from facturier.models.books.invoice import Invoice
from facturier.models.outbox.delivery import Envelope
from facturier.models.outbox.delivery_mark import MARK_HEADER, new_mark
from facturier.models.settings.company import Company
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.file_names import file_name, free_name
from facturier.models.text.i18n import _, catalogue

# RFC 5322 line ends, and nothing but ASCII on the wire, so that no server on the way has to change a byte.
_POLICY = policy.SMTP.clone(cte_type="7bit")
_LONGEST_PIECE = 60
_IDS = ("In-Reply-To", "References")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}@[!-;=?-~]{1,250}>")
# A type and subtype that need no quoting (RFC 6838, 4.2). Another program may have written something else.
_TYPE = re.compile(r"(?:application|audio|font|image|model|text|video)/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}")


class MessageFile(NamedTuple):
    """A file that is sent after the document. `type` is as in Content-Type."""

    name: str
    type: str
    content: bytes


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
    files: Sequence[MessageFile] = (),
    document_name: str = "",
    headers: Sequence[tuple[str, str]] = (),
) -> bytes:
    """Return the message as it is sent: CRLF line ends, and only ASCII. `files` are attached after the document.

    `document_name` is the name of the PDF, by default that of the invoice. `headers` are added to the others.

    `sent` is an aware time, for the Date header. The message has a Bcc header: Gmail reads the recipients from it and
    removes it; a sender by SMTP must remove it. Raises MessageError for an address that is invalid in a header.
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
        *(ids_field(name, text) if name in _IDS else text_field(name, text) for name, text in headers),
    ]
    body = EmailMessage(policy=_POLICY)
    body.set_content(letter.plain, cte="quoted-printable")
    body.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    name = document_name or attachment_name(invoice, company, number)
    body.add_attachment(document, maintype="application", subtype="pdf", filename=name)
    for file, shown in zip(files, file_names(name, [file.name for file in files]), strict=True):
        maintype, _slash, subtype = (file.type if _TYPE.fullmatch(file.type) else UNKNOWN_TYPE).partition("/")
        body.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=shown)
    return "".join(field + "\r\n" for field in fields).encode("ascii") + body.as_bytes()


def _reply(company: Company, envelope: Envelope) -> str:
    """Where answers go, if that is not where the message comes from."""
    email = clean(company.email)
    return "" if email.casefold() == envelope.sender.casefold() else email


def attachment_name(invoice: Invoice, company: Company, number: str) -> str:
    """`Invoice-1042-Acme-Conseil-inc.pdf` in the customer's language: letters and digits of any script, and hyphens."""
    word = catalogue(document_language(invoice, company)).gettext(TITLES[invoice.kind])
    return pdf_name(word, invoice.known_number or number, company.name)


def pdf_name(*texts: str) -> str:
    """Return a file name made of these texts: letters and digits of any script, and hyphens."""
    return "-".join(piece for piece in map(_piece, texts) if piece) + ".pdf"


def file_names(document: str, names: Sequence[str]) -> list[str]:
    """Return the names of the other files in the message, each different from the others and from the document's."""
    taken, found = {document.casefold()}, []
    for name in names:
        free = free_name(file_name(name) or "file", taken)
        taken.add(free.casefold())
        found.append(free)
    return found


def _piece(text: str) -> str:
    return "-".join(re.findall(r"[^\W_]+", clean(text)))[:_LONGEST_PIECE].strip("-")


# What email-validator lets through: no quoted local part, no comments, nothing that ends an address or a line.
_BARE = re.compile(r"[^\x00-\x20\x7f-\U0010ffff@<>()\[\]\\,;:\"]+@[^\x00-\x20\x7f-\U0010ffff@<>()\[\]\\,;:\"]+")
# Longer text is written in encoded words even if it is ASCII, because only those fold anywhere.
_UNFOLDED = 60
_EOL = "\r\n"
_WORD = r"=\?[^\s?]{1,80}\?[bBqQ]\?[^\s?]{0,2000}\?="
# Some mail servers write encoded words without a space between them.
_ENCODED = re.compile(rf"(?<![^\s(\"\[:]){_WORD}(?:\s{{0,100}}{_WORD})*(?![^\s)\"\],.;:])")


def text_field(name: str, text: str) -> str:
    """`Subject: …` without its line end. Control characters are gone; text that is not ASCII is encoded."""
    return f"{name}: {_encoded(clean(text), name)}"


def ids_field(name: str, text: str) -> str:
    """`References: …`, one Message-ID a line: they are never encoded (RFC 5322, 3.6.4). What is no Message-ID is left
    out."""
    return f"{name}: " + f"{_EOL} ".join(_MESSAGE_ID.findall(text))


def address_field(name: str, *mailboxes: str) -> str:
    """`To: …`, one address a line."""
    return f"{name}: " + f",{_EOL} ".join(mailboxes)


def mailbox(address: str, name: str = "") -> str:
    """`"Acme Conseil inc." <billing@acme.example>`. Raises MessageError for what cannot stand in a header."""
    if not _BARE.fullmatch(address):
        raise MessageError(_("“{address}” is not a valid email address.").format(address=clean(address)))
    shown = " ".join(clean(name).split())
    if not shown:
        return address
    # Many readers decode what looks like an encoded word in quotes, too.
    if shown.isascii() and len(shown) <= _UNFOLDED and "=?" not in shown:
        shown = '"' + re.sub(r'(["\\])', r"\\\1", shown) + '"'
    else:
        # The longest field name that it may stand in, so that the first line has room everywhere.
        shown = _encoded(shown, "Reply-To", always=True)
    return f"{shown} <{address}>"


def read_fields(message: bytes) -> tuple[tuple[str, str], ...]:
    """The top fields of a message in their order, decoded."""
    parsed = BytesHeaderParser(policy=policy.compat32).parsebytes(message)
    return tuple((name, clean(decoded(_unfolded(str(text))))) for name, text in parsed.items())


def decoded(field: str) -> str:
    """A header's value with its encoded words (RFC 2047) decoded. A word that cannot be decoded stays as it is, and so
    does what only looks like one, such as an address: an encoded word stands alone."""
    return _ENCODED.sub(_decoded_words, field)


def _decoded_words(found: re.Match[str]) -> str:
    try:
        return str(make_header(decode_header(found[0])))
    except (EmailError, ValueError, LookupError):
        return found[0]


def _unfolded(field: str) -> str:
    return re.sub(r"\r?\n(?=[ \t])", "", field)


def _encoded(text: str, name: str, *, always: bool = False) -> str:
    plain = text.isascii() and len(text) <= _UNFOLDED and "=?" not in text and not always
    return Header(text, "us-ascii" if plain else "utf-8", header_name=name, maxlinelen=76).encode(linesep=_EOL)


@dataclass(frozen=True, slots=True)
class MessageParts:
    """The contents of a message. `headers` are the top ones, decoded, in their order. `files` has the names and sizes,
    in bytes, of the files after the document."""

    headers: tuple[tuple[str, str], ...]
    plain: str
    html: str
    document: bytes
    document_name: str
    files: tuple[tuple[str, int], ...]

    def header(self, name: str) -> str:
        """The first header of that name, empty if there is none."""
        return next((text for known, text in self.headers if known.casefold() == name.casefold()), "")


def split_message(message: bytes) -> MessageParts:
    """The parts of a message made by `make_message`. Raises MessageError where one is missing."""
    parsed = message_from_bytes(message, EmailMessage, policy=policy.SMTP)
    plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    attached = [part for part in parsed.iter_attachments() if isinstance(part, EmailMessage)]
    if plain is None or html is None or not attached or attached[0].get_content_type() != "application/pdf":
        raise MessageError(_("This message does not contain an invoice."))
    document, *files = attached
    return MessageParts(
        headers=read_fields(message),
        plain=clean_lines(plain.get_content()),
        html=clean_lines(html.get_content()),
        document=document.get_content(),
        document_name=document.get_filename() or "",
        files=tuple((clean(part.get_filename() or ""), _size(part)) for part in files),
    )


def _size(part: EmailMessage) -> int:
    content = part.get_payload(decode=True)
    return len(content) if isinstance(content, bytes) else 0


def headers_text(message: bytes) -> str:
    """The headers as a person reads them, one a line, decoded."""
    return "\n".join(f"{name}: {text}" for name, text in read_fields(message))
