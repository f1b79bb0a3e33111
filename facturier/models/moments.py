"""Times as people type them: `16:30`, `+2h`, `tomorrow 9:00`, `24/12 8:00`, `2026-12-24T08:00-05:00`."""

import re
from datetime import datetime, time, timedelta

from facturier.models.days import parse_day
from facturier.models.errors import InputError
from facturier.models.language import _

_SHIFT = re.compile(r"\+\s*(\d{1,4})\s*(m|min|h|d|j)")
_CLOCK = re.compile(r"(?:(.*?)\s+)?(\d{1,2})\s*(?:[:h]\s*(\d{2})?)")
_GRACE = timedelta(minutes=1)  # what was this minute when a person began to type has not passed
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "j": "days"}


def parse_moment(text: str, now: datetime) -> datetime:
    """The time that a person typed, in this machine's zone where none is given; `now` is aware. Raises InputError.

    A time of day alone is today, or tomorrow if it has passed. What has passed for certain is refused. Between a day in
    summer time and one in winter time the clock on the wall counts, not the hours between. A time that the clocks skip
    is as much later as they skip; of one that they show twice, the next is meant.
    """
    typed = text.strip().casefold()
    try:
        moment = _moment(typed, now)
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise InputError(
            _("“{text}” is not a time. Type 16:30, +2h, tomorrow 9:00 or 24/12 8:00.").format(text=text.strip())
        )
    if moment < now - _GRACE:
        raise InputError(_("That time has passed."))
    return moment


def _moment(typed: str, now: datetime) -> datetime | None:
    if typed in ("now", "maintenant"):
        return now
    wall = now.astimezone().replace(tzinfo=None)
    if shift := _SHIFT.fullmatch(typed):
        span = timedelta(**{_UNITS[shift[2]]: int(shift[1])})
        return _at(wall + span, now) if _UNITS[shift[2]] == "days" else now + span
    if clock := _CLOCK.fullmatch(typed):
        at = time(int(clock[2]), int(clock[3] or 0))
        if clock[1]:
            return _at(datetime.combine(parse_day(clock[1], wall.date()), at), now)
        today = datetime.combine(wall.date(), at)
        moment = _at(today, now)
        return moment if moment > now else _at(today + timedelta(1), now)
    moment = datetime.fromisoformat(typed.upper())
    return _at(moment, now) if moment.tzinfo is None else moment.astimezone()


def _at(wall: datetime, now: datetime) -> datetime:
    """The instant at which the clocks of this machine's zone show `wall` next, never before they would."""
    first, last = sorted((wall.replace(fold=fold).astimezone() for fold in (0, 1)), key=datetime.timestamp)
    skipped = last.replace(tzinfo=None, fold=0) != wall.replace(fold=0)
    return last if skipped or first < now - _GRACE else first
