"""Parse a mail from outside into decoded text, within limits on size and nesting.

A mail is a message that may have other messages attached. Each becomes a `BounceMail`: its text for people, its report
for programs, and the headers of the original that it returns. The body of an original is not read, because it may quote
other mails.
"""

import html
import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from itertools import islice

from facturier.mail.bounces.copied_headers import split_copy
from facturier.mail.message import decoded
from facturier.models.text.clean import clean_lines

LARGEST = 1024 * 1024  # bytes that are read; servers write the important part first
_DEEPEST = 60  # maximum number of multipart and message parts
_ATTACHED = 3  # maximum depth of attached messages
_PARTS = 2_000
_LONGEST_LINE = 20_000  # bytes of one header or line
_HEAD = 20_000  # characters of a copy with broken headers
_TEXT = 400_000  # characters of one part
_WIDE = ("utf-16", "utf-32", "utf16", "utf32", "ucs-2", "ucs-4")

_LONGEST_FIELD = 4_000  # bytes of a Content-Type; `email` takes quadratic time to parse it
_CONTENT = re.compile(rb"^content-(?:type|disposition):[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_DELIMITER = re.compile(rb"^--\S", re.MULTILINE)  # separates the parts of a multipart
_NESTING = re.compile(rb"^content-type:\s{0,200}(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_STATUS = ("message/delivery-status", "message/global-delivery-status")  # RFC 3464, RFC 6533
_HEADERS = ("text/rfc822-headers", "message/global-headers")
_BLOCK_TAG = re.compile(r"<(?:br|/?p|/?div|/?tr|/?td|/?li|/?h\d|/?pre)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!][^<>@]*>")
_BLANK_LINES = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True)
class BounceMail:
    """One message.

    `text` is its text before the copy of the original. `report` is the text of its delivery-status parts. `copies` has
    the headers of the originals. `kinds` are the content types of its parts.
    """

    headers: Message
    kinds: frozenset[str]
    text: str
    report: str
    copies: str
    attached: "tuple[BounceMail, ...]" = field(default=())

    def header(self, name: str) -> str:
        """Return the first header of this name, decoded and on one line, or an empty text."""
        return next((value for known, value in _fields(self.headers) if known.casefold() == name.casefold()), "")

    def everything(self) -> "Iterator[BounceMail]":
        """Yield this message, then the messages attached to it, at every depth."""
        yield self
        for notice in self.attached:
            yield from notice.everything()


def open_mail(mail: bytes) -> BounceMail:
    """Parse a mail as it was saved or pasted.

    It may have a byte order mark, be in UTF-16, or start with blank lines. Can raise anything that the `email` package
    raises; call `read_bounces` to avoid this.
    """
    return _open(_as_bytes(mail), _ATTACHED)


def _as_bytes(mail: bytes) -> bytes:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "")):
        if mail.startswith(mark):
            mail = mail[len(mark) :]
            if encoding:
                mail = mail[: 2 * LARGEST].decode(encoding, "replace").encode("utf-8", "replace")
            break
    mail = mail.lstrip().removeprefix(b"\xef\xbb\xbf")[:LARGEST]
    mail = re.sub(rb"([^\n]{%d})[^\n]*" % _LONGEST_LINE, rb"\1", mail)
    mail = _CONTENT.sub(lambda found: found[0][:_LONGEST_FIELD], mail)
    nested = [found.start() for found in _NESTING.finditer(mail)]
    parts = [found.start() for found in islice(_DELIMITER.finditer(mail), _PARTS)]
    end = nested[_DEEPEST] if len(nested) > _DEEPEST else len(mail)
    return mail[: min(end, parts[-1])] if len(parts) == _PARTS else mail[:end]


def _open(mail: bytes, attached: int) -> BounceMail:
    return _notice(message_from_bytes(mail), attached)


