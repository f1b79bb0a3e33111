"""Format dates, times, amounts and counts for the reader."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.cells import cell_len

from facturier.models.books.status import State
from facturier.models.text.decimals import written
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money

if TYPE_CHECKING:
    from facturier.models.outbox.delivery import Delivery

# The abbreviated month names of CLDR for each language in LANGUAGES. They are copied here because importing babel takes
# longer than drawing the first screen. A test compares them with babel's.
_MONTHS = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "fr": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
}


def short_day(day: date, today: date) -> str:
    """Format a date without its year, such as `24 Nov`. In another year than `today`'s, omit the day: `Nov 25`."""
    return f"{_day(day)} {_month(day)}" if day.year == today.year else f"{_month(day)} {day:%y}"


def long_day(day: date) -> str:
    """Format a date with its year, such as `24 Nov 2026`."""
    return f"{_day(day)} {_month(day)} {day.year}"


def day_width(words: Callable[[date], str], today: date) -> int:
    """Return how many cells the days of a year take in these words. Months are longer in some languages."""
    return max(cell_len(words(date(today.year, month, day))) for month in range(1, 13) for day in (1, 28))


def moment(at: datetime) -> str:
    """Format an aware datetime in the local time zone, such as `24 Nov 2026 14:02`."""
    here = at.astimezone()
    return f"{long_day(here.date())} {here:%H:%M}"


def _day(day: date) -> str:
    return "1er" if day.day == 1 and spoken() == "fr" else str(day.day)


def _month(day: date) -> str:
    return _MONTHS[spoken()][day.month - 1]


def seconds_left(delivery: "Delivery", now: datetime) -> int:
    """Return the seconds, rounded up, until a queued delivery may be sent, so how long it can still be cancelled. 0 if
    it is not queued."""
    return max(int((delivery.not_before - now).total_seconds() + 0.999), 0) if delivery.state is State.QUEUED else 0


def with_currency(money: Money) -> str:
    """Format an amount with its currency code, so that it is never ambiguous: `CAD 1,149.75`, or `1 149,75 CAD` in
    French."""
    return coded(money.text(spoken()), money.currency)


def amount(minor: int, currency: str, own: str) -> str:
    """Format an amount, with its currency unless that is the company's `own`."""
    money = Money(minor, currency)
    return money.text(spoken()) if currency == own else with_currency(money)


def coded(number: str, currency: str) -> str:
    """Add the currency code to a number that is already formatted. See `with_currency`."""
    return f"{number}\u00a0{currency}" if spoken() == "fr" else f"{currency} {number}"


def counted(things: int) -> str:
    """Format a count with digit grouping, such as `247,846`."""
    return written(Decimal(things), spoken(), 0)


def size_text(size: int) -> str:
    """Format a size in bytes as whole kilobytes (1000 bytes), at least one, or as megabytes: `27 KB`, `1.2 MB`."""
    kilobytes = max(round(size / 1000), 1)
    if kilobytes < 1000:
        return _("{size} KB").format(size=kilobytes)
    return _("{size} MB").format(size=written(Decimal(size) / 1_000_000, spoken(), 1))
