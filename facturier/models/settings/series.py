"""Number series: a pattern for each kind of document, such as `F-{year}-{n:04}`, and the next number."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from facturier.models.errors import InputError
from facturier.models.store.damaged_rows import text, whole
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _

KINDS = ("invoice", "credit_note", "estimate")  # as in `facturier.models.books.status.InvoiceKind`
EXAMPLE = "F-{year}-{n:04}"
LONGEST = 40  # characters of a pattern
LARGEST = 10**15

_FIELD = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]")
_COUNT = re.compile(r"\{n(?::0([1-9]))?\}")
# Commands take `@12` for an id and `-1` for an option.
_RESERVED_STARTS = ("@", "-")


class Place(NamedTuple):
    """The place of a number in its series. `period` is a year, or empty if the pattern has no year."""

    period: str
    n: int


class Series(NamedTuple):
    """The numbers of one kind of document.

    In `pattern`, `{n}` is the number itself, `{n:04}` the number with at least four digits, `{year}` the year of the
    document's date, and `{{` and `}}` are braces. With a year, the series begins with 1 again each year. `next` has the
    next number of each period; a period that is not there begins with 1.
    """

    pattern: str
    next: Mapping[str, int] = {}

    @property
    def yearly(self) -> bool:
        return _is_yearly(self.pattern)

    def place(self, day: date) -> Place:
        """Return the next place for a document of this day."""
        period = f"{day.year:04}" if self.yearly else ""
        return Place(period, self.next.get(period, 1))

    def at(self, place: Place) -> str:
        """Return the number at a place."""
        return self.pattern.format(n=place.n, year=place.period)  # `_fields` lets only these two in

    def number(self, day: date) -> str:
        """Return the next number for a document of this day."""
        return self.at(self.place(day))

    def find(self, number: str) -> Place | None:
        """Return the place of a number, or None if it is not one of this series."""
        found = _expression(self.pattern).fullmatch(number)
        if found is None:
            return None
        place = Place(found["year"] if self.yearly else "", int(found["n"]))
        return place if self.at(place) == number and 0 < place.n < LARGEST else None

    def continued(self, place: Place) -> "Series":
        """Return the series with this place as the next of its period."""
        return self._replace(next={**self.next, place.period: place.n})


DEFAULTS = {
    "invoice": Series("{n}", {"": 1001}),
    "credit_note": Series("CN-{n}"),
    "estimate": Series("E-{n}"),
}
FRENCH_DEFAULTS = {**DEFAULTS, "credit_note": Series("NC-{n}")}  # of companies whose language is French


def after_prefix(prefix: str, next_number: int) -> Series:
    """Return the series of a company that had a prefix and a next number."""
    return Series(f"{literal(prefix)}{{n}}", {"": next_number})


def literal(words: str) -> str:
    """Return a text as a pattern has it."""
    return words.replace("{", "{{").replace("}", "}}")


def check_pattern(pattern: str) -> str:
    """Return a pattern that a person typed. Raises InputError if it cannot be used."""
    pattern = pattern.strip()
    check_start(pattern)
    if clean(pattern) != pattern or not pattern.isprintable():
        raise InputError(_("A pattern cannot have control characters. Example: {example}").format(example=EXAMPLE))
    if len(pattern) > LONGEST:
        raise InputError(_("A pattern has at most {most} characters.").format(most=LONGEST))
    fields = _fields(pattern)
    unknown = [field for field in fields if field != "{year}" and not _COUNT.fullmatch(field)]
    if unknown:
        words = _("Unknown field “{field}”. Use {number} and {year}. Example: {example}")
        raise InputError(words.format(field=unknown[0], number="{n}", year="{year}", example=EXAMPLE))
    if not _is_complete(fields):
        words = _("A pattern has {number} once, and {year} at most once. Example: {example}")
        raise InputError(words.format(number="{n}", year="{year}", example=EXAMPLE))
    return pattern


def check_start(number: str) -> str:
    """Return a pattern or a number. Raises InputError if commands would take it for something else."""
    if number.startswith(_RESERVED_STARTS):
        words = _("A number cannot start with “{start}”. Example: {example}")
        raise InputError(words.format(start=number[0], example=EXAMPLE))
    return number


def overlap(one: Series, other: Series) -> bool:
    """Return whether two series could give the same number, judged by a few of the numbers of each."""
    samples = [Place("2026", n) for n in (1, 12, 123, 12345)]
    return any(second.find(first.at(place)) for place in samples for first, second in ((one, other), (other, one)))


def read_series(stored: dict[str, Any]) -> dict[str, Series]:
    """Return the series from their JSON form. Raises ValueError, TypeError or LookupError if they are not valid."""
    return {kind: _read(stored[kind]) for kind in KINDS if kind in stored}


def _read(stored: dict[str, Any]) -> Series:
    pattern = text(stored["pattern"])
    if not _is_complete(_fields(pattern)):
        raise ValueError(f"no pattern: {pattern}")
    return Series(pattern, {text(period): whole(n, 0, LARGEST) for period, n in stored["next"].items()})


def write_series(series: Mapping[str, Series]) -> dict[str, Any]:
    """Return the JSON form that `read_series` reads."""
    return {kind: {"pattern": one.pattern, "next": {**one.next}} for kind, one in series.items()}


def _fields(pattern: str) -> list[str]:
    """Return the fields of a pattern, and braces that should have been doubled."""
    return [field for field in _FIELD.findall(pattern) if field not in ("{{", "}}")]


def _is_complete(fields: list[str]) -> bool:
    """Return whether there is one number, at most one year, and nothing else."""
    counts = [field for field in fields if _COUNT.fullmatch(field)]
    years = [field for field in fields if field == "{year}"]
    return len(counts) == 1 and len(years) <= 1 and len(fields) == len(counts) + len(years)


@cache
def _is_yearly(pattern: str) -> bool:
    return "{year}" in _fields(pattern)


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    parts: list[str] = []
    at = 0
    for field in _FIELD.finditer(pattern):
        parts.append(re.escape(pattern[at : field.start()]))
        at = field.end()
        if _COUNT.fullmatch(field[0]):
            parts.append("(?P<n>[0-9]{1,18})")
        else:
            parts.append("(?P<year>[0-9]{4})" if field[0] == "{year}" else re.escape(field[0][0]))
    return re.compile("".join([*parts, re.escape(pattern[at:])]))
