"""Money as whole minor units with a currency, never as floating point."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from facturier.models.errors import InputError
from facturier.models.text.decimals import parse_decimal, read_decimal, written
from facturier.models.text.i18n import _, ngettext

# Currencies whose number of minor-unit digits is not 2. Source: ISO 4217 list one.
_DIGITS = dict.fromkeys(
    (
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ),
    0,
) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)


def digits(currency: str) -> int:
    """Return the number of decimal digits of a currency (ISO 4217 code)."""
    return _DIGITS.get(currency, 2)


def to_minor(amount: Decimal, currency: str) -> int:
    """Return an amount in whole minor units, with halves rounded away from zero."""
    return int(amount.scaleb(digits(currency)).quantize(Decimal(1), ROUND_HALF_UP))


def parse_amount(text: str, currency: str) -> int:
    """Return the amount that a person typed, in minor units. Raises InputError, also if it has more decimals than the
    currency: to round it would book something else than what was typed."""
    return exact_minor(parse_decimal(text, currency), currency)


def read_amount(text: str, currency: str) -> int:
    """Return the amount in machine-written decimal text, in minor units. Raises InputError as `parse_amount` does."""
    return exact_minor(read_decimal(text), currency)


def exact_minor(amount: Decimal, currency: str) -> int:
    """Return an amount in minor units. Raises InputError if it has more decimals than the currency."""
    most = digits(currency)
    minor = amount.scaleb(most)
    if minor != int(minor):
        if not most:
            raise InputError(_("Amounts in {currency} have no decimals.").format(currency=currency))
        words = ngettext(
            "Amounts in {currency} have at most {count} decimal.",
            "Amounts in {currency} have at most {count} decimals.",
            most,
        )
        raise InputError(words.format(currency=currency, count=most))
    return int(minor)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units (cents, yen, fils) of a currency (ISO 4217 code)."""

    minor: int
    currency: str

    @property
    def amount(self) -> Decimal:
        return Decimal(self.minor).scaleb(-digits(self.currency))

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def plain(self) -> str:
        """Return decimal text for machines: `1234.50`."""
        return f"{self.amount:f}"

    def text(self, language: str) -> str:
        """Return the amount as readers of the language write it: `1,234.50`, `1 234,50`."""
        return written(self.amount, language, digits(self.currency))


class ExchangeRate(NamedTuple):
    """What one minor unit of a currency is worth in minor units of another one, as a fraction."""

    numerator: int
    denominator: int

    def of(self, minor: int) -> int:
        """Return the converted amount, with halves rounded away from zero."""
        product = 2 * abs(minor) * self.numerator
        found = (product + self.denominator) // (2 * self.denominator)
        return found if minor >= 0 else -found


@lru_cache(4096)  # a report on a large company converts a million amounts
def exchange_rate(rate: str, currency: str, home: str) -> ExchangeRate | None:
    """Return the rate at which one unit of `currency` is worth `rate` (decimal text) in `home`. None if that is not a
    number above zero."""
    try:
        number = read_decimal(rate)
    except InputError:
        return None
    if number <= 0:
        return None
    return ExchangeRate(*number.scaleb(digits(home) - digits(currency)).as_integer_ratio())
