"""Days that are named by their distance or by their weekday, in English or French: `Monday`, `dans 2 jours`."""

import re
from calendar import monthrange
from datetime import date, timedelta

_DISTANCES = {
    "yesterday": -1,
    "hier": -1,
    "avant-hier": -2,
    "avant hier": -2,
    "tomorrow": 1,
    "demain": 1,
    "day after tomorrow": 2,
    "apres-demain": 2,
    "apres demain": 2,
}
_WEEKDAYS = (
    ("monday", "lundi"),
    ("tuesday", "mardi"),
    ("wednesday", "mercredi"),
    ("thursday", "jeudi"),
    ("friday", "vendredi"),
    ("saturday", "samedi"),
    ("sunday", "dimanche"),
)
_NUMBERS = {"a": 1, "an": 1, "one": 1, "un": 1, "une": 1, "two": 2, "deux": 2, "three": 3, "trois": 3}
_DAYS = {"d", "day", "days", "j", "jour", "jours"}
_WEEKS = {"w", "week", "weeks", "sem", "semaine", "semaines"}
_MONTHS = {"month", "months", "mois"}
_YEARS = {"year", "years", "an", "ans", "annee", "annees"}
_COUNTED = r"(\d{1,4}|[a-z]+)\s*([a-z]+)"
_AHEAD = re.compile(rf"(?:in|dans)\s+{_COUNTED}")
_AGO = re.compile(rf"{_COUNTED}\s+ago|il y a\s+{_COUNTED}")
_WEEKDAY = re.compile(r"(?:(?:on|next|this|le|ce)\s+)?([a-z]{3,9})\.?(?:\s+prochain)?")
_LAST_WEEKDAY = re.compile(r"last\s+([a-z]{3,9})|([a-z]{3,9})\s+dernier")
_NEXT_WEEK = {"next week", "semaine prochaine", "la semaine prochaine"}
_NEXT_MONTH = {"next month", "mois prochain", "le mois prochain"}
MONTH_END = {"end of month", "end of the month", "month end", "eom", "fin de mois", "fin du mois", "fdm"}


def relative_day(typed: str, today: date) -> date | None:
    """Return the day that a folded text names, seen from `today`, or None if it names none.

    A weekday is the next one after today. `next week` is its Monday, and `next month` its first day. `in 1 month` is
    the same day of that month, or its last one. Raises OverflowError or ValueError for a day that no calendar has.
    """
    if (days := _DISTANCES.get(typed)) is not None:
        return today + timedelta(days)
    if typed in _NEXT_WEEK:
        return today + timedelta(7 - today.weekday())
    if typed in _NEXT_MONTH:
        return months_later(today.replace(day=1), 1)
    if typed in MONTH_END:
        return month_end(today)
    if ahead := _AHEAD.fullmatch(typed):
        return _shifted(today, ahead[1], ahead[2], 1)
    if ago := _AGO.fullmatch(typed):
        return _shifted(today, ago[1] or ago[3], ago[2] or ago[4], -1)
    if last := _LAST_WEEKDAY.fullmatch(typed):
        found = _weekday(last[1] or last[2])
        return None if found is None else today - timedelta((today.weekday() - found - 1) % 7 + 1)
    found = weekday(typed)
    return None if found is None else today + timedelta((found - today.weekday() - 1) % 7 + 1)


def weekday(typed: str) -> int | None:
    """Return the weekday that a folded text names, 0 for Monday, or None if it names none."""
    named = _WEEKDAY.fullmatch(typed)
    return _weekday(named[1]) if named else None


def month_end(day: date) -> date:
    """Return the last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_later(day: date, count: int) -> date:
    """Return the same day so many months later, or the last day of that month if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _weekday(word: str) -> int | None:
    """Return the weekday whose name starts with this word. Three letters are enough in both languages."""
    return next((day for day, names in enumerate(_WEEKDAYS) if any(name.startswith(word) for name in names)), None)


def _shifted(today: date, number: str, unit: str, sign: int) -> date | None:
    count = int(number) if number.isdecimal() else _NUMBERS.get(number)
    if count is None:
        return None
    count *= sign
    if unit in _DAYS:
        return today + timedelta(count)
    if unit in _WEEKS:
        return today + timedelta(weeks=count)
    if unit in _MONTHS:
        return months_later(today, count)
    return months_later(today, 12 * count) if unit in _YEARS else None
