"""Text folded for searching and sorting: no case, no accents."""

import unicodedata

_APART = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "œ": "oe", "æ": "ae", "ð": "d", "þ": "th"})


def fold(text: str) -> str:
    """`Îles & Fils` → `iles & fils`."""
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_APART)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def like(text: str) -> str:
    """A LIKE pattern (with ESCAPE '\\\\') for folded text that contains `text`."""
    escaped = fold(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
