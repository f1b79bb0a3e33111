"""Format money, dates and rates as the customer writes them, in one of LANGUAGES."""

from datetime import date
from decimal import Decimal

from facturier.models.errors import InputError
from facturier.models.text.decimals import parse_decimal, written
from facturier.models.text.money import Money, digits

# The only symbols that mean one currency everywhere. `$` has about a dozen meanings, so those currencies show their
# code.
_SYMBOLS = {"EUR": "€", "GBP": "£"}
# CLDR's long English date puts the month first for some readers. All readers understand day, month name, year.
_DAY = "d MMMM y"


def priced(money: Money, language: str) -> str:
    """Return an amount with its currency: `CAD 1,149.75`, `1 149,75 CAD`, `€880.00`, `880,00 €`."""
    number = money.text(language)
    mark = _SYMBOLS.get(money.currency)
    if language == "fr":
        return f"{number}\u00a0{mark or money.currency}"
    if not mark:
        return f"{money.currency}\u00a0{number}"
    return f"-{mark}{number[1:]}" if number.startswith("-") else mark + number


def long_day(day: date, language: str) -> str:
    """Return a date as `24 December 2026`, `24 décembre 2026` or `1er décembre 2026`."""
    from babel.dates import format_date

    written = format_date(day, _DAY, locale=language)
    return f"1er{written[1:]}" if language == "fr" and day.day == 1 else written


def percent(rate: Decimal, language: str) -> str:
    """Return a rate in percent, where 5 is 5 %: `9.975%`, `9,975 %`."""
    number = written(rate, language, _places(rate))
    return f"{number}\u00a0%" if language == "fr" else f"{number}%"


def quantity(typed: str, language: str) -> str:
    """Return a typed quantity in the customer's notation, or unchanged if it is not a number yet."""
    return _read(typed, language, 0)


def unit_price(typed: str, currency: str, language: str) -> str:
    """Return a price per unit with at least the currency's digits, and more if more were typed."""
    return _read(typed, language, digits(currency), currency)


def exchange(rate: str, currency: str, home: str, language: str) -> str:
    """Return an exchange rate as `1 EUR = 1.47 CAD`, or an empty text if there is none or it is not needed."""
    if not rate or currency == home:
        return ""
    return f"1\u00a0{currency} = {_read(rate, language, 0)}\u00a0{home}"


def _read(typed: str, language: str, locations: int, currency: str = "") -> str:
    try:
        number = parse_decimal(typed, currency)
    except InputError:
        return typed.strip()
    return written(number, language, max(locations, _places(number)))


def _places(number: Decimal) -> int:
    """Return the number of decimals without trailing zeros."""
    return max(-int(number.normalize().as_tuple().exponent), 0)


def period(first: date | None, last: date | None, language: str) -> str:
    """Return a day, or a period such as `1 October 2026 – 31 October 2026`. Empty if there is none."""
    if first is None or last is None:
        return ""
    return " – ".join(dict.fromkeys(long_day(day, language) for day in (first, last)))
