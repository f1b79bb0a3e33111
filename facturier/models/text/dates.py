"""Parse dates, times and payment terms as people type them.

Dates can be `14`, `14/3`, `14/3/26`, `14 mar 2026`, `2026-03-14`, `+30`, `-7` or `today`.
"""

import re
from datetime import date, datetime, time, timedelta

from facturier.models.errors import InputError
from facturier.models.text.i18n import _, ngettext
from facturier.models.text.search_text import fold

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
# A date outside this range is a typing mistake. The range also keeps date + terms within what `date` can hold.
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SHIFT = re.compile(r"([+-])\s*(\d{1,4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:\s*[/. -]\s*(\d{1,2})(?:\s*[/. -]\s*(\d{4}|\d{2}))?)?")
_NAMED = re.compile(r"(\d{1,2})(?:er)?[\s-]*([a-z]{3,9})\.?(?:[\s-]*(\d{4}|\d{2}))?")


def parse_day(text: str, today: date, *, base: date | None = None) -> date:
    """Return the date that a person typed: day before month, with month names in English or French.

    A day alone is in the current month; a day and month are in the current year. `+30` counts from `base` (for example,
    the invoice date), or from today. Raises InputError if the text is not a date or is outside FIRST to LAST.
    """
    if not text.strip():
        raise InputError(_("Enter a date: 14, 14/3, 14/3/2026, +30 or today."))
    try:
        day = _read(text.strip().casefold(), today, base or today)
    except (ValueError, OverflowError):
        day = date.min
    if day is None:
        raise InputError(
            _("“{text}” is not a date. Enter 14, 14/3, 14/3/2026, +30 or today.").format(text=text.strip())
        )
    if not FIRST <= day <= LAST:
        raise InputError(_("“{text}” is not a valid date.").format(text=text.strip()))
    return day


def day_text(day: date, language: str) -> str:
    """Return a short date in the reader's language, in a form that `parse_day` accepts: `24 Nov 2026`."""
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
    """Return the month whose name starts with `typed`, or None if none or several do (`jui`)."""
    found = [number for number, names in enumerate(_MONTHS, 1) if any(name.startswith(typed) for name in names)]
    return found[0] if len(found) == 1 else None


_TIME_SHIFT = re.compile(r"\+\s*(\d{1,4})\s*(m|min|h|d|j)")
_CLOCK = re.compile(r"(?:(.*?)\s+)?(\d{1,2})\s*(?:[:h]\s*(\d{2})?)")
_GRACE = timedelta(minutes=1)  # the current minute may end while the person is typing
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "j": "days"}


def parse_moment(text: str, now: datetime) -> datetime:
    """Return the aware time that a person typed. `now` must be aware.

    A text without a time zone is in this machine's zone. A time of day alone means today, or tomorrow if it has already
    passed. Adding days keeps the time of day across a change to or from summer time. A time that the clocks skip moves
    forward by the length of the gap. If the clocks show a time twice, the next one is used. Raises InputError if the
    text is not a time, or if the time is more than a minute in the past.
    """
    typed = text.strip().casefold()
    try:
        moment = _moment(typed, now)
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise InputError(
            _("“{text}” is not a time. Enter 16:30, +2h, tomorrow 9:00 or 24/12 8:00.").format(text=text.strip())
        )
    if moment < now - _GRACE:
        raise InputError(_("That time is in the past."))
    return moment


def _moment(typed: str, now: datetime) -> datetime | None:
    if typed in ("now", "maintenant"):
        return now
    wall = now.astimezone().replace(tzinfo=None)
    if shift := _TIME_SHIFT.fullmatch(typed):
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
    """Return the next instant at which clocks in this machine's zone show `wall`. A skipped time moves forward."""
    first, last = sorted((wall.replace(fold=fold).astimezone() for fold in (0, 1)), key=datetime.timestamp)
    skipped = last.replace(tzinfo=None, fold=0) != wall.replace(fold=0)
    return last if skipped or first < now - _GRACE else first


LONGEST = 3650  # days

_DAYS = re.compile(r"(?:net\s*|\+\s*)?(\d{1,5})\s*(?:d|days?|j|jours?)?(?:\s*nets?)?")
_AT_ONCE = {"on receipt", "due on receipt", "at once", "net", "a reception", "sur reception", "comptant"}


def parse_terms(text: str) -> int:
    """Return the payment terms in days after the invoice date.

    Raises InputError if the text is not understood or the terms are longer than LONGEST.
    """
    typed = fold(text).strip()
    if typed in _AT_ONCE:
        return 0
    days = _DAYS.fullmatch(typed)
    if not days:
        raise InputError(_("Terms “{text}” not understood. Enter 30, Net 30 or on receipt.").format(text=text.strip()))
    if int(days[1]) > LONGEST:
        raise InputError(_("Terms can be at most {days} days.").format(days=LONGEST))
    return int(days[1])


def terms_text(days: int) -> str:
    """Terms in the reader's words, as `parse_terms` reads them back: `Net 30`, `On receipt`."""
    return ngettext("Net {days}", "Net {days}", days).format(days=days) if days else _("Due on receipt")
