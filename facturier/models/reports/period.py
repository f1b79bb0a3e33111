"""The periods of reports: months, quarters, years, or any two days."""

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from facturier.models.errors import InputError
from facturier.models.text.dates.dates import FIRST, LAST
from facturier.models.text.i18n import _


class Period(NamedTuple):
    """The days from `since` to `until`, both included."""

    since: date
    until: date


ALL_DATES = Period(FIRST, LAST)


class PeriodName(StrEnum):
    """The periods that a person chooses by name. Commands accept the values."""

    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    THIS_QUARTER = "this-quarter"
    LAST_QUARTER = "last-quarter"
    THIS_YEAR = "this-year"
    LAST_YEAR = "last-year"
    ALL = "all"


_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def named_period(name: PeriodName, today: date) -> Period:
    """Return the period that a name means today."""
    if name is PeriodName.ALL:
        return ALL_DATES
    which, unit = name.value.split("-")
    months = _MONTHS[unit]
    first = (today.month - 1) // months * months
    return _months(today.year, first - (months if which == "last" else 0), months)


def shifted(period: Period, steps: int) -> Period:
    """Return the period that is `steps` periods of the same length later, or earlier if negative.

    Whole months stay whole months. All dates have no other period. The result stays within FIRST and LAST.
    """
    if period == ALL_DATES:
        return period
    months = whole_months(period)
    try:
        if months:
            found = _months(period.since.year, period.since.month - 1 + steps * months, months)
        else:
            by = timedelta(((period.until - period.since).days + 1) * steps)
            found = Period(period.since + by, period.until + by)
    except (ValueError, OverflowError):
        return period
    return found if found.since >= FIRST and found.until <= LAST else period


def whole_months(period: Period) -> int:
    """Return how many whole calendar months a period is, or 0."""
    since, until = period
    if since.day != 1 or (until + timedelta(1)).day != 1 or until < since:
        return 0
    return (until.year - since.year) * 12 + until.month - since.month + 1


def check_period(since: date, until: date) -> Period:
    """Return the period from one day to another. Raises InputError if it ends before it begins."""
    if until < since:
        raise InputError(_("The period ends before it begins."))
    return Period(since, until)


def _months(year: int, months: int, length: int) -> Period:
    """Return `length` whole months, `months` after January of a year."""
    first, after = ((year + at // 12, at % 12 + 1) for at in (months, months + length))
    return Period(date(*first, 1), date(*after, 1) - timedelta(1))
