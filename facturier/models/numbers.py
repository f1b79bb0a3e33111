"""Decimal numbers as people type them: `1,234.50`, `1 234,50`, `8`."""

import re
from decimal import Decimal

from facturier.models.errors import InputError
from facturier.models.language import _, spoken

# Up to 15 digits, alone or in groups that are all parted alike and end in three (India's 12,34,567 too).
_WHOLE = re.compile(r"(?:[0-9]{1,15}|[0-9]{1,3}(?P<group>[\s'’_.,])(?:[0-9]{2,3}(?P=group)){0,3}[0-9]{3})?")
_PART = re.compile("[0-9]{0,9}")
_CURRENCY = re.compile(r"^[$€£¥]\s*|\s*[$€£¥]$")
_THOUSANDS = re.compile("[1-9][0-9]{0,2},[0-9]{3}")
# What parts thousands and what stands before decimals, for each of LANGUAGES, as CLDR has it. Here and not from babel,
# which would take longer to load than the first screen to draw; a test holds the two together.
_MARKS = {"en": (",", "."), "fr": ("\u202f", ",")}


def parse_decimal(text: str) -> Decimal:
    """The number that a person typed, with a comma or a point before the decimals; the sign of a currency before or
    after it is passed over: the invoice has its own. Raises InputError.

    Where both stand, the last one is the decimal mark. One alone is the decimal mark too, except that several of the
    same kind (`1,234,567`) can only be grouping, and that whoever reads English means thousands by `1,234`. What is
    kept, or read by a program, is written as `plain` writes it, which means the same in every language.
    """
    typed = _CURRENCY.sub("", text.strip().replace("−", "-"))
    if not typed:
        raise InputError(_("This is empty: type a number."))
    sign, bare = (typed[0], typed[1:].strip()) if typed.startswith(("+", "-")) else ("", typed)
    mark = _decimal_mark(bare)
    whole, _point, part = bare.rpartition(mark) if mark else (bare, "", "")
    if not (whole or part) or not (_WHOLE.fullmatch(whole) and _PART.fullmatch(part)):
        raise InputError(_("“{text}” is not a number.").format(text=text.strip()))
    return Decimal(f"{sign}{re.sub('[^0-9]', '', whole) or '0'}.{part or '0'}")


def plain(number: Decimal) -> str:
    """Decimal text without exponent or needless zeros: `8`, `0.5`."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(number: Decimal, language: str, places: int) -> str:
    """A number of as many decimal `places` as a reader of one of LANGUAGES writes it: `1,234.50`, `1 234,50`."""
    group, mark = _MARKS.get(language, _MARKS["en"])
    return f"{number:,.{places}f}".replace(",", "_").replace(".", mark).replace("_", group)


def _decimal_mark(bare: str) -> str:
    last = max(bare.rfind(","), bare.rfind("."))
    if last < 0 or bare.count(bare[last]) > 1 or (spoken() == "en" and _THOUSANDS.fullmatch(bare)):
        return ""
    return bare[last]
