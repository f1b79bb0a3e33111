"""Strictly read JSON that a person or another program wrote.

Text that two programs could read differently is rejected: duplicate keys, NaN, unknown encodings. Error messages are
our own, in the reader's language, not Python's.
"""

import codecs
import json
from typing import Any

from facturier.models.errors import InputError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _

# UTF-32 marks come before UTF-16 marks, because the UTF-32-LE mark starts with the UTF-16-LE mark.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
OTHER_FILES = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")  # .xlsx or zip, PDF, .xls, gzip


def decode_text(data: bytes, name: str) -> str:
    """Decode the bytes of a text file: UTF-8, or UTF-16 or UTF-32 with a byte order mark.

    Byte order marks at the beginning are dropped: programs that join files write several. `name` is the file name for
    errors. Raises InputError if the bytes are not such text.
    """
    mark, encoding = next(((mark, encoding) for mark, encoding in MARKS if data.startswith(mark)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # text has no NUL; this is UTF-16 without a mark, or a binary file
        todo = _("Save it again as UTF-8 text.")
        if data.startswith(OTHER_FILES):
            todo = _("It looks like a workbook, a PDF or an archive. Save it again as JSON.")
        raise InputError(_("“{name}” is not a text file in UTF-8.").format(name=name), todo=todo)
    return text.lstrip("\ufeff")


def read_json(text: str, name: str) -> Any:
    """Parse a JSON text. `name` is the file name for errors.

    Raises InputError if the text is empty, is not JSON or is nested too deeply, if an object has a duplicate key, or if
    a number is NaN, infinite or longer than 100 digits.
    """
    if not text.strip():
        raise InputError(_("“{name}” is empty.").format(name=name))
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise InputError(
            _("“{name}” is not JSON. See line {line}, column {column}.").format(
                name=name, line=error.lineno, column=error.colno
            )
        ) from None
    except RecursionError:
        raise InputError(_("“{name}” is nested too deeply.").format(name=name)) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise InputError(_("The field “{name}” appears twice.").format(name=clean(key)))
        found[key] = value
    return found


def _no_number(word: str) -> Any:
    raise InputError(_("“{text}” is not a number.").format(text=word))


def _integer(digits: str) -> int:
    if len(digits) > 100:  # Python's limit is 4300 digits; no field takes 100
        raise InputError(_("“{text}” is not a number.").format(text=f"{digits[:20]}…"))
    return int(digits)
