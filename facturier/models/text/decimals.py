"""Parse and format decimal numbers as people type them: `1,234.50`, `1 234,50`, `8`."""

import functools
import re
from decimal import Decimal

from facturier.models.errors import InputError
from facturier.models.text.i18n import _, spoken

# Digits alone, or in groups that use one separator and end with three digits. This includes India's 12,34,567.
_WHOLE = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?P<group>[\s'’_.,])(?:[0-9]{2,3}(?P=group))*[0-9]{3})?")
_PART = re.compile("[0-9]*")
DIGITS, DECIMALS = 15, 9  # the maximum number of digits before and after the decimal mark
_LONGEST = 100  # characters in a number with its currency; a regex must not run over a very long text
_EXACT = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?")
# A currency sign or three-letter code before or after a number. A dollar sign may name its country: CA$, $ US.
_CURRENCY = re.compile(
    r"(?P<before>(?:[A-Z]{1,3}\s?)?\$|[€£¥]|[A-Z]{3}(?![A-Z]))?\s*(?P<number>.*?)"
    r"\s*(?P<after>\$(?:\s?[A-Z]{1,3})?|[€£¥]|(?<![A-Z])[A-Z]{3})?",
    re.S,
)
# The currencies that each sign can mean. A plain dollar sign stands for too many currencies to tell them apart.
_DOLLARS = {"C": "CAD", "CA": "CAD", "CAN": "CAD", "US": "USD", "A": "AUD", "AU": "AUD", "NZ": "NZD", "HK": "HKD"}
_DOLLARS |= {"S": "SGD", "NT": "TWD", "MX": "MXN", "R": "BRL"}
_SIGNS = {"€": ("EUR",), "£": ("GBP", "EGP", "FKP", "GIP", "LBP", "SHP", "SYP"), "¥": ("JPY", "CNY")}
_THOUSANDS = re.compile("[1-9][0-9]{0,2},[0-9]{3}")
# The thousands separator and decimal mark for each of LANGUAGES, from CLDR. They are copied here because importing
# babel takes longer than drawing the first screen. A test compares them with babel.
_MARKS = {"en": (",", "."), "fr": ("\u202f", ",")}


def parse_decimal(text: str, currency: str = "") -> Decimal:
    """Return the number that a person typed, with a comma or a point as the decimal mark.

    If the text has both, the last one is the decimal mark. If it has only one kind, that is the decimal mark, with two
    exceptions: a mark that appears several times (`1,234,567`) groups thousands, and so does the comma in `1,234` if
    the interface is in English. The sign or three-letter code of `currency` may come before or after the number. To
    store a number or pass it to a program, write it with `plain`, which means the same in every language.

    Raises InputError if the text is not a number, is in another currency, or has too many digits.
    """
    return _parsed(text, currency, spoken())


# All numbers of a draft are read at every key, and twice a save.
@functools.lru_cache(maxsize=4096)
def _parsed(text: str, currency: str, language: str) -> Decimal:
    typed = text.strip().replace("−", "-")
    if not typed:
        raise InputError(_("This is empty. Enter a number."))
    if len(typed) > _LONGEST:
        raise _no_number(f"{typed[:20]}…")
    if exact := _EXACT.fullmatch(typed):  # as `plain` writes it, which nearly every number of a draft is
        return _decimal("-" if typed[0] == "-" else "", exact[1], exact[2] or "", typed)
    sign, bare = _signed(typed)
    bare = _without_currency(bare, currency)
    if not sign:
        sign, bare = _signed(bare)
    mark = _decimal_mark(bare, language)
    whole, _point, part = bare.rpartition(mark) if mark else (bare, "", "")
    if not (whole or part) or not (_WHOLE.fullmatch(whole) and _PART.fullmatch(part)):
        raise _no_number(text.strip())
    return _decimal(sign, re.sub("[^0-9]", "", whole), part, text.strip())


def parse_rate(text: str) -> Decimal:
    """Return an exchange rate that a person typed. A rate such as `1,364` can be meant either way, and shows as it was
    typed if it is misread: it is rejected where the comma groups thousands. Raises InputError."""
    typed = text.strip()
    if spoken() == "en" and _THOUSANDS.fullmatch(typed):
        words = _("“{text}” can mean two rates. Enter {point} or {whole}.")
        raise InputError(words.format(text=typed, point=typed.replace(",", "."), whole=typed.replace(",", "")))
    rate = parse_decimal(typed)
    if rate <= 0:
        raise InputError(_("Enter a number greater than zero."))
    return rate


def read_decimal(text: str) -> Decimal:
    """Return the number in machine-written decimal text such as `1234.50`, which means the same in every language.

    Grouping, a comma, an exponent and digits other than 0 to 9 are rejected. Raises InputError.
    """
    exact = _EXACT.fullmatch(text) if len(text) <= _LONGEST else None
    if exact is None:
        shown = text if len(text) <= _LONGEST else f"{text[:20]}…"
        raise InputError(_("“{text}” is not a decimal number such as 1234.50.").format(text=shown))
    return _decimal("-" if text.startswith("-") else "", exact[1], exact[2] or "", text)


def plain(number: Decimal) -> str:
    """Return decimal text without an exponent or trailing zeros: `8`, `0.5`."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(number: Decimal, language: str, places: int) -> str:
    """Return a number with `places` decimals as a reader of one of LANGUAGES writes it: `1,234.50`, `1 234,50`."""
    group, mark = _MARKS.get(language, _MARKS["en"])
    return f"{number:,.{places}f}".replace(",", "_").replace(".", mark).replace("_", group)


def _signed(typed: str) -> tuple[str, str]:
    return (typed[0], typed[1:].strip()) if typed.startswith(("+", "-")) else ("", typed)


def _without_currency(typed: str, currency: str) -> str:
    """Return the number without its currency. Raises InputError if it names another currency."""
    found = _CURRENCY.fullmatch(typed)
    if found is None or not any(letter.isdecimal() for letter in found["number"]):
        return typed
    for mark in (found["before"], found["after"]):
        if not mark or mark == "$":
            continue
        letters = mark.strip("$ \u00a0\u202f")
        meant = _SIGNS.get(mark, (_DOLLARS.get(letters, letters),))
        if currency and currency not in meant:
            raise InputError(
                _("“{text}” is in a different currency. Enter the amount in {currency}.").format(
                    text=typed, currency=currency
                )
            )
        if not currency and mark not in _SIGNS:
            raise _no_number(typed)
    return found["number"]


def _decimal(sign: str, whole: str, part: str, typed: str) -> Decimal:
    if len(whole.lstrip("0")) > DIGITS:
        raise InputError(_("“{text}” is too large: at most {count} digits.").format(text=typed, count=DIGITS))
    if len(part.rstrip("0")) > DECIMALS:
        raise InputError(_("“{text}” has too many decimal places: at most {count}.").format(text=typed, count=DECIMALS))
    return Decimal(f"{sign}{whole or '0'}.{part.rstrip('0') or '0'}")


def _no_number(text: str) -> InputError:
    return InputError(_("“{text}” is not a number.").format(text=text))


def _decimal_mark(bare: str, language: str) -> str:
    last = max(bare.rfind(","), bare.rfind("."))
    if last < 0 or bare.count(bare[last]) > 1 or (language == "en" and _THOUSANDS.fullmatch(bare)):
        return ""
    return bare[last]


def parse_currency(text: str) -> str:
    """Return the ISO 4217 code, in capitals, of a currency that is legal tender in some territory today (CLDR).

    Raises InputError if there is no such currency.
    """
    from babel.core import get_global
    from babel.numbers import get_territory_currencies

    code = text.strip().upper()[:20]
    if not any(code in get_territory_currencies(territory) for territory in get_global("territory_currencies")):
        raise InputError(
            _("“{text}” is not a currency. Enter its three letters, such as CAD or EUR.").format(text=text[:20])
        )
    return code
