"""Read vCard 2.1 (versit), 3.0 (RFC 2426) and 4.0 (RFC 6350) as address books write them.

Property by property on bytes, because vCard 2.1 names an encoding for each. What an invoice does not need is skipped:
photos, keys, sounds, groups of contacts.
"""

import binascii
import quopri
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from facturier.models.errors import InputError
from facturier.models.imports.row import MOST_ROWS, Row
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.i18n import _

_PROPERTY = re.compile(
    rb"(?:[\w-]+\.)?(?P<name>[\w-]+)(?P<parameters>(?:;(?:[^\":;]|\"[^\"]*\")*)*):(?P<value>.*)", re.S
)
_PARAMETER = re.compile(rb";((?:[^\":;]|\"[^\"]*\")*)")
# Encodings that cards name. Python knows others, such as rot13, which are not character sets.
_CHARSET = re.compile(
    r"utf-?(?:8|16)|us-ascii|ascii|iso[-_]?8859-?\d+|latin-?1|windows-?125\d|cp\d+|macintosh|koi8-[ru]|gb\w+|big5|"
    r"shift[_-]jis|euc-\w+|iso-2022-jp",
    re.I,
)
_ENCODINGS = {b"QUOTED-PRINTABLE", b"BASE64", b"B", b"8BIT", b"7BIT"}
_PIECE = re.compile(r"\\.|[^\\;]+|[\\;]", re.S)
_ESCAPED = re.compile(r"\\(.)", re.S)
_READ = {"VERSION", "FN", "N", "ORG", "EMAIL", "TEL", "ADR", "NOTE", "LANG", "KIND", "X-ADDRESSBOOKSERVER-KIND"}
_NOT_CALLED = {"FAX", "PAGER", "MODEM", "BBS", "VIDEO", "TEXTPHONE"}


class _Property(NamedTuple):
    name: str
    types: frozenset[str]  # in capitals
    rank: int  # of 4.0, 1 is first
    text: str

    def order(self, work_first: bool) -> tuple[bool, int, bool]:
        work = "WORK" not in self.types
        preferred = "PREF" not in self.types
        return (work, self.rank, preferred) if work_first else (preferred, self.rank, work)


def is_vcard(data: bytes) -> bool:
    return bool(re.match(rb"\s*BEGIN\s*:\s*VCARD", data, re.I))


def read_cards(data: bytes, name: str) -> list[Row]:
    """Return a row for each card. `name` is the file name for errors.

    Raises InputError if a card has no end, or if there are too many.
    """
    rows = []
    for line, lines in _cards(data.splitlines(), name):
        properties = list(_properties(lines))
        kinds = {one.text.casefold() for one in properties if one.name in ("KIND", "X-ADDRESSBOOKSERVER-KIND")}
        if "group" not in kinds:
            rows.append(Row(line, _values(properties)))
        if len(rows) > MOST_ROWS:
            raise InputError(_("“{name}” has too many rows: {most} at most.").format(name=name, most=MOST_ROWS))
    return rows


def _cards(lines: list[bytes], name: str) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the first line and the inner lines of each card, without the cards inside it (AGENT of 2.1)."""
    depth, start, inner = 0, 0, list[bytes]()
    for number, line in enumerate(lines, 1):
        word = bytes(line).replace(b" ", b"").upper()
        if word == b"BEGIN:VCARD":
            depth += 1
            if depth == 1:
                start, inner = number, []
        elif word == b"END:VCARD" and depth:
            depth -= 1
            if depth == 0:
                yield start, inner
        elif depth == 1:
            inner.append(line)
    if depth:
        raise InputError(
            _("“{name}” is incomplete: the card that begins in line {line} has no end.").format(name=name, line=start)
        )


def _properties(lines: Iterable[bytes]) -> Iterator[_Property]:
    older = False
    for line in _unfolded(lines):
        found = _PROPERTY.fullmatch(line)
        if found is None:
            continue  # the rest of a photo, or a line of an extension
        name = found["name"].decode("ascii", "replace").upper()
        if name not in _READ:
            continue
        types, rank, encoding, charset = _parameters(found["parameters"])
        value = found["value"]
        if encoding == b"QUOTED-PRINTABLE":
            value = quopri.decodestring(value)
        elif encoding in (b"BASE64", b"B"):
            try:
                value = binascii.a2b_base64(value)
            except binascii.Error:
                continue
        text = clean_lines(_decoded(value, charset))
        if name == "VERSION":
            older = text.strip().startswith("2")
        if older:  # where only `;` is escaped
            text = text.replace("\\", "\\\\").replace("\\\\;", "\\;")
        yield _Property(name, types, rank, text)


def _unfolded(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield properties, each as one line.

    A line that begins with a space continues the one before; a soft line break of quoted-printable ends with `=`.
    """
    held: list[bytes] = []
    quoted = False  # the property is in quoted-printable
    for line in lines:
        if held and quoted and held[-1].endswith(b"="):
            held += (b"\n", line)
        elif held and line[:1] in (b" ", b"\t"):
            held.append(line[1:])
        else:
            if held:
                yield b"".join(held)
            held = [line]
            quoted = b"QUOTED-PRINTABLE" in line.partition(b":")[0].upper()
    if held:
        yield b"".join(held)


