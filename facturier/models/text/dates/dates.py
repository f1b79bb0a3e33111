"""Parse dates as people type them. `times.py` does it for times, and `terms.py` for payment terms.

Dates can be `14`, `14/3`, `14/3/26`, `14 mar 2026`, `March 14`, `2026-03-14`, `+30`, `-7`, `today`, `Monday` or
`in 2 days`, and the same in French.
"""

import re
from datetime import date, timedelta

from facturier.models.errors import InputError
from facturier.models.text.i18n import _
from facturier.models.text.search_text import fold

_TODAY = {"today", "now", "t", "aujourd'hui", "aujourd’hui", "auj"}
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
# A date outside this range is a typing mistake. The range also keeps date + terms within what `date` can hold.
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SHIFT = re.compile(r"([+-])\s*(\d{1,4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:\s*[/. -]\s*(\d{1,2})(?:\s*[/. -]\s*(\d{4}|\d{2}))?)?")
_NAMED = re.compile(r"(\d{1,2})(?:er)?[\s-]*([a-z]{3,9})\.?(?:[\s-]*(\d{4}|\d{2}))?")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:(?:\s*,)?\s+(\d{4}))?")


def parse_day(text: str, today: date, *, base: date | None = None) -> date:
    """Return the date that a person typed: day before month if both are numbers, with words in English or French.

    A day alone is in the current month; a day and month are in the current year. `+30` counts from `base` (for example,
    the invoice date), or from today. For `Monday` and `in 2 days` see `relative_day`. Raises InputError if the text is
    not a date or is outside FIRST to LAST.
    """
    if not text.strip():
        raise InputError(_("Enter a date: 14, 14/3, 14/3/2026, +30 or today."))
    try:
        day = _read(text.strip().casefold(), today, base or today)
    except (ValueError, OverflowError):
        day = date.min
    if day is None:
        raise InputError(
            _("“{text}” is not a date. Enter 14/3/2026, 14 March, Monday, in 2 days or +30.").format(text=text.strip())
        )
    if not FIRST <= day <= LAST:
        raise InputError(_("“{text}” is not a valid date.").format(text=text.strip()))
    return day


def day_text(day: date, language: str) -> str:
    """Return a short date in the reader's language, in a form that `parse_day` accepts: `24 Nov 2026`."""
    from babel.dates import format_date

    written = format_date(day, "d MMM y", locale=language)
    return f"1er{written[1:]}" if language == "fr" and day.day == 1 else written


def _read(typed: str, today: date, base: date) -> date | None:
    if typed in _TODAY:
        return today
    if shift := _SHIFT.fullmatch(typed):
        return base + timedelta(int(shift[1] + shift[2]))
    if iso := _ISO.fullmatch(typed):
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    if parts := _DAY_FIRST.fullmatch(typed):
        return date(_year(parts[3], today), int(parts[2] or today.month), int(parts[1]))
    folded = fold(typed).removeprefix("le ")
    if (named := _NAMED.fullmatch(folded)) and (month := _month(named[2])):
        return date(_year(named[3], today), month, int(named[1]))
    if (named := _MONTH_FIRST.fullmatch(folded)) and (month := _month(named[1])):
        return date(_year(named[3], today), month, int(named[2]))
    from facturier.models.text.dates.relative_days import relative_day  # the first screen needs none

    return relative_day(folded, today)


def _year(typed: str | None, today: date) -> int:
    year = int(typed) if typed else today.year
    return year + 2000 if typed and len(typed) == 2 else year


def _month(typed: str) -> int | None:
    """Return the month whose name starts with `typed`, or None if none or several do (`jui`)."""
    found = [number for number, names in enumerate(_MONTHS, 1) if any(name.startswith(typed) for name in names)]
    return found[0] if len(found) == 1 else None


LONGEST = 3650  # days
