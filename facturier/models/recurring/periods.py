"""The days of recurring invoices: every n days, weeks, months or years, counted from the first day."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Day
from datetime import timedelta

from facturier.models.books.status import PeriodUnit
from facturier.models.errors import InputError
from facturier.models.text.dates.dates import FIRST, LAST
from facturier.models.text.i18n import _
from facturier.models.text.search_text import fold

_MOST_EVERY = 1000
_DAYS = {PeriodUnit.DAY: 1, PeriodUnit.WEEK: 7}
_MONTHS = {PeriodUnit.MONTH: 1, PeriodUnit.YEAR: 12}
# What people type, folded, with the number of units that one of them has.
_UNITS = {
    **dict.fromkeys(("day", "days", "d", "daily", "jour", "jours", "j"), (1, PeriodUnit.DAY)),
    **dict.fromkeys(("week", "weeks", "w", "weekly", "semaine", "semaines", "sem"), (1, PeriodUnit.WEEK)),
    **dict.fromkeys(("month", "months", "m", "monthly", "mois"), (1, PeriodUnit.MONTH)),
    **dict.fromkeys(("quarter", "quarters", "quarterly", "trimestre", "trimestres"), (3, PeriodUnit.MONTH)),
    **dict.fromkeys(("year", "years", "y", "yearly", "annually", "an", "ans", "annee", "annees"), (1, PeriodUnit.YEAR)),
}
_TYPED = re.compile(r"(?:(?:every|each|chaque|tous les|toutes les)\s+)?(?:(\d{1,4})\s*)?([a-z]+)")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When something recurs. `until` is the last possible day, and `most` the number of periods; None for no end.

    Each period is counted from `first`, so that periods never drift: after 31 January comes 28 February, then 31 March.
    """

    every: int
    unit: PeriodUnit
    first: Day
    until: Day | None = None
    most: int | None = None

    def nth(self, n: int) -> Day | None:
        """Return the day of a period, 0 for the first; None if it is over by then."""
        if n < 0 or (self.most is not None and n >= self.most):
            return None
        if self.unit in _DAYS:
            days = n * self.every * _DAYS[self.unit]
            day = self.first + timedelta(days) if days <= (LAST - self.first).days else None
        else:
            day = _months_later(self.first, n * self.every * _MONTHS[self.unit])
        return day if day is not None and day <= (self.until or LAST) else None

    def since(self, day: Day) -> Iterator[Day]:
        """Yield the periods from a day on, that day included."""
        n = self._before(day)
        while (period := self.nth(n)) is not None:
            if period >= day:
                yield period
            n += 1

    def after(self, day: Day) -> Day | None:
        """Return the first period after a day; None if there is none."""
        return next((period for period in self.since(day + timedelta(1))), None)

    def last_of(self, period: Day) -> Day:
        """Return the last day of a period: the day before the next one begins, whether there is an end or not."""
        following = Rhythm(self.every, self.unit, self.first).after(period)
        return following - timedelta(1) if following is not None else period

    def _before(self, day: Day) -> int:
        """Return the number of a period that is not after a day, or 0."""
        if self.unit in _DAYS:
            n = (day - self.first).days // (self.every * _DAYS[self.unit])
        else:
            months = (day.year - self.first.year) * 12 + day.month - self.first.month
            n = months // (self.every * _MONTHS[self.unit]) - 1
        return max(n, 0)


def parse_every(text: str) -> tuple[int, PeriodUnit]:
    """Return what a person typed as a number and a unit: `month`, `2 weeks`, `quarter`, `3 mois`. Raises InputError."""
    typed = _TYPED.fullmatch(fold(text).strip())
    known = _UNITS.get(typed[2]) if typed is not None else None
    if typed is None or known is None:
        raise InputError(
            _("“{text}” is not understood. Enter month, 2 weeks, quarter or 1 year.").format(text=text.strip())
        )
    every = int(typed[1] or 1) * known[0]
    if not 1 <= every <= _MOST_EVERY:
        raise InputError(_("Enter a number from 1 to {most}.").format(most=_MOST_EVERY))
    return every, known[1]


def check_rhythm(rhythm: Rhythm) -> Rhythm:
    """Raises InputError if it has no period at all."""
    if not FIRST <= rhythm.first <= LAST:
        raise InputError(_("“{text}” is not a valid date.").format(text=rhythm.first.isoformat()))
    if rhythm.most is not None and rhythm.most < 1:
        raise InputError(_("The number of invoices must be at least 1."))
    if rhythm.until is not None and rhythm.until < rhythm.first:
        raise InputError(_("The last day cannot be before the first."))
    return rhythm


def _months_later(day: Day, months: int) -> Day | None:
    """Return the day that many months later, or the last day of that month if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > LAST.year:
        return None
    following = Day(year + month // 11, (month + 1) % 12 + 1, 1)
    last = (following - timedelta(1)).day
    return Day(year, month + 1, min(day.day, last))
