"""The totals of an invoice: discounts, shipping and taxes.

For each rate, the net amounts are added up and taxed once, with halves rounded up (away from zero). Quebec's GST and
QST are two independent rates; QST applies to the price without GST. Source: Revenu Québec, "Calculating the taxes".

The amounts follow EN 16931: the subtotal is the sum of the lines (BR-CO-10), discount and shipping change it before tax
(BR-CO-13), and each tax is its base times its rate (BR-CO-17).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from facturier.models.errors import InputError
from facturier.models.settings.line import Line, LineKind, discount_of, line_amount
from facturier.models.settings.tax import TaxRate
from facturier.models.text.decimals import parse_decimal
from facturier.models.text.money import to_minor

if TYPE_CHECKING:
    from fractions import Fraction


class Pricing(NamedTuple):
    """What applies to the whole invoice.

    `per_line` rounds the tax of each line, as some customers' systems do. With `inclusive`, the rates of the lines
    include the taxes. `discount` is decimal text, or a percentage such as `10%`, of the sum of the lines. `shipping` is
    decimal text and `shipping_tax` holds its tax codes.
    """

    per_line: bool = False
    inclusive: bool = False
    discount: str = ""
    shipping: str = ""
    shipping_tax: str = ""


class TaxAmount(NamedTuple):
    """The base and the tax of one rate on an invoice, in minor units."""

    code: str
    percent: Decimal
    net: int
    amount: int


class Totals(NamedTuple):
    """The sums of an invoice in minor units.

    `amounts` has one entry per line: None if the line is not a number yet, 0 for a heading or a subtotal. `sections`
    has the sum for each line that is a subtotal, and None for the others. `subtotal` is the sum of the lines. `total`
    is subtotal − discount + shipping, plus the taxes unless the rates include them.
    """

    amounts: tuple[int | None, ...]
    subtotal: int
    taxes: tuple[TaxAmount, ...]
    total: int
    discount: int = 0
    shipping: int = 0
    sections: tuple[int | None, ...] = ()


class _Part(NamedTuple):
    """An amount with the rates that tax it: those on the price, then those on the price with the other taxes."""

    amount: int
    simple: tuple[TaxRate, ...]
    compound: tuple[TaxRate, ...]


def totals(
    lines: Sequence[Line],
    rates: Mapping[str, TaxRate],
    currency: str,
    pricing: Pricing = Pricing(),  # noqa: B008 - frozen
) -> Totals:
    """Return the totals of the lines.

    Lines that are not numbers yet and unknown tax codes add nothing; `line_problems` reports them.
    """
    amounts, sections, subtotal = _amounts(lines, currency)
    discount, shipping, parts = _parts(lines, amounts, subtotal, rates, currency, pricing)
    taxes = _taxes_within(parts, pricing) if pricing.inclusive else _taxes_on_top(parts, pricing)
    taxed = tuple(TaxAmount(code, rate.percent, *taxes[code]) for code, rate in rates.items() if code in taxes)
    total = subtotal - discount + shipping
    if not pricing.inclusive:
        total += sum(tax.amount for tax in taxed)
    return Totals(tuple(amounts), subtotal, taxed, total, discount, shipping, tuple(sections))


def gross_by_tax(
    lines: Sequence[Line], rates: Mapping[str, TaxRate], currency: str, pricing: Pricing
) -> dict[tuple[str, ...], int]:
    """Return what each combination of taxes comes to with its taxes, in minor units, after discount and shipping.

    The taxes of each combination are rounded alone, so that the sum may differ from the total by a few minor units.
    """
    amounts, _sections, subtotal = _amounts(lines, currency)
    _discount, _shipping, parts = _parts(lines, amounts, subtotal, rates, currency, pricing)
    gross = {}
    for part in _grouped(parts):
        taxes = 0 if pricing.inclusive else sum(tax for _net, tax in _taxes_on_top([part], pricing).values())
        gross[tuple(rate.code for rate in (*part.simple, *part.compound))] = part.amount + taxes
    return gross


class Nets(NamedTuple):
    """What is sold without its taxes, in minor units: by each line, which is 0 for a heading or a subtotal, and by what
    is not a line: shipping, and a discount that no line can share."""

    lines: tuple[int, ...]
    rest: int


def nets(lines: Sequence[Line], rates: Mapping[str, TaxRate], currency: str, pricing: Pricing, net: int) -> Nets:
    """Return the shares of the lines in `net`, the total without the taxes. They add up to it exactly."""
    amounts, _sections, subtotal = _amounts(lines, currency)
    _discount, _shipping, parts = _parts(lines, amounts, subtotal, rates, currency, pricing)
    shares = _exact_nets(parts, net) if pricing.inclusive else [part.amount for part in parts]
    places = [
        place
        for place, (line, amount) in enumerate(zip(lines, amounts, strict=True))
        if amount is not None and line.kind is LineKind.ITEM
    ]
    of_lines = [0] * len(lines)
    for place, share in zip(places, shares, strict=False):
        of_lines[place] = share
    return Nets(tuple(of_lines), net - sum(of_lines))


def _exact_nets(parts: list[_Part], net: int) -> list[int]:
    """Take the taxes out of each part, and round so that the results add up to `net`."""
    exact = [_net_of(part) for part in parts]
    shares = [amount.__floor__() for amount in exact]
    places = sorted(range(len(parts)), key=lambda place: shares[place] - exact[place])
    each, more = divmod(net - sum(shares), len(parts)) if parts else (0, 0)
    for at, place in enumerate(places):
        shares[place] += each + (at < more)
    return shares


def _net_of(part: _Part) -> "Fraction":
    """Return a part without its taxes. It is a fraction, because decimals cannot tell half a cent from nearly half."""
    from fractions import Fraction  # imported where prices include the taxes, to save time at the start

    return part.amount / (Fraction(_with(part.simple)) * Fraction(_with(part.compound)))


def _with(rates: Iterable[TaxRate]) -> Decimal:
    """Return what a price with these taxes is, of the price without them."""
    return 1 + sum((rate.percent for rate in rates), Decimal()) / 100


def _amounts(lines: Iterable[Line], currency: str) -> tuple[list[int | None], list[int | None], int]:
    """Return the amount of each line, the sum for each line that is a subtotal, and the sum of all."""
    amounts: list[int | None] = []
    sections: list[int | None] = []
    section = subtotal = 0
    for line in lines:
        amount = _amount(line, currency)
        amounts.append(amount)
        sections.append(section if line.kind is LineKind.SUBTOTAL else None)
        if line.kind is not LineKind.ITEM:
            section = 0
        elif amount is not None:
            section += amount
            subtotal += amount
    return amounts, sections, subtotal


def _parts(
    lines: Iterable[Line],
    amounts: Iterable[int | None],
    subtotal: int,
    rates: Mapping[str, TaxRate],
    currency: str,
    pricing: Pricing,
) -> tuple[int, int, list[_Part]]:
    """Return the discount, the shipping, and what is taxed after both."""
    parts = [
        _part(amount, line.codes, rates)
        for line, amount in zip(lines, amounts, strict=True)
        if amount is not None and line.kind is LineKind.ITEM
    ]
    discount = _number(lambda: discount_of(pricing.discount, subtotal, currency))
    shipping = _number(lambda: to_minor(parse_decimal(pricing.shipping or "0", currency), currency))
    parts = _discounted(parts, subtotal, discount)
    if shipping:
        parts.append(_part(shipping, Line(tax=pricing.shipping_tax).codes, rates))
    return discount, shipping, parts


def _amount(line: Line, currency: str) -> int | None:
    if line.kind is not LineKind.ITEM:
        return 0
    try:
        return line_amount(line, currency)
    except InputError:
        return None


def _number(read: Callable[[], int]) -> int:
    """Return 0 for what is not a number yet, or not a sound one: the field shows what is wrong."""
    try:
        return read()
    except InputError:
        return 0


def _part(amount: int, codes: Sequence[str], rates: Mapping[str, TaxRate]) -> _Part:
    known = [rates[code] for code in codes if code in rates]
    return _Part(
        amount,
        tuple(rate for rate in known if not rate.compound),
        tuple(rate for rate in known if rate.compound),
    )


def _discounted(parts: list[_Part], subtotal: int, discount: int) -> list[_Part]:
    """Share the discount out over the parts in proportion, so that the shares add up to it exactly."""
    if not discount:
        return parts
    if not subtotal:
        return [*parts, _Part(-discount, (), ())]
    if subtotal < 0:  # a credit note: exactly the opposite of its invoice
        opposite = [part._replace(amount=-part.amount) for part in parts]
        return [part._replace(amount=-part.amount) for part in _discounted(opposite, -subtotal, -discount)]
    products = [discount * part.amount for part in parts]
    shares = [product // subtotal for product in products]
    # The minor units that rounding down left over go to the parts that lost most.
    places = sorted(range(len(parts)), key=lambda place: -(products[place] % subtotal))
    for place in places[: discount - sum(shares)]:
        shares[place] += 1
    return [part._replace(amount=part.amount - share) for part, share in zip(parts, shares, strict=True)]


def _taxes_on_top(parts: list[_Part], pricing: Pricing) -> dict[str, tuple[int, int]]:
    """Return base and tax for each code."""
    groups = parts if pricing.per_line else _grouped(parts)
    nets: dict[TaxRate, int] = {}
    taxes: dict[TaxRate, int] = {}
    bases: dict[TaxRate, int] = {}  # of the compound rates
    for part in groups:
        first = 0
        for rate in part.simple:
            nets[rate] = nets.get(rate, 0) + part.amount
            tax = _tax(part.amount, rate)
            first += tax
            if pricing.per_line:
                taxes[rate] = taxes.get(rate, 0) + tax
        for rate in part.compound:
            bases[rate] = bases.get(rate, 0) + part.amount + first
            if pricing.per_line:
                taxes[rate] = taxes.get(rate, 0) + _tax(part.amount + first, rate)
    found = nets | bases
    return {rate.code: (net, taxes[rate] if pricing.per_line else _tax(net, rate)) for rate, net in found.items()}


def _taxes_within(parts: list[_Part], pricing: Pricing) -> dict[str, tuple[int, int]]:
    """Return base and tax for each code, where the amounts include the taxes."""
    from fractions import Fraction

    nets: dict[TaxRate, Fraction] = {}
    taxes: dict[TaxRate, Fraction] = {}
    for part in parts if pricing.per_line else _grouped(parts):
        net = _net_of(part)
        for base, found in ((net, part.simple), (net * Fraction(_with(part.simple)), part.compound)):
            for rate in found:
                tax = base * Fraction(rate.percent) / 100
                nets[rate] = nets.get(rate, Fraction()) + base
                taxes[rate] = taxes.get(rate, Fraction()) + (_nearest(tax) if pricing.per_line else tax)
    return {rate.code: (_nearest(nets[rate]), _nearest(taxes[rate])) for rate in nets}


def _grouped(parts: list[_Part]) -> list[_Part]:
    """Add up the parts that have the same rates."""
    sums: dict[tuple[tuple[TaxRate, ...], tuple[TaxRate, ...]], int] = {}
    for part in parts:
        rates = part.simple, part.compound
        sums[rates] = sums.get(rates, 0) + part.amount
    return [_Part(amount, *rates) for rates, amount in sums.items()]


def _tax(net: int, rate: TaxRate) -> int:
    return _rounded(net * rate.percent / 100)


def _nearest(amount: "Fraction") -> int:
    """Round as `_rounded` does."""
    found = (2 * abs(amount.numerator) + amount.denominator) // (2 * amount.denominator)
    return found if amount >= 0 else -found


def _rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
