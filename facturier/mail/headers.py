"""Header fields as ASCII lines (RFC 5322, RFC 2047).

Python's newer email policy loses characters when it folds long names with quotes, commas or other alphabets, so the
fields that carry people's text are written here with its older and sound `Header`.
"""

import re
from email import policy
from email.errors import MessageError as EmailError
from email.header import Header, decode_header, make_header
from email.parser import BytesHeaderParser

from facturier.mail.errors import MessageError
from facturier.models.clean import clean
from facturier.models.language import _

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


def address_field(name: str, *mailboxes: str) -> str:
    """`To: …`, one address a line."""
    return f"{name}: " + f",{_EOL} ".join(mailboxes)


def mailbox(address: str, name: str = "") -> str:
    """`"Acme Conseil inc." <billing@acme.example>`. Raises MessageError for what cannot stand in a header."""
    if not _BARE.fullmatch(address):
        raise MessageError(_("“{address}” is not an address that mail can be sent to.").format(address=clean(address)))
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
