"""Make text from outside safe for a terminal, a mail header and a document."""

import json
import re
import unicodedata
from typing import Any

# C0 and C1 controls, DEL, soft hyphen, bidi marks and overrides, zero-width characters, invisible operators,
# interlinear and tag characters, lone surrogates. Nobody types them on purpose, and all of them can disguise a text.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
# The zero-width joiner and non-joiner change how letters of these scripts join (Unicode, chapters 9, 12, 13 and 16),
# and the joiner combines several emoji into one (UTS 51). They are kept between two such characters and removed
# elsewhere.
_JOINED = (
    "\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1b00-\u1bff\ua840-\ua87f\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010ac0-\U00010aff\U00010d00-\U00010d3f\U00011000-\U00011fff\U0001e900-\U0001e95f"
)
_PICTURES = "\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_JOINER = re.compile("[\u200c\u200d]")
# Compiled on first use, because few texts have a joiner.
_LOOSE_JOINER = (
    f"(?:(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}]))"
    f"(?<!(?<=[{_PICTURES}\ufe0f])\u200d(?=[{_PICTURES}]))"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    """Return the text as one line in NFC, without control, bidi or invisible characters.

    Line breaks and tabs become spaces.
    """
    return " ".join(clean_lines(text).replace("\t", " ").split("\n")).strip()


def clean_lines(text: str) -> str:
    """Clean a text that may have several lines: like `clean`, but `\\n` and tabs are kept.

    Every kind of line end becomes `\\n`.
    """
    seen = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    if _JOINER.search(seen):
        seen = re.sub(_LOOSE_JOINER, "", seen)
    return unicodedata.normalize("NFC", seen)


def from_json(text: str) -> Any:
    """Parse a JSON text and clean every string in it with `clean_lines`.

    The JSON source alone looks harmless: an escaped control character is plain ASCII there. Raises ValueError if the
    text is not JSON, and RecursionError if it is nested too deeply.
    """
    return cleaned(json.loads(text))


def cleaned(found: Any) -> Any:
    """Return a value of JSON with every string in it cleaned with `clean_lines`."""
    match found:
        case str():
            return clean_lines(found)
        case list():
            return [cleaned(part) for part in found]
        case dict():
            return {clean_lines(name): cleaned(part) for name, part in found.items()}
    return found
