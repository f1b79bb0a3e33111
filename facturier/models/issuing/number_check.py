"""Look for gaps and duplicates in the numbers of invoices, credit notes and estimates."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from peewee import fn

from facturier.models.settings.series import KINDS, Place, Series, literal
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.store import Store

_LAST_DIGITS = re.compile(r"(.*?)([0-9]{1,9})([^0-9]*)")
_LARGEST_GAP = 100_000  # numbers of a gap that are looked at one by one

_invoice = tables.Invoice


class Gap(NamedTuple):
    """Numbers of one kind of document that no document has: `size` of them, from `first` to `last`."""

    kind: str
    first: str
    last: str
    size: int


class NumberCheck(NamedTuple):
    """`checked` is how many were looked at. Each of `duplicates` is one number as its invoices write it; capitals
    may differ."""

    checked: int
    gaps: tuple[Gap, ...]
    duplicates: tuple[tuple[str, ...], ...]

    @property
    def sound(self) -> bool:
        return not self.gaps and not self.duplicates


def check_numbers(store: Store) -> NumberCheck:
    """Check all numbers, those that drafts have reserved too.

    Numbers of an earlier pattern are compared by their last digits. A number that was typed for one document can fill a
    gap, and makes none.
    """
    company = read_company(store)
    series = {kind: company.series_of(kind) for kind in KINDS}
    number_of = fn.COALESCE(_invoice.number, _invoice.reserved)
    found = store.all(
        _invoice.select(_invoice.id, number_of, _invoice.kind, _invoice.own_number).where(number_of.is_null(False))
    )
    same: dict[str, list[str]] = defaultdict(list)
    given: dict[tuple[str, str, str], set[int]] = defaultdict(set)  # by kind, pattern and period
    for _id, number, kind, own in found:
        same[number.casefold()].append(number)
        if number == own:
            continue
        one: Series | None = series[kind]
        if (place := series[kind].find(number)) is None and (one := _by_digits(number)) is not None:
            place = one.find(number)
        if one is not None and place is not None:
            given[kind, one.pattern, place.period].add(place.n)
    used = {number for _id, number, _kind, _own in found}
    gaps = [
        gap
        for kind, pattern, period in sorted(given)
        for gap in _gaps(kind, Series(pattern), period, given[kind, pattern, period], used)
    ]
    duplicates = tuple(tuple(sorted(numbers)) for numbers in same.values() if len(numbers) > 1)
    return NumberCheck(len(found), tuple(gaps), duplicates)


def _by_digits(number: str) -> Series | None:
    """Return a series that a number of an earlier pattern may have been in."""
    parts = _LAST_DIGITS.fullmatch(number)
    if parts is None:
        return None
    before, digits, after = parts.groups()
    count = f"{{n:0{len(digits)}}}" if digits.startswith("0") else "{n}"
    return Series(f"{literal(before)}{count}{literal(after)}")


def _gaps(kind: str, series: Series, period: str, given: set[int], used: set[str]) -> Iterator[Gap]:
    for before, after in pairwise(sorted(given)):
        missing = range(before + 1, after)
        if len(missing) > _LARGEST_GAP:
            yield _gap(kind, series, period, missing)
            continue
        start = missing.start
        for n in missing:
            if series.at(Place(period, n)) in used:
                if start < n:
                    yield _gap(kind, series, period, range(start, n))
                start = n + 1
        if start < after:
            yield _gap(kind, series, period, range(start, after))


def _gap(kind: str, series: Series, period: str, missing: range) -> Gap:
    first, last = (series.at(Place(period, n)) for n in (missing[0], missing[-1]))
    return Gap(kind, first, last, len(missing))
