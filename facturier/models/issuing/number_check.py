"""Look for gaps and duplicates in the numbers of invoices, credit notes and estimates."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from facturier.models.issuing.number_runs import Run, read_runs, split, texts
from facturier.models.settings.series import KINDS, Place, Series, literal
from facturier.models.settings.settings import read_company
from facturier.models.store.store import Store

_LAST_DIGITS = re.compile(r"(.*?)([0-9]{1,9})([^0-9]*)")
_LARGEST_GAP = 100_000  # numbers of a gap that are looked at one by one; a larger one is told as a whole


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


class _Given(NamedTuple):
    """Numbers in a series, one after the other."""

    first: int
    last: int


def check_numbers(store: Store) -> NumberCheck:
    """Check all numbers, those that drafts have reserved too.

    Numbers of an earlier pattern are compared by their last digits. A number that was typed for one document can fill a
    gap, and makes none.
    """
    company = read_company(store)
    series = {kind: company.series_of(kind) for kind in KINDS}
    runs = read_runs(store)
    given: dict[tuple[str, str, str], list[_Given]] = defaultdict(list)  # by kind, pattern and period
    for run in runs:
        if not run.own and run.kind in series:
            for pattern, period, some in _places(series[run.kind], run):
                given[run.kind, pattern, period].append(some)
    used = _Used(runs)
    gaps = [
        gap
        for kind, pattern, period in sorted(given)
        for gap in _gaps(kind, Series(pattern), period, given[kind, pattern, period], used)
    ]
    return NumberCheck(sum(run.size for run in runs), tuple(gaps), tuple(_duplicates(runs)))


class _Used:
    """All numbers that documents have."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self._runs: dict[tuple[str, int], list[_Given]] = defaultdict(list)
        for run in runs:
            self._runs[run.head, run.width].append(_Given(run.first, run.last))
        for some in self._runs.values():
            some.sort()

    def __contains__(self, number: str) -> bool:
        head, width, n = split(number)
        some = self._runs.get((head, width), [])
        place = bisect_right(some, (n, n)) if some else 0
        return any(one.first <= n <= one.last for one in some[max(place - 1, 0) : place + 1])


def _places(series: Series, run: Run) -> Iterator[tuple[str, str, _Given]]:
    """Yield the pattern and the period of the numbers of a run, and their places."""
    for part in _same_zeros(run):
        first, last = (_place(series, part.text(n)) for n in (part.first, part.last))
        if first is not None and last is not None and first[:2] == last[:2] and last[2] - first[2] + 1 == part.size:
            yield first[0], first[1], _Given(first[2], last[2])
        elif part.size > 1:  # the digits at the end are not the number in the series, as in 12/2026
            for n in range(part.first, part.last + 1):
                yield from _places(series, part._replace(first=n, last=n))


def _same_zeros(run: Run) -> Iterator[Run]:
    """Split a run into numbers that begin with a zero and others. They may be of different patterns, and 0 is of
    none."""
    if run.first == 0 and run.size > 1:
        run = run._replace(first=1)
    first = 10 ** (run.width - 1) if run.width else 0
    if run.first < first <= run.last:
        yield run._replace(last=first - 1)
        yield run._replace(first=first)
    else:
        yield run


def _place(series: Series, number: str) -> tuple[str, str, int] | None:
    """Return pattern, period and place of a number in a series, or in one of an earlier pattern."""
    one: Series | None = series
    if (place := series.find(number)) is None and (one := _by_digits(number)) is not None:
        place = one.find(number)
    return (one.pattern, *place) if one is not None and place is not None else None


def _by_digits(number: str) -> Series | None:
    """Return a series that a number of an earlier pattern may have been in."""
    parts = _LAST_DIGITS.fullmatch(number)
    if parts is None:
        return None
    before, digits, after = parts.groups()
    count = f"{{n:0{len(digits)}}}" if digits.startswith("0") else "{n}"
    return Series(f"{literal(before)}{count}{literal(after)}")


def _gaps(kind: str, series: Series, period: str, given: list[_Given], used: _Used) -> Iterator[Gap]:
    for before, after in pairwise(sorted(given)):  # they do not overlap: each number has one place
        missing = range(before.last + 1, after.first)
        if len(missing) > _LARGEST_GAP:
            yield _gap(kind, series, period, missing)
            continue
        start = missing.start
        for n in missing:
            if series.at(Place(period, n)) in used:
                if start < n:
                    yield _gap(kind, series, period, range(start, n))
                start = n + 1
        if start < after.first:
            yield _gap(kind, series, period, range(start, after.first))


def _gap(kind: str, series: Series, period: str, missing: range) -> Gap:
    first, last = (series.at(Place(period, n)) for n in (missing[0], missing[-1]))
    return Gap(kind, first, last, len(missing))


def _duplicates(runs: Iterable[Run]) -> Iterator[tuple[str, ...]]:
    alike: dict[tuple[str, int], list[Run]] = defaultdict(list)
    for run in runs:
        alike[run.head.casefold(), run.width].append(run)
    for some in alike.values():
        some.sort(key=lambda run: run.first)
        if any(before.last >= after.first for before, after in pairwise(some)):
            same: dict[str, list[str]] = defaultdict(list)
            for number in texts(some):
                same[number.casefold()].append(number)
            yield from (tuple(sorted(numbers)) for numbers in same.values() if len(numbers) > 1)
