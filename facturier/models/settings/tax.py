"""Taxes: which rates a line carries, and what an invoice comes to.

The net is summed per rate and taxed once, halves rounded up (away from zero). Quebec's GST and QST are two rates side
by side, QST on the price without GST: Revenu Québec, "Calculating the taxes".
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
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
LARGEST = 10**15  # minor units of one line: sums of thousands of them still fit SQLite's 64 bits


class TaxRate(NamedTuple):
    """One tax: `code` is what a line names (`GST`), `percent` is 5 for 5 %."""

    code: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One line as typed: quantity and rate are decimal text, `tax` names codes joined by `+` (`GST+QST`) or none."""

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
    """The line with its numbers as decimal text that means the same in every language. What is no number yet stays as
    it was typed."""
    quantity, rate = _as_kept(line.quantity), _as_kept(line.rate, currency)
    return line if (quantity, rate) == (line.quantity, line.rate) else replace(line, quantity=quantity, rate=rate)


class TaxAmount(NamedTuple):
    """What one rate comes to on an invoice, in minor units."""

    code: str
    percent: Decimal
    net: int
    amount: int


class Totals(NamedTuple):
    """An invoice's sums in minor units; `amounts` has one entry a line, None where the line is not a number yet."""

    amounts: tuple[int | None, ...]
    subtotal: int
    taxes: tuple[TaxAmount, ...]
    total: int


def line_amount(line: Line, currency: str) -> int:
    """Quantity times rate in minor units; an empty quantity counts as 1, an empty rate as 0. Raises InputError."""
    quantity = parse_decimal(line.quantity.strip() or "1")
    rate = parse_decimal(line.rate.strip() or "0", currency)
    with localcontext(prec=60):  # twice 24 digits: nothing is rounded before the cents
        amount = to_minor(quantity * rate, currency)
    if abs(amount) > LARGEST:
        raise InputError(_("This amount is too large."))
    return amount


def totals(lines: Iterable[Line], rates: Mapping[str, TaxRate], currency: str, *, per_line: bool = False) -> Totals:
    """What the lines come to. Lines that are not numbers yet and unknown tax codes count as nothing here: `problems`
    names them. `per_line` rounds the tax of each line by itself, as some customers' systems do."""
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
    """A tax as readers of a language know it: Canada's own have a name in each of its languages."""
    return catalogue(language).gettext(_NAMES[code]) if code in _NAMES else clean(code)


def unknown_taxes(lines: Iterable[Line], known: Collection[str]) -> list[str]:
    """The codes that lines name and no rate goes by: the company has renamed or dropped them since."""
    return [code for line in lines for code in line.codes if code not in known]


def check_tax(text: str, rates: Mapping[str, TaxRate]) -> str:
    """The tax codes of a line as they are written in the company's rates, which a person may also call as the document
    does in their language. Raises InputError for an unknown one."""
    known = {tax_name(code, spoken()).casefold(): code for code in rates} | {code.casefold(): code for code in rates}
    codes = Line(tax=text).codes
    for code in codes:
        if code.casefold() not in known:
            raise InputError(
                _("Unknown tax “{code}”. Known taxes: {known}.").format(code=code, known=", ".join(rates) or _("none"))
            )
    return "+".join(dict.fromkeys(known[code.casefold()] for code in codes))


def line_problems(line: Line, rates: Mapping[str, TaxRate], currency: str) -> dict[str, str]:
    """What is wrong with a line: the field's name → a sentence. Nothing for a line that can be right."""
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


def _as_kept(number: str, currency: str = "") -> str:
    try:
        return plain(parse_decimal(number, currency))
    except InputError:
        return number


def _tax(net: int, rate: TaxRate) -> int:
    return int((net * rate.percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


def read_rates(pairs: list[list[str]]) -> tuple[TaxRate, ...]:
    """Raises ValueError, TypeError, ArithmeticError for what are no rates."""
    rates = tuple(TaxRate(text(code), Decimal(text(percent))) for code, percent in pairs)
    if not all(rate.percent.is_finite() and 0 <= rate.percent <= 100 for rate in rates):
        raise ValueError("no tax rate")
    return rates


def write_rates(rates: tuple[TaxRate, ...]) -> list[list[str]]:
    return [[rate.code, str(rate.percent)] for rate in rates]


def parse_rates(text: str) -> tuple[TaxRate, ...]:
    """Tax rates as a person types them, one a line: `GST 5`, `QST 9.975 %`. Raises InputError."""
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
