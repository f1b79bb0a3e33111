"""Amounts as the screens write them where they stand alone: with the currency's code, which is never ambiguous."""

from facturier.models.language import spoken
from facturier.models.money import Money


def with_currency(money: Money) -> str:
    """`CAD 1,149.75`."""
    return f"{money.currency} {money.text(spoken())}"
