"""Parse times as people type them, in English or French: `9am`, `16 h 30`, `monday 9:00`, `in 2 hours`."""

import re
from datetime import datetime, time, timedelta

from facturier.models.errors import InputError
from facturier.models.text.dates.dates import parse_day
from facturier.models.text.dates.relative_days import weekday
from facturier.models.text.i18n import _
from facturier.models.text.search_text import fold

_NOW = {"now", "maintenant"}
_NAMED = {"noon": time(12), "midi": time(12), "midnight": time(0), "minuit": time(0)}
_CLOCK = (
    r"(?:\d{1,2}(?:\s*[:h]\s*\d{2})?\s*[ap]\.?m\.?|\d{1,2}\s*(?::\s*\d{2}|h(?:\s*\d{2})?)|noon|midi|midnight|minuit)"
)
_DAY_FIRST = re.compile(rf"(.+?)(?:\s*,)?\s+(?:(?:at|a|@)\s+)?({_CLOCK})")
_CLOCK_FIRST = re.compile(rf"(?:(?:at|a|@)\s+)?({_CLOCK})(?:(?:\s*,)?\s+(.+))?")
_PARTS = re.compile(r"(\d{1,2})(?:\s*[:h]\s*(\d{2})?)?\s*(?:([ap])\.?m\.?)?")
_SHIFT = re.compile(r"(?:\+|in\s|dans\s)\s*(\d{1,4}|an?|une?)\s*([a-z]+)")
_MINUTES = {"m", "min", "mins", "minute", "minutes"}
_HOURS = {"h", "hour", "hours", "heure", "heures"}
_DAYS = {"d", "day", "days", "j", "jour", "jours"}
_MORNING = time(9)  # a day without a time of day
_GRACE = timedelta(minutes=1)  # the current minute may end while the person is typing


def parse_moment(text: str, now: datetime) -> datetime:
    """Return the aware time that a person typed. `now` must be aware.

    A text without a time zone is in this machine's zone. A time of day alone means today, or tomorrow if it has already
    passed; a day alone means 9:00. `Monday` is today if today is a Monday and the time is still ahead. Adding days
    keeps the time of day across a change to or from summer time. A time that the clocks skip moves forward by the
    length of the gap. If the clocks show a time twice, the next one is used. Raises InputError if the text is not a
    time, or if the time is more than a minute in the past.
    """
    try:
        moment = _moment(fold(text.strip()).replace("\u00a0", " ").replace("\u202f", " "), now)
    except (InputError, ValueError, OverflowError):
        moment = None
    if moment is None:
        words = _("“{text}” is not a time. Enter 16:30, 9am, +2h, tomorrow 9:00 or Monday.")
        raise InputError(words.format(text=text.strip()))
    if moment < now - _GRACE:
        raise InputError(_("That time is in the past."))
    return moment


def _moment(typed: str, now: datetime) -> datetime | None:
    if typed in _NOW:
        return now
    wall = now.astimezone().replace(tzinfo=None)
    if (shift := _SHIFT.fullmatch(typed)) and (moment := _shifted(shift, wall, now)) is not None:
        return moment
    for form, day, clock in ((_CLOCK_FIRST, 2, 1), (_DAY_FIRST, 1, 2)):
        if found := form.fullmatch(typed):
            return _on_day(found[day], _time(found[clock]), wall, now)
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}[t ].*", typed):
        moment = datetime.fromisoformat(typed.upper())
        return _at(moment, now) if moment.tzinfo is None else moment.astimezone()
    return None if typed.isdecimal() else _on_day(typed, _MORNING, wall, now)  # 14: o'clock, or the 14th?


def _time(typed: str) -> time:
    """Raises ValueError if no clock shows it."""
    if typed in _NAMED:
        return _NAMED[typed]
    parts = _PARTS.fullmatch(typed)
    if parts is None:
        raise ValueError(typed)
    hour = int(parts[1])
    if parts[3]:
        if not 1 <= hour <= 12:
            raise ValueError(typed)
        hour = hour % 12 + (12 if parts[3] == "p" else 0)
    return time(hour, int(parts[2] or 0))


def _on_day(day: str | None, at: time, wall: datetime, now: datetime) -> datetime:
    today = _at(datetime.combine(wall.date(), at), now)
    if not day:
        return today if today > now else _at(datetime.combine(wall.date() + timedelta(1), at), now)
    if weekday(day) == wall.weekday() and today > now:
        return today
    return _at(datetime.combine(parse_day(day, wall.date()), at), now)


def _shifted(shift: re.Match[str], wall: datetime, now: datetime) -> datetime | None:
    count = int(shift[1]) if shift[1].isdecimal() else 1
    if shift[2] in _MINUTES:
        return now + timedelta(minutes=count)
    if shift[2] in _HOURS:
        return now + timedelta(hours=count)
    return _at(wall + timedelta(count), now) if shift[2] in _DAYS else None


def _at(wall: datetime, now: datetime) -> datetime:
    """Return the next instant at which clocks in this machine's zone show `wall`. A skipped time moves forward."""
    first, last = sorted((wall.replace(fold=fold).astimezone() for fold in (0, 1)), key=datetime.timestamp)
    skipped = last.replace(tzinfo=None, fold=0) != wall.replace(fold=0)
    return last if skipped or first < now - _GRACE else first
