"""Taxes: the rates of each line and the totals of an invoice.

For each rate, the net amounts are added up and taxed once, with halves rounded up (away from zero). Quebec's GST and
QST are two independent rates; QST applies to the price without GST. Source: Revenu Québec, "Calculating the taxes".
"""

import functools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import NamedTuple

from facturier.models.errors import InputError
from facturier.models.store.damaged_rows import text
from facturier.models.text.clean import clean
from facturier.models.text.decimals import parse_decimal, plain
from facturier.models.text.i18n import N_, _, catalogue, spoken
from facturier.models.text.limits import NAME, TEXT, check_length
from facturier.models.text.money import to_minor

_NAMES = {"GST": N_("GST"), "HST": N_("HST"), "PST": N_("PST"), "QST": N_("QST")}
LARGEST = 10**15  # minor units of one line; sums of thousands of lines still fit SQLite's 64-bit integers


class TaxRate(NamedTuple):
    """One tax. `code` is the name that lines use (`GST`); `percent` is 5 for 5 %."""

    code: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One line as typed.

    `quantity` and `rate` are decimal text. `tax` holds tax codes joined by `+` (`GST+QST`), or is empty.
    """

    description: str = ""
    item: str = ""
    quantity: str = ""
    rate: str = ""
    tax: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for part in self.tax.split("+") if (code := part.strip())))

    @property
    def empty(self) -> bool:
        return not (self.description or self.item or self.rate)


def as_kept(line: Line, currency: str) -> Line:
    """Return the line with its numbers as decimal text, which means the same in every language.

    Text that is not a number yet stays as typed.
    """
    language = spoken()
    quantity, rate = _as_kept(line.quantity, "", language), _as_kept(line.rate, currency, language)
    return (
        line
        if (quantity, rate) == (line.quantity, line.rate)
        else Line(line.description, line.item, quantity, rate, line.tax)
    )


class TaxAmount(NamedTuple):
    """The net amount and the tax of one rate on an invoice, in minor units."""

    code: str
    percent: Decimal
    net: int
    amount: int


class Totals(NamedTuple):
    """The sums of an invoice in minor units.

    `amounts` has one entry per line, None if the line is not a number yet.
    """

    amounts: tuple[int | None, ...]
    subtotal: int
    taxes: tuple[TaxAmount, ...]
    total: int


def line_amount(line: Line, currency: str) -> int:
    """Return quantity times rate in minor units. An empty quantity counts as 1, an empty rate as 0.

    Raises InputError if either is not a number or the amount is larger than LARGEST.
    """
    quantity = parse_decimal(line.quantity.strip() or "1")
    rate = parse_decimal(line.rate.strip() or "0", currency)
    with localcontext(prec=60):  # twice 24 digits, so nothing is rounded before the cents
        amount = to_minor(quantity * rate, currency)
    if abs(amount) > LARGEST:
        raise InputError(_("This amount is too large."))
    return amount


def totals(lines: Iterable[Line], rates: Mapping[str, TaxRate], currency: str, *, per_line: bool = False) -> Totals:
    """Return the totals of the lines.

    Lines that are not numbers yet and unknown tax codes add nothing; `line_problems` reports them. `per_line` rounds
    the tax of each line, as some customers' systems do.
    """
    amounts: list[int | None] = []
    nets: dict[str, int] = {}
    taxes: dict[str, int] = {}
    for line in lines:
        try:
            amount = line_amount(line, currency)
        except InputError:
            amounts.append(None)
            continue
        amounts.append(amount)
        for code in line.codes:
            if code in rates:
                nets[code] = nets.get(code, 0) + amount
                if per_line:
                    taxes[code] = taxes.get(code, 0) + _tax(amount, rates[code])
    taxed = tuple(
        TaxAmount(code, rates[code].percent, nets[code], taxes[code] if per_line else _tax(nets[code], rates[code]))
        for code in rates
        if code in nets
    )
    subtotal = sum(amount for amount in amounts if amount is not None)
    return Totals(tuple(amounts), subtotal, taxed, subtotal + sum(tax.amount for tax in taxed))


def tax_name(code: str, language: str) -> str:
    """Return the name of a tax in a language. Only Canada's own taxes have translations."""
    return catalogue(language).gettext(_NAMES[code]) if code in _NAMES else clean(code)


def unknown_taxes(lines: Iterable[Line], known: Collection[str]) -> list[str]:
    """Return the tax codes of the lines that are not in `known`, because the company has renamed or removed them."""
    return [code for line in lines for code in line.codes if code not in known]


def check_tax(text: str, rates: Mapping[str, TaxRate]) -> str:
    """Return the tax codes of a line as the company's rates spell them.

    A person may also type the name that documents use in the interface language. Raises InputError if a code is
    unknown.
    """
    known = {tax_name(code, spoken()).casefold(): code for code in rates} | {code.casefold(): code for code in rates}
    codes = Line(tax=text).codes
    for code in codes:
        if code.casefold() not in known:
            raise InputError(
                _("Unknown tax “{code}”. Known taxes: {known}.").format(code=code, known=", ".join(rates) or _("none"))
            )
    return "+".join(dict.fromkeys(known[code.casefold()] for code in codes))


def line_problems(line: Line, rates: Mapping[str, TaxRate], currency: str) -> dict[str, str]:
    """Return what is wrong with a line, as field name → sentence. The result is empty if the line is valid."""
    problems = {}
    for name, check in (
        ("item", lambda: check_length(line.item, NAME)),
        ("description", lambda: check_length(line.description, TEXT)),
        ("quantity", lambda: line.quantity.strip() and parse_decimal(line.quantity)),
        ("rate", lambda: line.rate.strip() and parse_decimal(line.rate, currency)),
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


def _tax(net: int, rate: TaxRate) -> int:
    return int((net * rate.percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


def read_rates(pairs: list[list[str]]) -> tuple[TaxRate, ...]:
    """Return the rates from their JSON form: pairs of code and percent.

    Raises ValueError, TypeError or ArithmeticError if they are not valid.
    """
    rates = tuple(TaxRate(text(code), Decimal(text(percent))) for code, percent in pairs)
    if not all(rate.percent.is_finite() and 0 <= rate.percent <= 100 for rate in rates):
        raise ValueError("no tax rate")
    return rates


def write_rates(rates: tuple[TaxRate, ...]) -> list[list[str]]:
    return [[rate.code, str(rate.percent)] for rate in rates]


def parse_rates(text: str) -> tuple[TaxRate, ...]:
    """Return the tax rates that a person typed, one per line: `GST 5`, `QST 9.975 %`.

    Raises InputError if a line is not a rate from 0 to 100 or a code appears twice.
    """
    rates: dict[str, TaxRate] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        code, _space, percent = line.strip().rstrip("% ").rpartition(" ")
        try:
            rate = TaxRate(code.strip(), Decimal(percent.strip().replace(",", ".")))
        except InvalidOperation:
            rate = TaxRate("", Decimal(0))
        if not rate.code or "+" in rate.code or not rate.percent.is_finite() or not 0 <= rate.percent <= 100:
            raise InputError(_("“{line}” is not a tax rate. Example: GST 5").format(line=line.strip()))
        if rate.code.casefold() in rates:
            raise InputError(_("“{code}” appears twice.").format(code=rate.code))
        rates[rate.code.casefold()] = rate
    return tuple(rates.values())
