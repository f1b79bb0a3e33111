"""Days and instants as the reader writes them."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from facturier.models.books.status import State
from facturier.models.text.decimals import written
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money

if TYPE_CHECKING:
    from facturier.models.outbox.delivery import Delivery

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


def seconds_left(delivery: "Delivery", now: datetime) -> int:
    """How long a queued delivery can surely still be taken back."""
    return max(int((delivery.not_before - now).total_seconds() + 0.999), 0) if delivery.state is State.QUEUED else 0


def with_currency(money: Money) -> str:
    """An amount that stands alone, with the currency's code, which is never ambiguous: `CAD 1,149.75`, in French
    `1 149,75 CAD`."""
    return coded(money.text(spoken()), money.currency)


def coded(number: str, currency: str) -> str:
    """As `with_currency`, for a number that is written already."""
    return f"{number}\u00a0{currency}" if spoken() == "fr" else f"{currency} {number}"


def counted(things: int) -> str:
    """How many there are, grouped: `247,846`."""
    return written(Decimal(things), spoken(), 0)


def size_text(size: int) -> str:
    """Bytes as whole thousands, one at least: `27 KB`."""
    return _("{size} KB").format(size=max(round(size / 1000), 1))
