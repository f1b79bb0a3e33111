"""Fold text for searching and sorting, without case or accents."""

import re
import unicodedata
from collections.abc import Iterable

_APART = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "œ": "oe", "æ": "ae", "ð": "d", "þ": "th", "\u200c": "", "\u200d": ""}
)


def fold(text: str) -> str:
    """Return the text in small letters without accents: `Îles & Fils` → `iles & fils`."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_APART)
    # SQLite cannot take lone surrogates, which come from arguments that are not UTF-8.
    return "".join(letter for letter in apart if not (unicodedata.combining(letter) or "\ud800" <= letter <= "\udfff"))


# With two spaces before each word, even a one-letter prefix of a word is a sequence of three characters. The search
# index only finds sequences of three.
_BEFORE = "  "
_AMOUNT = re.compile(r"(\d{1,3}(?:[,’']\d{3})+|\d+)(?:[.,](\d{1,3}))?")


def spread(parts: Iterable[str]) -> str:
    """Return every distinct word of the texts, folded, in the form that `sought` searches."""
    words = dict.fromkeys(" ".join(map(fold, parts)).split())
    return "".join(_BEFORE + word for word in words)


def sought(text: str) -> tuple[tuple[str, ...], ...]:
    """Return, for each word of `text`, the alternatives to look for in a `spread` text. One of them must be there.

    A word of three or more letters matches anywhere inside a word. A shorter one matches only at the start of a word.
    An amount may be typed with grouping or a decimal comma (`1,234.50`, `1234,5`); its stored form is an alternative.
    """
    return tuple(tuple(dict.fromkeys((_anywhere(word), _anywhere(_kept(word))))) for word in fold(text).split())


def _kept(word: str) -> str:
    if not (amount := _AMOUNT.fullmatch(word)):
        return word
    whole = re.sub(r"\D", "", amount[1])
    return f"{whole}.{amount[2]}" if amount[2] else whole


def _anywhere(word: str) -> str:
    return word if len(word) > len(_BEFORE) else f"{_BEFORE}{word}"[-3:]
