"""The levels of reminders: how many days before or after the due date each is sent, and what it says.

A level is known by its days, so that levels can be added and removed without sending one twice.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby
from typing import Any

from facturier.models.errors import InputError
from facturier.models.store.damaged_rows import text, whole
from facturier.models.text.decimals import parse_decimal, plain, read_decimal
from facturier.models.text.i18n import _, ngettext
from facturier.models.text.money import exact_minor
from facturier.models.text.search_text import fold

EARLIEST, LATEST = -90, 3650  # days relative to the due date
MOST = 12  # levels
_HIGHEST = 100  # percent per year: what is above is a typing mistake


class Tone(StrEnum):
    """How a reminder speaks, if the company has no text of its own for the level."""

    SOON = "soon"  # before the due date
    TODAY = "today"
    FRIENDLY = "friendly"
    FIRM = "firm"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of reminders.

    `days` counts from the due date, negative before it. `texts` has the company's own text for a language, in Markdown;
    a missing one means the built-in text. `interest` is a percentage per year, and `fee` an amount in the currency of
    the invoice, both decimal text, empty for none: they are only mentioned in the email.
    """

    days: int
    texts: Mapping[str, str] = field(default_factory=dict)
    interest: str = ""
    fee: str = ""

    @property
    def tone(self) -> Tone:
        if self.days <= 0:
            return Tone.SOON if self.days < 0 else Tone.TODAY
        if self.days < 14:
            return Tone.FRIENDLY
        return Tone.FIRM if self.days < 30 else Tone.FINAL


DEFAULT_LEVELS = tuple(Level(days) for days in (-3, 0, 7, 21, 45))

_BEFORE = {"before", "avant", "early", "d'avance"}
_AFTER = {"after", "late", "apres", "de retard", "en retard"}
_ON_THE_DAY = {
    *("on the day", "the day", "same day", "on the due date", "due date", "on due date", "due"),
    *("le jour meme", "le jour", "jour meme", "a l'echeance", "echeance", "le jour de l'echeance"),
}
_UNITS = {"": 1, "d": 1, "day": 1, "days": 1, "j": 1, "jour": 1, "jours": 1}
_WEEKS = {"w": 7, "week": 7, "weeks": 7, "sem": 7, "semaine": 7, "semaines": 7}
_PIECE = re.compile(r"([+-]?)\s*(\d{1,4})\s*([a-z]*)\s*([a-z' ]*)")
_SEPARATORS = re.compile(r"[,;\n]|\band\b|\bet\b")


def parse_levels(typed: str, known: Sequence[Level] = ()) -> tuple[Level, ...]:
    """Return the levels that a person typed: `3 days before, on the day, 7, 21, 45 days after`, or the same in French.

    A number without a word takes the word of the next one. Levels in `known` keep their texts. Empty: no reminders.
    Raises InputError.
    """
    found: list[int] = []
    waiting: list[tuple[int, int]] = []  # numbers whose direction comes later, with their unit or 0
    for piece in filter(None, (part.strip() for part in _SEPARATORS.split(fold(typed).replace("’", "'")))):
        if piece in _ON_THE_DAY:
            found += [count * (unit or 1) for count, unit in waiting] + [0]
            waiting = []
            continue
        count, unit, sign = _read_piece(piece)
        if sign == 0 and count:
            waiting.append((count, unit))
            continue
        found += [number * (its or unit or 1) * (sign or 1) for number, its in waiting]
        found.append(count * (unit or 1) * (sign or 1))
        waiting = []
    found += [count * (unit or 1) for count, unit in waiting]
    days = sorted(set(found))
    if len(days) > MOST:
        raise InputError(_("There can be at most {most} levels.").format(most=MOST))
    for one in days:
        if not EARLIEST <= one <= LATEST:
            words = _("A reminder can be sent from {before} days before to {after} days after the due date.")
            raise InputError(words.format(before=-EARLIEST, after=LATEST))
    kept = {level.days: level for level in known}
    return tuple(kept.get(one) or Level(one) for one in days)


