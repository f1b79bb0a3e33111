"""The days of recurring invoices: no period drifts, and the end is kept."""

from calendar import monthrange
from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.models.books.status import PeriodUnit
from facturier.models.errors import InputError
from facturier.models.recurring.periods import Rhythm, check_rhythm, parse_every
from facturier.models.text.dates.dates import LAST

DAYS = st.dates(date(1999, 1, 1), date(2031, 12, 31))
RHYTHMS = st.builds(Rhythm, st.integers(1, 30), st.sampled_from(PeriodUnit), DAYS)


def iso(rhythm: Rhythm, count: int) -> list[str]:
    return [day.isoformat() for day in islice(rhythm.since(rhythm.first), count)]


def test_short_months_and_leap_years() -> None:
    last = Rhythm(1, PeriodUnit.MONTH, date(2027, 10, 31))
    assert iso(last, 6) == ["2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]
    leap = Rhythm(1, PeriodUnit.YEAR, date(2024, 2, 29))
    assert iso(leap, 5) == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]
    assert iso(Rhythm(2, PeriodUnit.WEEK, date(2026, 11, 24)), 3) == ["2026-11-24", "2026-12-08", "2026-12-22"]
    # A period ends the day before the next one begins, also the last one.
    assert last.last_of(date(2027, 11, 30)) == date(2027, 12, 30)
    assert Rhythm(1, PeriodUnit.MONTH, date(2026, 1, 1), most=1).last_of(date(2026, 1, 1)) == date(2026, 1, 31)


@given(RHYTHMS, st.integers(0, 30))
def test_the_nth_period_is_counted_from_the_first(rhythm: Rhythm, n: int) -> None:
    day = rhythm.nth(n)
    assert day is not None
    if rhythm.unit in (PeriodUnit.DAY, PeriodUnit.WEEK):
        assert day == rhythm.first + timedelta(n * rhythm.every * (7 if rhythm.unit is PeriodUnit.WEEK else 1))
    else:
        months = (day.year - rhythm.first.year) * 12 + day.month - rhythm.first.month
        assert months == n * rhythm.every * (12 if rhythm.unit is PeriodUnit.YEAR else 1)
        assert day.day == min(rhythm.first.day, monthrange(day.year, day.month)[1])
    # From there, the next one is the same, however one gets there.
    assert rhythm.after(day) == rhythm.nth(n + 1)
    assert next(rhythm.since(day)) == day
    assert rhythm.after(day - timedelta(1)) == day


@given(RHYTHMS, DAYS, st.integers(1, 40), st.integers(0, 900))
def test_it_ends(rhythm: Rhythm, day: date, most: int, days: int) -> None:
    until = rhythm.first + timedelta(days)
    ending = Rhythm(rhythm.every, rhythm.unit, rhythm.first, until, most)
    found = list(ending.since(rhythm.first))
    assert found == [one for n in range(most) if (one := rhythm.nth(n)) is not None and one <= until]
    assert list(ending.since(day)) == [one for one in found if one >= day]
    assert ending.after(found[-1]) is None


def test_the_end_of_the_calendar() -> None:
    assert Rhythm(1, PeriodUnit.YEAR, LAST).after(LAST) is None
    assert Rhythm(1, PeriodUnit.DAY, LAST).after(LAST) is None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("month", (1, PeriodUnit.MONTH)),
        ("every 2 weeks", (2, PeriodUnit.WEEK)),
        ("Quarterly", (3, PeriodUnit.MONTH)),
        ("tous les 6 mois", (6, PeriodUnit.MONTH)),
        ("année", (1, PeriodUnit.YEAR)),
        ("10 jours", (10, PeriodUnit.DAY)),
    ],
)
def test_a_rhythm_as_people_type_it(typed: str, found: tuple[int, PeriodUnit]) -> None:
    assert parse_every(typed) == found


@pytest.mark.parametrize("typed", ["", "sometimes", "0 days", "2000 weeks", "2"])
def test_not_a_rhythm(typed: str) -> None:
    with pytest.raises(InputError):
        parse_every(typed)


def test_a_rhythm_without_a_period() -> None:
    for rhythm in (
        Rhythm(1, PeriodUnit.DAY, date(2026, 1, 2), date(2026, 1, 1)),
        Rhythm(1, PeriodUnit.DAY, date(2026, 1, 1), most=0),
    ):
        with pytest.raises(InputError):
            check_rhythm(rhythm)
