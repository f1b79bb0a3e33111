"""Amounts and numbers of things as the screens write them."""

from decimal import Decimal

from facturier.models.language import spoken
from facturier.models.money import Money
from facturier.models.numbers import written


def with_currency(money: Money) -> str:
    """An amount that stands alone, with the currency's code, which is never ambiguous: `CAD 1,149.75`, in French
    `1 149,75 CAD`."""
    number = money.text(spoken())
    return f"{number}\u00a0{money.currency}" if spoken() == "fr" else f"{money.currency} {number}"


def counted(things: int) -> str:
    """How many there are, grouped: `247,846`."""
    return written(Decimal(things), spoken(), 0)