def _read_piece(piece: str) -> tuple[int, int, int]:
    """Return the number, its unit in days or 0, and -1 for before, 1 for after or 0 for neither."""
    read = _PIECE.fullmatch(piece)
    if read is not None:
        unit, word = read[3], read[4].strip()
        if unit not in (_UNITS | _WEEKS):
            unit, word = "", f"{unit} {word}".strip()
        sign = -1 if word in _BEFORE or read[1] == "-" else 1 if word in _AFTER or read[1] == "+" else 0
        if sign or not word:
            return int(read[2]), (_UNITS | _WEEKS)[unit] if unit else 0, sign
    raise InputError(
        _("“{text}” is not a time for a reminder. Example: 3 days before, on the day, 7, 21, 45 days after.").format(
            text=piece
        )
    )


def levels_text(days: Iterable[int]) -> str:
    """Return the levels in the reader's words, as `parse_levels` reads them back."""
    return ", ".join(_groups(sorted(days)))


def _groups(days: list[int]) -> Iterator[str]:
    for sign, some in groupby(days, key=lambda one: (one > 0) - (one < 0)):
        *first, last = [abs(one) for one in some]
        yield ", ".join([*map(str, first), level_text(sign * last)])


def level_text(days: int) -> str:
    """Return the time of one level in the reader's words: `3 days before`, `on the day`, `21 days after`."""
    if days == 0:
        return _("on the day")
    if days < 0:
        return ngettext("{n} day before", "{n} days before", -days).format(n=-days)
    return ngettext("{n} day after", "{n} days after", days).format(n=days)


def with_level(levels: Sequence[Level], level: Level) -> tuple[Level, ...]:
    """Return the levels with one of them replaced."""
    return tuple(level if one.days == level.days else one for one in levels)


def with_text(level: Level, language: str, written: str) -> Level:
    """Return the level with its text in a language, or with the built-in text if it is empty."""
    texts = {known: one for known, one in level.texts.items() if known != language}
    return replace(level, texts=texts | ({language: written} if written.strip() else {}))


def check_interest(typed: str) -> str:
    """Return a percentage per year that a person typed, as decimal text. Raises InputError."""
    typed = typed.strip().removesuffix("%").strip()
    if not typed:
        return ""
    percent = parse_decimal(typed)
    if not 0 < percent <= _HIGHEST:
        raise InputError(_("Enter a percentage per year from 0 to {most}.").format(most=_HIGHEST))
    return plain(percent)


def check_fee(typed: str, currency: str) -> str:
    """Return a fee that a person typed, as decimal text. It is charged in the currency of the invoice; `currency` is
    the company's. Raises InputError."""
    if not typed.strip():
        return ""
    fee = parse_decimal(typed, currency)
    exact_minor(fee, currency)
    if not 0 < fee < 10_000_000:
        raise InputError(_("Enter an amount above zero."))
    return plain(fee)


def read_levels(stored: list[dict[str, Any]]) -> tuple[Level, ...]:
    """Return the levels from their JSON form. Raises ValueError, TypeError, LookupError or InputError if not valid."""
    levels = [
        Level(
            whole(one["days"], EARLIEST, LATEST),
            {text(language): text(words) for language, words in one.get("texts", {}).items()},
            _number(one.get("interest", "")),
            _number(one.get("fee", "")),
        )
        for one in stored
    ]
    if len({level.days for level in levels}) != len(levels):
        raise ValueError("two levels on the same day")
    return tuple(sorted(levels, key=lambda level: level.days))


def _number(stored: Any) -> str:
    found = text(stored)
    try:
        return plain(read_decimal(found)) if found else ""
    except InputError as error:
        raise ValueError(str(error)) from error


def write_levels(levels: Iterable[Level]) -> list[dict[str, Any]]:
    """Return the JSON form that `read_levels` reads."""
    return [
        {"days": level.days, "texts": {**level.texts}, "interest": level.interest, "fee": level.fee} for level in levels
    ]
