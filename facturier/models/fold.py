"""Text folded for searching and sorting: no case, no accents."""

import re
import unicodedata
from collections.abc import Iterable

_APART = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "œ": "oe", "æ": "ae", "ð": "d", "þ": "th"})


def fold(text: str) -> str:
    """`Îles & Fils` → `iles & fils`."""
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_APART)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def like(text: str) -> str:
    """A LIKE pattern (with ESCAPE '\\\\') for folded text that contains `text`."""
    escaped = fold(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


# Two spaces before each word: then its beginning, too, is three letters in a row, which is what the index knows.
_BEFORE = "  "
_AMOUNT = re.compile(r"(\d{1,3}(?:[,’']\d{3})+|\d+)(?:[.,](\d{1,3}))?")


def spread(parts: Iterable[str]) -> str:
    """Every word of these texts once, folded, as `sought` finds it."""
    words = dict.fromkeys(word for part in parts for word in fold(part).split())
    return "".join(_BEFORE + word for word in words)


def sought(text: str) -> tuple[str, ...]:
    """What must stand in a `spread` text for each word of `text`: the word anywhere, or, where it has one or two
    letters, at the beginning of another. Amounts may be typed as they are read: `1,234.50`, `1234,5`."""
    found = []
    for word in fold(text).split():
        if amount := _AMOUNT.fullmatch(word):
            whole = re.sub(r"\D", "", amount[1])
            word = f"{whole}.{amount[2]}" if amount[2] else whole
        found.append(word if len(word) > len(_BEFORE) else f"{_BEFORE}{word}"[-3:])
    return tuple(found)
