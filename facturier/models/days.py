"""Dates as people type them: `14`, `14/3`, `14/3/26`, `14 mar 2026`, `2026-03-14`, `+30`, `-7`, `today`."""

import re
from datetime import date, timedelta

from facturier.models.errors import InputError
from facturier.models.fold import fold
from facturier.models.language import _

_TODAY = {"today", "now", "t", "aujourd'hui", "aujourd’hui", "auj"}
_TOMORROW = {"tomorrow", "demain"}
_YESTERDAY = {"yesterday", "hier"}
_MONTHS = (
    ("january", "janvier"),
    ("february", "fevrier"),
    ("march", "mars"),
    ("april", "avril"),
    ("may", "mai"),
    ("june", "juin"),
    ("july", "juillet"),
    ("august", "aout"),
    ("september", "septembre"),
    ("october", "octobre"),
    ("november", "novembre"),
    ("december", "decembre"),
)
# Outside of these nobody sends invoices: a slip, and one that would leave no room for terms.
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SHIFT = re.compile(r"([+-])\s*(\d{1,4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:\s*[/. -]\s*(\d{1,2})(?:\s*[/. -]\s*(\d{4}|\d{2}))?)?")
_NAMED = re.compile(r"(\d{1,2})(?:er)?[\s-]*([a-z]{3,9})\.?(?:[\s-]*(\d{4}|\d{2}))?")


def parse_day(text: str, today: date, *, base: date | None = None) -> date:
    """The date that a person typed, day before month, month names in English or French. Raises InputError.

    A day alone is in the current month, a day and month in the current year. `+30` counts from `base` (the invoice's
    date, say), or from today.
    """
    if not text.strip():
        raise InputError(_("Type a date: 14, 14/3, 14/3/2026, +30 or today."))
    try:
        day = _read(text.strip().casefold(), today, base or today)
    except (ValueError, OverflowError):
        day = date.min
    if day is None:
        raise InputError(_("“{text}” is not a date. Type 14, 14/3, 14/3/2026, +30 or today.").format(text=text.strip()))
    if not FIRST <= day <= LAST:
        raise InputError(_("There is no such day as “{text}”.").format(text=text.strip()))
    return day


def day_text(day: date, language: str) -> str:
    """A date as a person of that language reads it, short, and as `parse_day` reads it back: `24 Nov 2026`."""
    from babel.dates import format_date

    return format_date(day, "d MMM y", locale=language)


def _read(typed: str, today: date, base: date) -> date | None:
    if typed in _TODAY:
        return today
    if typed in _TOMORROW:
        return today + timedelta(1)
    if typed in _YESTERDAY:
        return today - timedelta(1)
    if shift := _SHIFT.fullmatch(typed):
        return base + timedelta(int(shift[1] + shift[2]))
    if iso := _ISO.fullmatch(typed):
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    if parts := _DAY_FIRST.fullmatch(typed):
        return date(_year(parts[3], today), int(parts[2] or today.month), int(parts[1]))
    if (named := _NAMED.fullmatch(fold(typed))) and (month := _month(named[2])):
        return date(_year(named[3], today), month, int(named[1]))
    return None


def _year(typed: str | None, today: date) -> int:
    year = int(typed) if typed else today.year
    return year + 2000 if typed and len(typed) == 2 else year


def _month(typed: str) -> int | None:
    """The one month that begins so, None where it is none or where it could be several (`jui`)."""
    found = [number for number, names in enumerate(_MONTHS, 1) if any(name.startswith(typed) for name in names)]
    return found[0] if len(found) == 1 else None
