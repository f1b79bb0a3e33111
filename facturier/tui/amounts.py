"""Amounts and numbers of things as the screens write them."""

from decimal import Decimal

from facturier.models.language import spoken
from facturier.models.money import Money
from facturier.models.numbers import written


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