def _notice(message: Message, attached: int) -> BounceMail:
    kinds: list[str] = []
    texts: list[str] = []
    reports: list[str] = []
    copies: list[str] = []
    inside: list[BounceMail] = []
    parts = [message]
    while parts and len(kinds) < _PARTS:
        part = parts.pop(0)
        kind = part.get_content_type()
        kinds.append(kind)
        if part is not message and not kind.startswith("message/") and (part["Subject"] or part["Message-ID"]):
            copies.append(_head(part))  # a server that returned the original as a part instead of a message
        if kind in _STATUS:
            reports.append(_status(part))
        elif kind in _HEADERS:
            copies.append(_text(part))
        elif _is_readable(part, kind):
            said = _without_tags(_text(part)) if kind == "text/html" else _text(part)
            before, copy = split_copy(said)
            texts.append(before)
            copies.append(copy)
        elif kind.startswith("message/") or _is_mail_file(part):
            if (found := _attached(part, attached)) is not None:
                inside.append(found)
                whole = found.headers["Subject"] is not None
                copies.append("\n".join((_head(found.headers), *(() if whole else (found.text[:_HEAD], found.copies)))))
        elif part.is_multipart():
            children = part.get_payload()
            parts[:0] = [child for child in children if isinstance(child, Message)]
    return BounceMail(
        message,
        frozenset(kinds),
        "\n\n".join(filter(None, texts)),
        "\n\n".join(filter(None, reports)),
        "\n\n".join(filter(None, copies)),
        tuple(inside),
    )


def _is_readable(part: Message, kind: str) -> bool:
    """Return whether a part is text for people. A multipart without its boundary counts as text."""
    if kind.startswith("multipart/"):
        return not part.is_multipart()
    return kind in ("text/plain", "text/html") and not _is_mail_file(part)


def _is_mail_file(part: Message) -> bool:
    return (part.get_filename() or "").casefold().endswith(".eml")


def _attached(part: Message, attached: int) -> BounceMail | None:
    """Return the message in a part. Some programs attach it as a file or in base64."""
    if not attached:
        return None
    payload = part.get_payload()
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().casefold()
    if not isinstance(payload, list):
        raw = part.get_payload(decode=True)
        return _open(_as_bytes(raw), attached - 1) if isinstance(raw, bytes) and raw.strip() else None
    if not payload or not isinstance(payload[0], Message):
        return None
    if encoding in ("base64", "quoted-printable"):  # not allowed (RFC 2046, section 5.2.1), but used
        with suppress(Exception):  # fall back to the message as it is
            return _open(_as_bytes(_unpacked(payload[0].as_bytes(), encoding)), attached - 1)
    return _notice(payload[0], attached - 1)


def _unpacked(raw: bytes, encoding: str) -> bytes:
    return _from_base64(raw.decode("ascii", "replace")) if encoding == "base64" else quopri.decodestring(raw)


def _status(part: Message) -> str:
    """Return the fields of a delivery-status part, in groups separated by blank lines."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return _text(part)
    groups = []
    for group in payload[:_PARTS]:
        if isinstance(group, Message):
            groups += [_head(group), _text(group)]
    said = "\n\n".join(group.strip("\n") for group in groups if group.strip())
    if str(part.get("Content-Transfer-Encoding", "")).strip().casefold() == "base64":
        said = _from_base64(said).decode("utf-8", "replace")
    return clean_lines(said[:_TEXT])


def _from_base64(text: str) -> bytes:
    letters = re.sub(r"[^A-Za-z0-9+/]", "", text[:LARGEST])
    return b64decode(letters[: len(letters) // 4 * 4])


def _head(message: Message) -> str:
    """Return the decoded headers as text, one per line."""
    return "\n".join(f"{name}: {value}" for name, value in _fields(message))


def _fields(message: Message) -> Iterator[tuple[str, str]]:
    for name, value in message.raw_items():
        yield name, " ".join(decoded(_as_text(str(value))[:_LONGEST_LINE]).split())


def _as_text(raw: str) -> str:
    """Decode a header. `email` keeps non-ASCII bytes as surrogates, and nearly always they are UTF-8."""
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    if charset.startswith(_WIDE) and b"\0" not in payload:
        charset = "utf-8"  # a wrong charset: in UTF-16 and UTF-32, ASCII letters contain zero bytes
    try:
        text = payload.decode(charset, "replace")
    except (LookupError, ValueError):  # an unknown charset: read it as UTF-8
        text = payload.decode("utf-8", "replace")
    return clean_lines(text[:_TEXT])


def _without_tags(text: str) -> str:
    lines = _TAG.sub("", _BLOCK_TAG.sub("\n", text))
    return _BLANK_LINES.sub("\n\n", clean_lines(html.unescape(lines)).replace("\xa0", " "))