def _parameters(raw: bytes) -> tuple[frozenset[str], int, bytes, str]:
    """Return types, rank, encoding and character set. 2.1 writes types and encodings without their names."""
    types: set[str] = set()
    rank, encoding, charset = 101, b"", ""
    for part in _PARAMETER.findall(raw):
        name, equals, value = part.strip().partition(b"=")
        name, value = (name.upper().strip(), value.strip(b'" ')) if equals else (b"TYPE", name)
        if name == b"ENCODING" or (name == b"TYPE" and value.upper() in _ENCODINGS):
            encoding = value.upper()
        elif name == b"CHARSET":
            charset = value.decode("ascii", "replace")
        elif name == b"TYPE":
            types.update(value.decode("ascii", "replace").upper().replace('"', "").split(","))
        elif name == b"PREF" and value.isdigit():
            rank = int(value[:4])
    return frozenset(types), rank, encoding, charset


def _decoded(value: bytes, charset: str) -> str:
    for encoding in (charset if _CHARSET.fullmatch(charset) else "utf-8", "utf-8", "cp1252"):
        try:
            return value.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    return value.decode("latin-1")


def _values(properties: list[_Property]) -> dict[str, str]:
    """Return the texts of a card by the names of `fields`."""
    by_name: dict[str, list[_Property]] = {}
    for one in properties:
        by_name.setdefault(one.name, []).append(one)

    def all_of(name: str, *, work_first: bool = False) -> list[_Property]:
        return sorted(by_name.get(name, ()), key=lambda one: one.order(work_first))

    full = next((_plain(one.text) for one in by_name.get("FN", ())), "")
    parts = [_parts(one.text) for one in by_name.get("N", ())][:1]
    family, given, more, before, after = (*(parts[0] if parts else ()), *[""] * 5)[:5]
    companies = [_parts(one.text)[0] for one in by_name.get("ORG", ())]
    called = [one for one in all_of("TEL") if not one.types & _NOT_CALLED]
    found = {
        "contact": clean(full or " ".join(filter(None, (before, given, more, family, after)))),
        "company": clean(companies[0] if companies else ""),
        "email": _lines(_plain(one.text).removeprefix("mailto:") for one in all_of("EMAIL")),
        "telephone": _lines(_telephone(_plain(one.text)) for one in called),
        "notes": _lines(_plain(one.text) for one in by_name.get("NOTE", ())),
        "language": _lines(_plain(one.text) for one in all_of("LANG")),
        **_address(all_of("ADR", work_first=True)),
    }
    if found["contact"] == found["company"]:
        found["contact"] = ""
    return {name: text for name, text in found.items() if text}


def _address(addresses: list[_Property]) -> dict[str, str]:
    """Return the first address that has a text. Some programs write all of it as the extension of the street."""
    for one in addresses:
        box, extended, street, city, region, postcode, country = (*_parts(one.text), *[""] * 7)[:7]
        if extended and not any((box, street, city, region, postcode, country)):
            return {"address": extended}
        if any((box, extended, street, city, region, postcode)):
            return {
                "street": _lines((street, extended, box)),
                "city": clean(city),
                "region": clean(region),
                "postcode": clean(postcode),
                "country": clean(country),
            }
    return {}


def _telephone(text: str) -> str:
    number, _semicolon, more = text.removeprefix("tel:").partition(";")
    extension = more.removeprefix("ext=") if more.startswith("ext=") else ""
    return f"{number} x{extension}" if extension else number


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(filter(None, (text.strip() for text in texts))))


def _parts(text: str) -> tuple[str, ...]:
    """Split at `;` outside of escapes."""
    parts = [""]
    for piece in _PIECE.findall(text):
        if piece == ";":
            parts.append("")
        else:
            parts[-1] += piece
    return tuple(_plain(part).strip() for part in parts)


def _plain(text: str) -> str:
    """Undo the escapes: `\\n` is a line end, and any other character is itself."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)
