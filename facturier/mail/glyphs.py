"""Characters that no font has: Typst refuses to print them under PDF/UA, and names them."""

import re
import unicodedata

from facturier.mail.errors import DocumentError
from facturier.models.language import _

_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")  # how Typst writes what cannot be seen: a joiner, a variation selector
_REFUSED = re.compile(r'^error: .*the text `"(.*)"` could not be displayed', re.MULTILINE)


class MissingGlyphs(DocumentError):
    """The document would have holes. `characters` are those that no font has, each once."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        named = ", ".join(_named(character) for character in characters)
        super().__init__(
            _("No font has these characters: {characters}.").format(characters=named),
            todo=_("Replace them, or name a folder with fonts that have them in Settings."),
        )
        self.characters = characters


def glyph_error(diagnostic: str) -> MissingGlyphs | None:
    """The characters that a failed compilation names, as an error; None where it failed for another reason."""
    texts = (_ESCAPED.sub("", text) for text in _REFUSED.findall(diagnostic))
    characters = dict.fromkeys(character for text in texts for character in text if not character.isspace())
    return MissingGlyphs(tuple(characters)) if characters else None


def _named(character: str) -> str:
    """`😀 (U+1F600 GRINNING FACE)`: a terminal may have no glyph for it either."""
    name = unicodedata.name(character, "")
    return f"{character} (U+{ord(character):04X}{' ' + name if name else ''})"
