"""Text from outside, made safe for a terminal, a mail header and a document."""

import json
import re
import unicodedata
from typing import Any

# C0 and C1 controls, DEL, soft hyphen, bidi marks and overrides, zero-width characters, invisible operators,
# interlinear and tag characters, lone surrogates: nothing that a person types on purpose and everything that can lie.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    """One line of text, NFC, without control, bidi or invisible characters; breaks and tabs become spaces."""
    return " ".join(clean_lines(text).replace("\t", " ").split("\n")).strip()


def clean_lines(text: str) -> str:
    """Text that may have several lines: as `clean`, but `\\n` and tabs stay. Line ends of every kind become `\\n`."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", _LINE_ENDS.sub("\n", text)))


def from_json(text: str) -> Any:
    """What a JSON text holds, every string of it as `clean_lines` leaves it: in JSON an ESC looks like plain ASCII."""
    return _cleaned(json.loads(text))


def _cleaned(found: Any) -> Any:
    match found:
        case str():
            return clean_lines(found)
        case list():
            return [_cleaned(part) for part in found]
        case dict():
            return {clean_lines(name): _cleaned(part) for name, part in found.items()}
    return found
