"""Read a bounce that a person hands in: the mailbox itself is never read."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser, HeaderParser

from facturier.mail.errors import MessageError
from facturier.models.clean import clean
from facturier.models.language import _

_STATUS = ("message/delivery-status", "message/global-delivery-status")  # RFC 3464, RFC 6533
_ORIGINAL = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_COPY = re.compile(r"^-+ This is a copy of (?:the|your) message.*-+\s*$", re.MULTILINE)  # Exim
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_DIAGNOSTIC_TYPE = re.compile(r"^[A-Za-z][\w-]*;\s*")  # `smtp; 550 …`
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Bounce:
    """`recipients` maps each address that could not be served to the server's reason, which may be empty. `message_id`
    and `subject` are the original's, empty where the bounce does not tell."""

    recipients: dict[str, str] = field(default_factory=dict)
    message_id: str = ""
    subject: str = ""


def read_bounce(text: bytes) -> Bounce:
    """Read delivery-status parts (RFC 3464), else X-Failed-Recipients. Raises MessageError if it is no bounce."""
    message = message_from_bytes(text.lstrip())
    recipients: dict[str, str] = {}
    delayed = False
    for part in message.walk():
        if part.get_content_type() in _STATUS:
            for fields in _status_fields(part):
                action = _field(fields, "Action").partition(" ")[0].lower()
                delayed = delayed or action == "delayed"
                if action == "failed" and (address := _address(fields)):
                    recipients[address] = _reason(fields)
    if not recipients and not delayed:
        body = _plain_text(message)
        for address in _field(message, "X-Failed-Recipients").split(","):
            if "@" in (address := address.strip().strip("<>")):
                recipients[address] = _reason_in(body, address)
    if not recipients and delayed:
        raise MessageError(
            _("This only says that the message is late; the mail server is still trying."),
            todo=_("Wait for what comes next."),
        )
    if not recipients:
        raise MessageError(
            _("This is not a bounce that can be read: it names no recipient that failed."),
            todo=_("Hand in the whole message, with its headers: “Show original” in Gmail."),
        )
    return Bounce(recipients, *_original(message))


def _status_fields(part: Message) -> Iterator[Message]:
    """The groups of fields of a delivery-status part: about the message first, then one per recipient."""
    payload = part.get_payload(decode=True) if not part.is_multipart() else None
    raw = payload if isinstance(payload, bytes) else part.as_bytes().partition(b"\n\n")[2]
    for group in re.split(rb"\n[ \t\r]*\n", raw.replace(b"\r\n", b"\n")):
        yield HeaderParser().parsestr(group.lstrip().decode(errors="replace"))


def _address(fields: Message) -> str:
    """The recipient as we named it, without the address type: `rfc822; a@b.example`."""
    for name in ("Original-Recipient", "Final-Recipient"):
        address = _field(fields, name).rpartition(";")[2].strip().strip("<>")
        if "@" in address:
            return address
    return ""


def _reason(fields: Message) -> str:
    said = _DIAGNOSTIC_TYPE.sub("", _field(fields, "Diagnostic-Code"))
    return (said or _field(fields, "Status"))[:_LONGEST]


def _reason_in(body: str, address: str) -> str:
    """What stands indented under the address in a bounce for people, as Exim writes it."""
    found = re.search(rf"^([ \t]+)<?{re.escape(address)}>?:?[ \t]*\n((?:\1[ \t]+\S.*\n?)+)", body, re.MULTILINE)
    return clean(" ".join(found[2].split()))[:_LONGEST] if found else ""


def _original(message: Message) -> tuple[str, str]:
    """Message-ID and Subject of what bounced."""
    for part in message.walk():
        if part.get_content_type() in _ORIGINAL:
            inside = part.get_payload()
            if isinstance(inside, list) and inside and isinstance(inside[0], Message):
                headers = inside[0]
            else:
                payload = part.get_payload(decode=True)
                headers = BytesHeaderParser().parsebytes(payload.lstrip() if isinstance(payload, bytes) else b"")
            if headers["Message-ID"] or headers["Subject"]:
                return _field(headers, "Message-ID"), _field(headers, "Subject")
    body = _plain_text(message)
    if copy := _COPY.search(body):
        headers = HeaderParser().parsestr(body[copy.end() :].lstrip())
        return _field(headers, "Message-ID"), _field(headers, "Subject")
    known = _MESSAGE_ID.findall(_field(message, "In-Reply-To") or _field(message, "References"))
    return (known[-1] if known else ""), ""


def _plain_text(message: Message) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload.decode(errors="replace").replace("\r\n", "\n")
    return ""


def _field(headers: Message, name: str) -> str:
    """A field's value, decoded, on one line; empty where it is missing."""
    value = str(headers[name] or "")
    with suppress(LookupError, ValueError):  # an unknown charset: the raw text is better than none
        value = str(make_header(decode_header(value)))
    return clean(" ".join(value.split()))
