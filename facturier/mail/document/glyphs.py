"""Text that cannot be printed: characters that no font has, which Typst names under PDF/UA, and too many marks on one
letter."""

import re
import unicodedata

from facturier.mail.errors import DocumentError
from facturier.models.text.i18n import _

_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")  # how Typst writes a mark, a joiner, a variation selector
_UNSEEN = re.compile(r"[\s\u200c\u200d\ufe00-\ufe0f]")
_REFUSED = re.compile(r'^error: .*the text `"(.*)"` could not be displayed', re.MULTILINE)
# Unicode Standard Annex 15, “Stream-Safe Text Format”: no language needs more than 30 marks on one letter.
_MOST_MARKS = 30
# Where there may be marks at all. Text in European languages never has so many of these in a row.
_MAY_BE_MARKS = re.compile(f"[^\x00-\u02ff]{{{_MOST_MARKS + 1},}}")


class MissingGlyphs(DocumentError):
    """The document would have holes. `characters` are those that no font has, each once."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        named = ", ".join(_named(character) for character in characters)
        super().__init__(
            _("No font has these characters: {characters}.").format(characters=named),
            todo=_("Replace them, or choose a folder with fonts that contain them."),
        )
        self.characters = characters


def glyph_error(diagnostic: str) -> MissingGlyphs | None:
    """The characters that a failed compilation names, as an error; None where it failed for another reason."""
    texts = (_ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) for text in _REFUSED.findall(diagnostic))
    characters = dict.fromkeys(_UNSEEN.sub("", "".join(texts)))
    # Of a digit in a keycap, every part is named. Our own font has the digit.
    missing = tuple(character for character in characters if not character.isascii()) or tuple(characters)
    return MissingGlyphs(missing) if missing else None


def check_marks(said: str) -> None:
    """Look through a text. Raises DocumentError for a letter with more marks than any language needs: Typst crashes on
    thousands of them."""
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
    """`😀 (U+1F600 GRINNING FACE)`: a terminal may have no glyph for it either."""
    name = unicodedata.name(character, "")
    return f"{character} (U+{ord(character):04X}{' ' + name if name else ''})"
