"""Decimal numbers as people type them: `1,234.50`, `1 234,50`, `8`."""

import re
from decimal import Decimal

from facturier.models.errors import InputError
from facturier.models.language import _

_SPACES = re.compile(r"[\s\u00a0\u202f'’_]")
_DECIMAL = re.compile(r"[+-]?(\d{1,15}(\.\d{0,9})?|\.\d{1,9})")


def parse_decimal(text: str) -> Decimal:
    """The number that a person typed, with a comma or a point before the decimals.

    Where both stand, the last one is the decimal mark; one alone is the decimal mark too, except that several of the
    same kind (`1,234,567`) can only be grouping. Raises InputError.
    """
    bare = _SPACES.sub("", text)
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma >= 0 and point >= 0:
        group = "," if point > comma else "."
        bare = bare.replace(group, "")
    elif bare.count(",") > 1 or bare.count(".") > 1:
        bare = bare.replace(",", "").replace(".", "")
    bare = bare.replace(",", ".")
    if not _DECIMAL.fullmatch(bare):
        raise InputError(_("“{text}” is not a number.").format(text=text))
    return Decimal(bare)


def plain(number: Decimal) -> str:
    """Decimal text without exponent or needless zeros: `8`, `0.5`."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
