"""The cells of a line: how they are shown, edited and stored."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from facturier.mail.document.formatting import percent, quantity, unit_price
from facturier.models.errors import InputError
from facturier.models.settings.line import Line, LineKind, line_amount
from facturier.models.settings.tax import TaxRate, check_tax, tax_names
from facturier.models.settings.units import unit_words
from facturier.models.text.clean import clean
from facturier.models.text.decimals import parse_decimal, plain
from facturier.models.text.i18n import N_, _, spoken
from facturier.models.text.money import Money

CELLS = ("item", "description", "quantity", "rate", "tax")
TITLES = {
    "item": N_("Item"),
    "description": N_("Description"),
    "quantity": N_("Qty"),
    "rate": N_("Rate"),
    "tax": N_("Tax"),
    "amount": N_("Amount"),
}
_NAMES = {**TITLES, "discount": N_("Discount")}
NUMBERS = ("quantity", "rate", "amount")
_BREAK = "↵"  # shown instead of a line break, because a cell has only one line


def cell_name(cell: str) -> str:
    """Return the name of a cell, or of a detail of a line that has no cell, in the interface language."""
    return _(_NAMES[cell])


def shown(line: Line, cell: str, currency: str) -> str:
    """Return the text of a cell as shown while it is not edited."""
    if line.kind is not LineKind.ITEM and cell in ("quantity", "rate", "tax", "amount"):
        return ""
    if line.kind is LineKind.SUBTOTAL and cell == "item" and not (line.item or line.description):
        return _("Subtotal")
    if cell == "quantity":
        return quantity(line.quantity, spoken()) if line.quantity else ""
    if cell == "rate":
        return unit_price(line.rate, currency, spoken()) if line.rate else ""
    if cell == "amount":
        return _amount(line, currency)
    if cell == "tax":
        return tax_names(line.tax, spoken())
    return clean(getattr(line, cell).replace("\n", f" {_BREAK} "))


def typed(line: Line, cell: str) -> str:
    """A cell as it is edited: numbers with the reader's decimal mark and without grouping, taxes by their names."""
    text: str = getattr(line, cell)
    if cell == "tax":
        return tax_names(text, spoken())
    if cell in NUMBERS:
        return number_text(text)
    return clean(text.replace("\n", _BREAK))


def number_text(text: str) -> str:
    """Return decimal text, or a percentage, with the reader's decimal mark. Other text stays as it is."""
    return text.replace(".", ",") if spoken() == "fr" and _is_number(text.removesuffix("%")) else clean(text)


def edited(line: Line, cell: str, text: str, rates: Mapping[str, TaxRate], currency: str) -> Line:
    """Return the line with another text in a cell.

    Valid numbers are normalized with `plain`, and valid tax codes to the company's spelling. Other texts stay as typed.
    """
    text = clean(text)
    with suppress(InputError):
        if cell in NUMBERS and text:
            text = plain(parse_decimal(text, currency if cell == "rate" else ""))
        elif cell == "tax":
            text = check_tax(text, rates)
    if cell == "description":
        text = "\n".join(part.strip() for part in text.split(_BREAK))
    texts: dict[str, Any] = {cell: text}
    return replace(line, **texts)


def has_details(line: Line) -> bool:
    """Return whether a line has a unit or a discount, which have no cells."""
    return line.kind is LineKind.ITEM and bool(line.unit or line.discount)


def details(line: Line, currency: str) -> str:
    """Return the unit and the discount of a line: `hours · −10%`."""
    return " · ".join(filter(None, (_unit(line), _discount(line.discount, currency))))


def _unit(line: Line) -> str:
    try:
        count = parse_decimal(line.quantity or "1")
    except InputError:
        count = Decimal(1)
    return clean(unit_words(line.unit, count, spoken()))


def _discount(text: str, currency: str) -> str:
    if text.endswith("%") and _is_number(text[:-1]):
        return f"−{percent(Decimal(text[:-1]), spoken())}"
    return f"−{unit_price(clean(text), currency, spoken())}" if text else ""


def _amount(line: Line, currency: str) -> str:
    if not line.rate:
        return ""
    try:
        return Money(line_amount(line, currency), currency).text(spoken())
    except InputError:
        return "–"


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).removeprefix("-").isdecimal()


WIDE = 100  # from this width, the description has its own column
NARROW = 56  # below this width, quantity, rate and tax have their own row

_FIXED = {"quantity": 9, "rate": 11, "tax": 10, "amount": 13}
_GAP = 1
_ITEM = 24


@dataclass(frozen=True, slots=True)
class CellBox:
    """The place of a cell within its line, in terminal cells: column, width, and row (1 is below the first)."""

    x: int
    width: int
    row: int = 0

    @property
    def end(self) -> int:
        return self.x + self.width


@cache
def cell_boxes(width: int) -> dict[str, CellBox]:
    """Return the place of each cell, of the line's number and of its details."""
    found = {"number": CellBox(0, 3)}
    end = width - 2  # aligned with the amounts inside the frame of the totals
    for name in reversed(_FIXED):
        found[name] = CellBox(end - _FIXED[name] + _GAP, _FIXED[name] - _GAP)
        end -= _FIXED[name]
    end -= 1
    if width < NARROW:
        return _narrow_boxes(width)
    found["details"] = CellBox(found["tax"].x, found["amount"].end - found["tax"].x, 1)
    if width >= WIDE:
        found["item"] = CellBox(4, _ITEM)
        found["description"] = CellBox(4 + _ITEM + _GAP, end - 4 - _ITEM - _GAP)
    else:
        found["item"] = CellBox(4, max(end - 4, 1))
        found["description"] = CellBox(4, max(found["rate"].end - 4, 1), 1)
    return found


def _narrow_boxes(width: int) -> dict[str, CellBox]:
    amount = CellBox(max(width - 14, 6), 12)
    third = max((width - 4) // 3, 2)
    return {
        "number": CellBox(0, 3),
        "item": CellBox(4, max(amount.x - 5, 1)),
        "amount": amount,
        "quantity": CellBox(4, third - 1, 1),
        "rate": CellBox(4 + third, third - 1, 1),
        "tax": CellBox(4 + 2 * third, max(third - 1, 1), 1),
        "description": CellBox(4, max(width - 5, 1), 2),
        "details": CellBox(4, max(amount.end - 4, 1), 3),
    }
