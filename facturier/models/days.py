"""Dates as people type them: `14`, `14/3`, `14/3/26`, `2026-03-14`, `+30`, `-7`, `today`."""

import re
from datetime import date, timedelta

from facturier.models.errors import InputError
from facturier.models.language import _

_TODAY = {"today", "now", "t", "aujourd'hui", "aujourd’hui", "auj"}
_TOMORROW = {"tomorrow", "demain"}
_YESTERDAY = {"yesterday", "hier"}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SHIFT = re.compile(r"([+-])\s*(\d{1,4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:\s*[/. -]\s*(\d{1,2})(?:\s*[/. -]\s*(\d{4}|\d{2}))?)?")


def parse_day(text: str, today: date, *, base: date | None = None) -> date:
    """The date that a person typed, day before month. Raises InputError.

    A day alone is in the current month, a day and month in the current year. `+30` counts from `base` (the invoice's
    date, say), or from today.
    """
    typed = text.strip().casefold()
    if typed in _TODAY:
        return today
    if typed in _TOMORROW:
        return today + timedelta(1)
    if typed in _YESTERDAY:
        return today - timedelta(1)
    try:
        if shift := _SHIFT.fullmatch(typed):
            return (base or today) + timedelta(int(shift[1] + shift[2]))
        if iso := _ISO.fullmatch(typed):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if parts := _DAY_FIRST.fullmatch(typed):
            year = int(parts[3]) if parts[3] else today.year
            return date(year + 2000 if year < 100 else year, int(parts[2] or today.month), int(parts[1]))
    except (ValueError, OverflowError):
        raise InputError(_("There is no such day as “{text}”.").format(text=text.strip())) from None
    raise InputError(_("“{text}” is not a date. Type 14, 14/3, 14/3/2026, +30 or today.").format(text=text.strip()))
