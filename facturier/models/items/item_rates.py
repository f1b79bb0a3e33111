"""The rates of an item in several currencies, as a person types them in one line: `USD 110.50, EUR 95`."""

import re

from facturier.models.errors import InputError
from facturier.models.text.decimals import parse_currency, parse_decimal, plain
from facturier.models.text.i18n import _, spoken

_ONE = re.compile(r"\s*([A-Za-z]{3})\s*=?\s*([^A-Za-z]*[0-9])[\s,;]*")


def check_rate(rate: str, currency: str) -> str:
    """Return a rate as decimal text, empty for none. Raises InputError if it is not an amount in this currency."""
    return plain(parse_decimal(rate, currency)) if rate.strip() else ""


def parse_item_rates(typed: str, usual: str) -> dict[str, str]:
    """Return the rates by currency, as decimal text.

    Raises InputError if the text is something else, names a currency twice, or names `usual`, the company's currency,
    which has its own field.
    """
    rates: dict[str, str] = {}
    at = 0
    while at < len(typed.rstrip()):
        found = _ONE.match(typed, at)
        if found is None:
            raise InputError(_("Enter currencies and rates such as: USD 110.50, EUR 95"))
        code, at = parse_currency(found[1]), found.end()
        if code in rates:
            raise InputError(_("“{code}” appears twice.").format(code=code))
        if code == usual:
            raise InputError(_("Enter the rate in {currency} in the field above.").format(currency=code))
        rates[code] = plain(parse_decimal(found[2], code))
    return rates


def item_rates_text(rates: dict[str, str]) -> str:
    """Return the rates as the reader types them."""
    return "; ".join(f"{code} {_shown(rate)}" for code, rate in rates.items())


def _shown(rate: str) -> str:
    return rate.replace(".", ",") if spoken() == "fr" else rate
