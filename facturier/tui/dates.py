"""Days and instants as the reader writes them."""

from datetime import date, datetime

from facturier.models.language import spoken

# Short names of months as CLDR has them, for each of LANGUAGES. Here and not from babel, which takes longer to load
# than the first screen to draw; a test holds the two together.
_MONTHS = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "fr": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
}


def short_day(day: date, today: date) -> str:
    """`24 Nov`; of another year only the month, `Nov 25`."""
    return f"{day.day} {_month(day)}" if day.year == today.year else f"{_month(day)} {day:%y}"


def long_day(day: date) -> str:
    """`24 Nov 2026`."""
    return f"{day.day} {_month(day)} {day.year}"


def moment(at: datetime) -> str:
    """An aware instant in the reader's own time: `24 Nov 2026 14:02`."""
    here = at.astimezone()
    return f"{long_day(here.date())} {here:%H:%M}"


def _month(day: date) -> str:
    return _MONTHS[spoken()][day.month - 1]
