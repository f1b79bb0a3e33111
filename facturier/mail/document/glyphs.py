"""Detect text that cannot be printed: characters that no font has, and too many marks on one letter.

Under PDF/UA, Typst names the characters without a glyph.
"""

import re
import unicodedata

from facturier.mail.errors import DocumentError
from facturier.models.text.i18n import _

_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")  # how Typst writes a mark, a joiner or a variation selector
_UNSEEN = re.compile(r"[\s\u200c\u200d\ufe00-\ufe0f]")
_REFUSED = re.compile(r'^error: .*the text `"(.*)"` could not be displayed', re.MULTILINE)
# Unicode Standard Annex 15, “Stream-Safe Text Format”: no language needs more than 30 marks on one letter.
_MOST_MARKS = 30
# A quick search for texts that may have so many marks. European languages never have such long runs of these
# characters.
_MAY_BE_MARKS = re.compile(f"[^\x00-\u02ff]{{{_MOST_MARKS + 1},}}")


class MissingGlyphs(DocumentError):
    """The document would have gaps. `characters` are the characters that no font has, without duplicates."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        named = ", ".join(_named(character) for character in characters)
        super().__init__(
            _("No font has these characters: {characters}.").format(characters=named),
            todo=_("Replace them, or choose a folder with fonts that contain them."),
        )
        self.characters = characters


def glyph_error(diagnostic: str) -> MissingGlyphs | None:
    """Return an error for the characters that a failed compilation names, or None if it failed for another reason."""
    texts = (_ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) for text in _REFUSED.findall(diagnostic))
    characters = dict.fromkeys(_UNSEEN.sub("", "".join(texts)))
    # For a keycap emoji, Typst names every part, including the digit, which our own font has.
    missing = tuple(character for character in characters if not character.isascii()) or tuple(characters)
    return MissingGlyphs(missing) if missing else None


def check_marks(said: str) -> None:
    """Raises DocumentError if a letter has more than 30 marks.

    No language needs more (see `_MOST_MARKS`), and thousands of them crash Typst.
    """
    for text in _MAY_BE_MARKS.findall(said):
        marks = 0
        for character in text:
            marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
            if marks > _MOST_MARKS:
                raise DocumentError(
                    _("A letter has more than {most} accents: {text}…").format(most=_MOST_MARKS, text=text[:8]),
                    todo=_("Correct the text."),
                )


def _named(character: str) -> str:
    """Return a character with its code and name, such as `😀 (U+1F600 GRINNING FACE)`.

    The terminal may have no glyph for it either.
    """
    name = unicodedata.name(character, "")
    return f"{character} (U+{ord(character):04X}{' ' + name if name else ''})"
