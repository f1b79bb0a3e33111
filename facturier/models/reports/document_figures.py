"""The figures of one document for the reports: its net, its taxes and its items.

Nearly all documents are plain: prices without tax, no discounts, no shipping. Theirs are computed with whole numbers,
which is ten times as fast as `totals`. A test compares the two, and a document whose figures do not come to its total
is computed with `totals`.
"""

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from facturier.models.settings.line import LARGEST, Line, LineKind
from facturier.models.settings.tax import TaxRate, read_rates, tax_codes
from facturier.models.settings.totals import Pricing, nets, totals
from facturier.models.text.decimals import parse_decimal, plain
from facturier.models.text.money import digits

_NUMBER = re.compile(r"(-?[0-9]{1,12})(?:\.([0-9]{1,6}))?")


class Document(NamedTuple):
    """What the figures need of a row of `invoice`."""

    id: int
    number: str
    customer_id: int | None
    date: str
    currency: str
    total: int
    rates: str
    per_line: int
    inclusive: int
    discount: str
    shipping: str
    shipping_tax: str

    @property
    def pricing(self) -> Pricing:
        return Pricing(bool(self.per_line), bool(self.inclusive), self.discount, self.shipping, self.shipping_tax)

    @property
    def is_plain(self) -> bool:
        priced = self.per_line or self.inclusive or self.discount not in ("", "0")
        return not priced and self.shipping in ("", "0")


class DocumentLine(NamedTuple):
    """A row of `line`."""

    item: str
    quantity: str
    rate: str
    tax: str
    kind: str
    discount: str


class DocumentTax(NamedTuple):
    """One rate of a document: `percent` is decimal text, `base` and `amount` are minor units."""

    code: str
    percent: str
    category: str
    base: int
    amount: int


class Figures(NamedTuple):
    """The net is without taxes. `items` have a quantity as decimal text and a net; the empty one is everything else."""

    net: int
    taxes: tuple[DocumentTax, ...]
    items: dict[str, tuple[str, int]]

    @property
    def tax(self) -> int:
        return sum(tax.amount for tax in self.taxes)


class _Rate(NamedTuple):
    """A rate as a fraction."""

    place: int
    code: str
    percent: str
    category: str
    numerator: int
    denominator: int


def figures_of(document: Document, lines: Sequence[DocumentLine]) -> Figures:
    """Raises ValueError if the lines do not come to the total."""
    if document.is_plain:
        found = plain_figures(document, lines)
        if found is not None and found.net + found.tax == document.total:
            return found
    found = any_figures(document, lines)
    if found.net + found.tax != document.total:
        raise ValueError("the lines do not come to the total")
    return found


def plain_figures(document: Document, lines: Sequence[DocumentLine]) -> Figures | None:
    """Return the figures of a plain document, or None if a line has more than quantity, rate and usual taxes."""
    unit = 10 ** digits(document.currency)
    net = 0
    bases: dict[_Rate, int] = {}
    items: dict[str, tuple[Decimal, int]] = {}
    for line in lines:
        if line.kind in (LineKind.HEADING, LineKind.SUBTOTAL):
            continue
        quantity, rate = _number(line.quantity), _number(line.rate)
        taxes = _usual_rates(document.rates, line.tax)
        if quantity is None or rate is None or taxes is None or line.discount or line.kind != LineKind.ITEM:
            return None
        amount = _divided(quantity[0] * rate[0] * unit, quantity[1] * rate[1])
        if abs(amount) > LARGEST:
            return None
        net += amount
        for tax in taxes:
            bases[tax] = bases.get(tax, 0) + amount
        pieces, before = items.get(line.item, (Decimal(), 0))
        items[line.item] = (pieces + _quantity(line.quantity) if line.item else pieces), before + amount
    return Figures(
        net,
        tuple(
            DocumentTax(rate.code, rate.percent, rate.category, base, _divided(base * rate.numerator, rate.denominator))
            for rate, base in (sorted(bases.items()) if len(bases) > 1 else bases.items())
        ),
        {item: (plain(pieces), share) for item, (pieces, share) in items.items()},
    )


def any_figures(document: Document, lines: Sequence[DocumentLine]) -> Figures:
    """Return the figures of any document. What is not an item has no quantity."""
    rates = _rates(document.rates)
    made = [
        Line(item=item, quantity=quantity, rate=rate, tax=tax, kind=LineKind(kind), discount=discount)
        for item, quantity, rate, tax, kind, discount in lines
    ]
    sums = totals(made, rates, document.currency, document.pricing)
    taxes = tuple(
        DocumentTax(tax.code, str(tax.percent), rates[tax.code].category, tax.net, tax.amount) for tax in sums.taxes
    )
    net = sums.total - sum(tax.amount for tax in taxes)
    shares = nets(made, rates, document.currency, document.pricing, net)
    found: dict[str, tuple[Decimal, int]] = {}
    for line, share in zip(made, shares.lines, strict=True):
        if line.kind is LineKind.ITEM:
            quantity, before = found.get(line.item, (Decimal(), 0))
            found[line.item] = (quantity + _quantity(line.quantity) if line.item else quantity), before + share
    if shares.rest:
        found[""] = Decimal(), found.get("", (Decimal(), 0))[1] + shares.rest
    return Figures(net, taxes, {item: (plain(quantity), share) for item, (quantity, share) in found.items()})


@lru_cache(256)
def _rates(stored: str) -> dict[str, TaxRate]:
    return {rate.code: rate for rate in read_rates(json.loads(stored))}


@lru_cache(1024)
def _usual_rates(stored: str, tax: str) -> tuple[_Rate, ...] | None:
    """Return the rates of a line, or None if one is unknown or on the price with the other taxes."""
    known = _rates(stored)
    found = []
    for code in tax_codes(tax):
        if code not in known or known[code].compound:
            return None
        numerator, denominator = (known[code].percent / 100).as_integer_ratio()
        percent, category = str(known[code].percent), known[code].category
        found.append(_Rate([*known].index(code), code, percent, category, numerator, denominator))
    return tuple(found)


@lru_cache(4096)
def _number(text: str) -> tuple[int, int] | None:
    """Return decimal text as a fraction, or None if it is written in another way."""
    exact = _NUMBER.fullmatch(text)
    if exact is None:
        return None
    whole, part = exact[1], exact[2] or ""
    return int(whole + part), 10 ** len(part)


@lru_cache(4096)
def _quantity(text: str) -> Decimal:
    return parse_decimal(text.strip() or "1")


def _divided(numerator: int, denominator: int) -> int:
    """Divide, with halves rounded away from zero."""
    found = (2 * abs(numerator) + denominator) // (2 * denominator)
    return found if numerator >= 0 else -found
