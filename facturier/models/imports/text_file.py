"""Read and decode a file that another program exported."""

import codecs
import re
from pathlib import Path

from facturier.models.errors import InputError
from facturier.models.imports.row import MOST_BYTES
from facturier.models.text.i18n import _
from facturier.models.text.json_text import MARKS, OTHER_FILES
from facturier.models.text.paths import read_small

_UTF_16 = {"utf-16-le": b"[^\0]\0", "utf-16-be": b"\0[^\0]"}
_SAMPLE = 4_000  # bytes


def read_import(path: Path) -> bytes:
    """Return the bytes of a file of at most `MOST_BYTES`. Raises InputError."""
    try:
        return read_small(path, MOST_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(_("Cannot read “{name}”: {reason}.").format(name=path, reason=reason)) from error


def check_size(data: bytes, name: str) -> None:
    """Raises InputError if a file is larger than `MOST_BYTES`."""
    if len(data) > MOST_BYTES:
        raise InputError(_("“{name}” is too large: {most} MB at most.").format(name=name, most=MOST_BYTES >> 20))


def decode(data: bytes, name: str) -> str:
    """Decode UTF-8, UTF-16 or UTF-32 with or without a byte order mark, or else Windows-1252.

    `name` is the file name for errors. Raises InputError if the bytes are not text.
    """
    if data.startswith(OTHER_FILES):
        raise InputError(
            _("“{name}” is a workbook, a PDF or an archive, not a text file.").format(name=name),
            todo=_("Export it as CSV or vCard, or save it as CSV in your spreadsheet program."),
        )
    mark, encoding = next(((mark, found) for mark, found in MARKS if data.startswith(mark)), (b"", _guessed(data)))
    for way in (encoding, "cp1252"):
        try:
            text = data[len(mark) :].decode(way)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError(_("“{name}” is not a text file.").format(name=name), todo=_("Export it as CSV or vCard in UTF-8."))


def as_bytes(data: bytes, name: str) -> bytes:
    """Return text in UTF-16 or UTF-32 as UTF-8, and any other bytes without a byte order mark. Raises InputError."""
    if b"\0" in data[:_SAMPLE]:
        return decode(data, name).encode()
    return data.removeprefix(codecs.BOM_UTF8)


def _guessed(data: bytes) -> str:
    """Return the encoding of a file without a mark. Western text in UTF-16 has a NUL in most of its pairs of bytes."""
    sample = data[:_SAMPLE]
    for encoding, pair in _UTF_16.items():
        pairs = re.findall(b"(?s)..", sample)
        if pairs and sum(bool(re.fullmatch(pair, two)) for two in pairs) > len(pairs) * 0.7:
            return encoding
    return "utf-8"
