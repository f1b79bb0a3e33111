"""The lines of an invoice: what a person typed, and what each line comes to."""

import functools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum

from facturier.models.errors import InputError
from facturier.models.settings.tax import TaxRate, check_tax, tax_codes
from facturier.models.text.decimals import parse_decimal, plain
from facturier.models.text.i18n import _, spoken
from facturier.models.text.limits import NAME, TEXT, check_length
from facturier.models.text.money import parse_amount, to_minor

LARGEST = 10**15  # minor units of one line; sums of thousands of lines still fit SQLite's 64-bit integers


class LineKind(StrEnum):
    """What a line is. A heading and a subtotal have no amount of their own."""

    ITEM = "item"
    HEADING = "heading"
    SUBTOTAL = "subtotal"  # of the lines since the last heading or subtotal


@dataclass(frozen=True, slots=True)
class Line:
    """One line as typed.

    `quantity` and `rate` are decimal text. `tax` holds tax codes joined by `+` (`GST+QST`), or is empty. `unit` is a
    code of UN/ECE Recommendation 20, such as HUR for hours. `discount` is decimal text, or a percentage such as `10%`.
    `service_from` and `service_to` are the first and the last day of the service, both the same for one day.
    """

    description: str = ""
    item: str = ""
    quantity: str = ""
    rate: str = ""
    tax: str = ""
    kind: LineKind = LineKind.ITEM
    unit: str = ""
    discount: str = ""
    service_from: date | None = None
    service_to: date | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        return tax_codes(self.tax)

    @property
    def empty(self) -> bool:
        return self.kind is LineKind.ITEM and not (self.description or self.item or self.rate)


def as_kept(line: Line, currency: str) -> Line:
    """Return the line with its numbers as decimal text, which means the same in every language.

    Text that is not a number yet stays as typed.
    """
    return _line_as_kept(line, currency, spoken())


@functools.lru_cache(4096)  # a draft is saved many times with nearly the same lines
def _line_as_kept(line: Line, currency: str, language: str) -> Line:
    quantity, rate = _as_kept(line.quantity, "", language), _as_kept(line.rate, currency, language)
    discount = kept_discount(line.discount, currency) if line.discount else ""
    if (quantity, rate, discount) == (line.quantity, line.rate, line.discount):
        return line
    return replace(line, quantity=quantity, rate=rate, discount=discount)


def kept_discount(typed: str, currency: str) -> str:
    """Return a discount or a deposit as decimal text, with `%` if it is a percentage. Other text stays as typed."""
    number, percent = _split(typed)
    return f"{_as_kept(number, '' if percent else currency, spoken())}{percent}"


def _split(discount: str) -> tuple[str, str]:
    bare = discount.strip()
    return (bare[:-1].strip(), "%") if bare.endswith("%") else (bare, "")


def discount_of(discount: str, amount: int, currency: str) -> int:
    """Return what a discount takes off `amount`, in minor units with the sign of `amount`.

    Raises InputError if it is not a number, negative, or more than 100 %.
    """
    number, percent = _split(discount)
    if not number:
        return 0
    parsed = parse_decimal(number, "" if percent else currency)
    if parsed < 0 or (percent and parsed > 100):
        raise InputError(_("A discount is an amount, or a percentage from 0 to 100 such as 10%."))
    if percent:
        return int((amount * parsed / 100).quantize(Decimal(1), ROUND_HALF_UP))
    return to_minor(parsed, currency) * (-1 if amount < 0 else 1)


def check_discount(discount: str, currency: str) -> None:
    """Raises InputError as `discount_of` does, and if an amount has more decimals than the currency."""
    discount_of(discount, 0, currency)
    _check_decimals(discount, currency)


def _check_decimals(typed: str, currency: str) -> None:
    number, percent = _split(typed)
    if number and not percent:
        parse_amount(number, currency)


def deposit_of(deposit: str, total: int, currency: str) -> int:
    """Return a deposit in minor units: an amount, or a percentage of `total`. Raises InputError if it is neither."""
    number, percent = _split(deposit)
    if not number:
        return 0
    parsed = parse_decimal(number, "" if percent else currency)
    if parsed < 0 or (percent and parsed > 100):
        raise InputError(_("A deposit is an amount, or a percentage from 0 to 100 such as 30%."))
    if percent:
        return max(int((total * parsed / 100).quantize(Decimal(1), ROUND_HALF_UP)), 0)
    return to_minor(parsed, currency)


def check_deposit(deposit: str, currency: str) -> None:
    """Raises InputError as `deposit_of` does, and if an amount has more decimals than the currency."""
    deposit_of(deposit, 0, currency)
    _check_decimals(deposit, currency)


def line_amount(line: Line, currency: str) -> int:
    """Return quantity times rate less the discount, in minor units. An empty quantity counts as 1, an empty rate as 0.

    Raises InputError if one of them is not valid or the amount is larger than LARGEST.
    """
    quantity = parse_decimal(line.quantity.strip() or "1")
    rate = parse_decimal(line.rate.strip() or "0", currency)
    with localcontext(prec=60):  # twice 24 digits, so nothing is rounded before the cents
        amount = to_minor(quantity * rate, currency)
        if line.discount:
            amount -= discount_of(line.discount, amount, currency)
    if abs(amount) > LARGEST:
        raise InputError(_("This amount is too large."))
    return amount


def unknown_taxes(lines: Iterable[Line], known: Collection[str]) -> list[str]:
    """Return the tax codes of the lines that are not in `known`, because the company has renamed or removed them."""
    return [code for line in lines for code in line.codes if code not in known]


def line_problems(line: Line, rates: Mapping[str, TaxRate], currency: str) -> dict[str, str]:
    """Return what is wrong with a line, as field name → sentence. The result is empty if the line is valid."""
    problems = {}
    for name, check in (
        ("item", lambda: check_length(line.item, NAME)),
        ("description", lambda: check_length(line.description, TEXT)),
        ("quantity", lambda: line.quantity.strip() and parse_decimal(line.quantity)),
        ("rate", lambda: line.rate.strip() and parse_decimal(line.rate, currency)),
        ("discount", lambda: check_discount(line.discount, currency)),
        ("tax", lambda: check_tax(line.tax, rates)),
    ):
        try:
            check()
        except InputError as error:
            problems[name] = str(error)
    if not problems:
        try:
            line_amount(line, currency)
        except InputError as error:
            problems["rate"] = str(error)
    return problems


@functools.lru_cache(maxsize=4096)  # a save writes the numbers of every line, which are mostly those of the last save
def _as_kept(number: str, currency: str, _language: str) -> str:
    try:
        return plain(parse_decimal(number, currency))
    except InputError:
        return number
