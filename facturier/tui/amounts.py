"""Amounts as the screens write them where they stand alone: with the currency's code, which is never ambiguous."""

from facturier.models.language import spoken
from facturier.models.money import Money


def with_currency(money: Money) -> str:
    """`CAD 1,149.75`, in French `1 149,75 CAD`."""
    number = money.text(spoken())
    return f"{number}\u00a0{money.currency}" if spoken() == "fr" else f"{money.currency} {number}"
