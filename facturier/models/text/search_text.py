"""Text folded for searching and sorting: no case, no accents."""

import re
import unicodedata
from collections.abc import Iterable

_APART = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "œ": "oe", "æ": "ae", "ð": "d", "þ": "th", "\u200c": "", "\u200d": ""}
)


def fold(text: str) -> str:
    """`Îles & Fils` → `iles & fils`."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_APART)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


# Two spaces before each word: then its beginning, too, is three letters in a row, which is what the index knows.
_BEFORE = "  "
_AMOUNT = re.compile(r"(\d{1,3}(?:[,’']\d{3})+|\d+)(?:[.,](\d{1,3}))?")


def spread(parts: Iterable[str]) -> str:
    """Every word of these texts once, folded, as `sought` finds it."""
    words = dict.fromkeys(word for part in parts for word in fold(part).split())
    return "".join(_BEFORE + word for word in words)


def sought(text: str) -> tuple[tuple[str, ...], ...]:
    """For each word of `text`, what of which one must stand in a `spread` text: the word anywhere, or, where it has one
    or two letters, at the beginning of another. An amount may be typed as it is read (`1,234.50`, `1234,5`), and is
    sought as it is kept too."""
    return tuple(tuple(dict.fromkeys((_anywhere(word), _anywhere(_kept(word))))) for word in fold(text).split())


def _kept(word: str) -> str:
    if not (amount := _AMOUNT.fullmatch(word)):
        return word
    whole = re.sub(r"\D", "", amount[1])
    return f"{whole}.{amount[2]}" if amount[2] else whole


def _anywhere(word: str) -> str:
    return word if len(word) > len(_BEFORE) else f"{_BEFORE}{word}"[-3:]
