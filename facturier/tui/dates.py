"""Days and instants as the reader writes them."""

from datetime import date, datetime
from functools import lru_cache

from facturier.models.language import spoken


def short_day(day: date, today: date) -> str:
    """`24 Nov`; of another year only the month, `Nov 25`."""
    return _written(day, "d MMM" if day.year == today.year else "MMM yy", spoken())


def long_day(day: date) -> str:
    """`24 Nov 2026`."""
    return _written(day, "d MMM yyyy", spoken())


def moment(at: datetime) -> str:
    """An aware instant in the reader's own time: `24 Nov 2026 14:02`."""
    here = at.astimezone()
    return f"{long_day(here.date())} {here:%H:%M}"


@lru_cache(maxsize=4096)
def _written(day: date, pattern: str, language: str) -> str:
    from babel.dates import format_date

    return str(format_date(day, pattern, locale=language))
