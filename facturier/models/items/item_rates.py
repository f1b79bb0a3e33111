"""The rates of an item in several currencies, as a person types them in one line: `USD 110.50; EUR 95`."""

import re

from facturier.models.errors import InputError
from facturier.models.text.decimals import parse_currency, parse_decimal, plain
from facturier.models.text.i18n import _

_ONE = re.compile(r"\s*(?P<code>[A-Za-z]{3})\s*=?\s*(?P<rate>[^A-Za-z]*[0-9])[\s,;]*")
# As amounts are written in French.
_AMOUNT_FIRST = re.compile(r"\s*(?P<rate>[0-9][^A-Za-z]*?)\s*(?P<code>[A-Za-z]{3})[\s,;]*")


def check_rate(rate: str, currency: str) -> str:
    """Return a rate as decimal text, empty for none. Raises InputError if it is not an amount in this currency."""
    return plain(parse_decimal(rate, currency)) if rate.strip() else ""


def parse_item_rates(typed: str, usual: str) -> dict[str, str]:
    """Return the rates by currency, as decimal text. `95 EUR` is read, too.

    Raises InputError if the text is something else, names a currency twice, or names `usual`, the company's currency,
    which has its own field.
    """
    rates: dict[str, str] = {}
    at = 0
    one = _AMOUNT_FIRST if typed.strip()[:1].isdecimal() else _ONE
    while at < len(typed.rstrip()):
        found = one.match(typed, at)
        if found is None:
            raise InputError(_("Enter currencies and rates such as: USD 110.50, EUR 95"))
        code, at = parse_currency(found["code"]), found.end()
        if code in rates:
            raise InputError(_("“{code}” appears twice.").format(code=code))
        if code == usual:
            raise InputError(_("Enter the rate in {currency} in the field above.").format(currency=code))
        rates[code] = plain(parse_decimal(found["rate"], code))
    return rates
