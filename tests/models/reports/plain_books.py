"""The figures of a company computed again from the rows that people fill, with fractions and without the program."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

from facturier.models.store.store import Store

DIGITS = {"JPY": 0, "KWD": 3}
LAST = "9999-12-31"
_LINES = "SELECT quantity, rate, tax, discount FROM line"
Rate = tuple[str, str, str]  # code, percent and category


@dataclass
class PlainPayment:
    date: str
    amount: int
    kind: str
    is_part: bool  # of what a customer paid at once
    is_applied: bool  # the other document has its opposite


@dataclass
class Document:
    """An issued invoice or credit note. `stored` is the total in its row."""

    id: int
    kind: str
    customer: int | None
    date: str
    due: str
    currency: str
    exchange_rate: Fraction | None
    stored: int
    total: int
    taxes: dict[Rate, tuple[int, int]]  # base and tax
    payments: list[PlainPayment] = field(default_factory=list)

    @property
    def net(self) -> int:
        return self.total - sum(tax for _base, tax in self.taxes.values())

    def paid_part(self, amount: int, day: str) -> int:
        """Return the part of an amount for what was paid up to a day."""
        if self.total == 0:
            return amount if self.date <= day else 0
        paid = sum(one.amount for one in self.payments if one.date <= day and one.kind != "write_off")
        paid = min(max(paid, min(self.total, 0)), max(self.total, 0))
        return half(Fraction(amount * paid, self.total))

    def balance(self, day: str) -> int:
        return self.total - sum(one.amount for one in self.payments if one.date <= day)

    def at_home(self, minor: int) -> int:
        """Return an amount in Canadian dollars."""
        if self.currency == "CAD":
            return minor
        assert self.exchange_rate is not None
        return half(minor * self.exchange_rate * Fraction(100, 10 ** DIGITS.get(self.currency, 2)))


def half(number: Fraction | int) -> int:
    """Round, with halves away from zero."""
    found = floor(abs(Fraction(number)) + Fraction(1, 2))
    return found if number >= 0 else -found


def documents(store: Store) -> list[Document]:
    columns = (
        "id, kind, customer_id, date, due, currency, exchange_rate, total, rates, per_line, inclusive, discount,"
        " shipping, shipping_tax, source_id"
    )
    rows = store.rows(f"SELECT {columns} FROM invoice WHERE standing = 'issued' AND kind IN ('invoice', 'credit_note')")
    rate_of = {row[0]: row[6] for row in rows}
    found = {}
    for id_, kind, customer, day, due, currency, rate, total, rates, *pricing, source in rows:
        exchange = rate or (rate_of.get(source, "") if kind == "credit_note" else "")
        lines = store.rows(f"{_LINES} WHERE invoice_id = ? AND kind = 'item' ORDER BY position", id_)
        again, taxes = _totals(lines, json.loads(rates), 10 ** DIGITS.get(currency, 2), *pricing)
        found[id_] = Document(
            *(id_, kind, customer, day, due, currency, Fraction(exchange) if exchange else None, total, again, taxes)
        )
    for id_, *payment in store.rows(
        "SELECT invoice_id, date, amount, kind, customer_payment_id IS NOT NULL, other_id IS NOT NULL FROM payment"
    ):
        if id_ in found:
            found[id_].payments.append(PlainPayment(*payment))
    return list(found.values())


def owed(store: Store, found: Iterable[Document], day: str, currency: str) -> dict[int | None, int]:
    """Return what each customer owes: documents less money. A credit that is applied changes nothing."""
    sums: dict[int | None, int] = defaultdict(int)
    for one in found:
        if one.currency == currency:
            sums[one.customer] += one.total if one.date <= day else 0
            sums[one.customer] -= sum(
                paid.amount for paid in one.payments if paid.date <= day and not paid.is_part and not paid.is_applied
            )
    for customer, amount in store.rows(
        "SELECT customer_id, amount FROM customer_payment WHERE currency = ? AND date <= ?", currency, day
    ):
        sums[customer] -= amount
    return {customer: amount for customer, amount in sums.items() if amount}


def taxes(
    found: Iterable[Document], since: str, until: str, currency: str, *, cash: bool
) -> dict[Rate, tuple[int, int]]:
    """Return base and tax of each rate. `since` is the day before the period, and Canadian dollars include the rest."""
    sums: dict[Rate, tuple[int, int]] = {}
    for one in found:
        if one.currency != currency and (currency != "CAD" or one.exchange_rate is None):
            continue
        for rate, pair in one.taxes.items():
            values = []
            for amount in pair:
                if cash:
                    before, after = one.paid_part(amount, since), one.paid_part(amount, until)
                else:
                    before, after = 0, amount if since < one.date <= until else 0
                at_home = one.at_home if currency == "CAD" else int
                values.append(at_home(after) - at_home(before))
            base, tax = sums.get(rate, (0, 0))
            sums[rate] = base + values[0], tax + values[1]
    return {rate: pair for rate, pair in sums.items() if pair != (0, 0)}


def _totals(
    lines: Sequence[tuple[str, ...]],
    rates: Sequence[Sequence[Any]],
    unit: int,
    per_line: int,
    inclusive: int,
    discount: str,
    shipping: str,
    shipping_tax: str,
) -> tuple[int, dict[Rate, tuple[int, int]]]:
    """Return the total, and base and tax of each rate."""
    known = {code: (percent, *more) for code, percent, *more in rates}
    parts = []
    for quantity, price, charged, reduction in lines:
        amount = half(Fraction(quantity or "1") * Fraction(price or "0") * unit)
        parts.append((amount - _discount(reduction, amount, unit), _codes(charged)))
    subtotal = sum(amount for amount, _tax in parts)
    off = _discount(discount, subtotal, unit)
    parts = _shared(parts, subtotal, off)
    sent = half(Fraction(shipping or "0") * unit)
    parts += [(sent, _codes(shipping_tax))] if sent else []
    if not per_line:
        groups: dict[tuple[tuple[str, ...], ...], int] = defaultdict(int)
        for amount, codes in parts:
            groups[tuple(tuple(c for c in codes if _compound(known, c) is it) for it in (False, True))] += amount
        parts = [(amount, (*simple, *compound)) for (simple, compound), amount in groups.items()]
    bases: dict[str, Fraction] = defaultdict(Fraction)
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for amount, codes in parts:
        compound = [code for code in codes if _compound(known, code)]
        simple = [code for code in codes if code not in compound]
        net = Fraction(amount)
        if inclusive:
            net /= 1 + sum(_share(known, code) for code in simple)
            net /= 1 + sum(_share(known, code) for code in compound)
        first = Fraction()
        for code in (*simple, *compound):
            base = net + first if code in compound else net
            tax = base * _share(known, code)
            bases[code] += base
            sums[code] += half(tax) if per_line else tax
            if code in simple:
                first += tax if inclusive else half(tax)
    exact = dict(sums)
    if not per_line and not inclusive:
        exact = {code: base * _share(known, code) for code, base in bases.items()}
    found = {
        (code, known[code][0], known[code][1].get("category", "") if known[code][1:] else ""): (
            half(bases[code]),
            half(exact[code]),
        )
        for code in bases
    }
    total = subtotal - off + sent
    return total + (0 if inclusive else sum(tax for _base, tax in found.values())), found


def _codes(tax: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in tax.split("+") if code))


def _compound(known: dict[str, Any], code: str) -> bool:
    return bool(known[code][1:] and known[code][1].get("compound"))


def _share(known: dict[str, Any], code: str) -> Fraction:
    return Fraction(known[code][0]) / 100


def _discount(discount: str, amount: int, unit: int) -> int:
    if discount.endswith("%"):
        return half(amount * Fraction(discount[:-1]) / 100)
    return half(Fraction(discount or "0") * unit) * (-1 if amount < 0 else 1)


def _shared(parts: list[tuple[int, tuple[str, ...]]], subtotal: int, off: int) -> list[tuple[int, tuple[str, ...]]]:
    """Take a discount off the lines in proportion. What rounding down leaves goes to those that lost most."""
    if not off or not subtotal:
        return [*parts, (-off, ())] if off else parts
    if subtotal < 0:
        opposite = _shared([(-amount, codes) for amount, codes in parts], -subtotal, -off)
        return [(-amount, codes) for amount, codes in opposite]
    exact = [Fraction(off * amount, subtotal) for amount, _codes in parts]
    shares = [floor(one) for one in exact]
    order = sorted(range(len(parts)), key=lambda at: shares[at] - exact[at])
    for at in order[: off - sum(shares)]:
        shares[at] += 1
    return [(amount - share, codes) for (amount, codes), share in zip(parts, shares, strict=True)]
