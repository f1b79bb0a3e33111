"""The worked examples of the tax authorities and of EN 16931, to the cent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from facturier.models.books.invoice import Invoice
from facturier.models.settings.line import Line
from facturier.models.settings.tax import TaxRate
from facturier.models.settings.totals import totals
from facturier.models.text.money import Money

# Each example: its source, currency, lines as (rate, tax, quantity), tax amounts in minor units, and the total.
Example = tuple[str, str, list[tuple[str, str, str]], dict[str, int], int]
EXAMPLES: list[Example] = [
    (
        "Revenu Québec, Calculating the taxes",
        "CAD",
        [("100", "5+9.975", "1")],
        {"5": 500, "9.975": 998},
        11498,
    ),
    (
        "Revenu Québec, Charges for the late payment of a bill: no tax on the charge",
        "CAD",
        [("100", "5+9.975", "1"), ("5", "", "1")],
        {"5": 500, "9.975": 998},
        11998,
    ),
    (
        "Revenu Québec, the same: the price for payment before a day is the base",
        "CAD",
        [("108", "5+9.975", "1")],
        {"5": 540, "9.975": 1077},
        12417,
    ),
    ("Canada Revenue Agency, case 125136: HST in one", "CAD", [("31.95", "13", "1")], {"13": 415}, 3610),
    ("the same: its two parts", "CAD", [("31.95", "5+8", "1")], {"5": 160, "8": 256}, 3611),
    ("Budget 2012, rounding of cash", "CAD", [("1.83", "5", "1"), ("2.86", "5", "1")], {"5": 23}, 492),
    (
        "Excise Tax Act, s. 161: 2 % off for early payment does not change the tax",
        "CAD",
        [("100", "5", "1"), ("-2", "", "1")],
        {"5": 500},
        10300,
    ),
    ("the same: 5 dollars for late payment bear no tax", "CAD", [("100", "5", "1"), ("5", "", "1")], {"5": 500}, 11000),
    ("GST/HST Memorandum 3-9, early payment", "CAD", [("50", "13", "1"), ("-2", "", "1")], {"13": 650}, 5450),
    ("the same, late payment", "CAD", [("200", "15", "1"), ("8", "", "1")], {"15": 3000}, 23800),
    (
        "two lines of work in Quebec",
        "CAD",
        [("42.50", "5+9.975", "30"), ("65", "5+9.975", "16")],
        {"5": 11575, "9.975": 23092},
        266167,
    ),
    (
        "EN 16931, CII_business_example_01",
        "NOK",
        [("1460.50", "25", "1"), ("1.00", "15", "1"), ("-25.00", "0", "1")],
        {"25": 36513, "15": 15, "0": 0},
        180178,
    ),
    (
        "EN 16931, CII_example1",
        "EUR",
        [("183.23", "6", "1"), ("46.37", "21", "1")],
        {"6": 1099, "21": 974},
        25033,
    ),
    (
        "EN 16931, rounding issue",
        "EUR",
        [("720.81", "19", "1"), ("0.01", "19", "1"), ("-720.81", "19", "1"), ("-0.01", "19", "1")],
        {"19": 0},
        0,
    ),
    ("EN 16931, outside the scope of VAT", "EUR", [("3200", "", "1")], {}, 320000),
    ("EN 16931, BR-CO-17 on a credit", "EUR", [("-1710.50", "19", "1")], {"19": -32500}, -203550),
]


@pytest.mark.parametrize(
    ("rate", "tax", "category", "terms", "off", "paid"),
    [
        # Excise Tax Act, s. 161, and GST/HST Memorandum 3-9: the tax on the full price is due in any case.
        ("100", "5", "", "2/10", 200, 10300),
        ("50", "13", "", "4/10", 200, 5450),
        ("108", "5+9.975", "", "2/10", 216, 12201),
        # Directive 2006/112/EC, article 79(a): what is taken off is not taxed.
        ("100", "20", "S", "2/10", 240, 11760),
    ],
)
@pytest.mark.parametrize("inclusive", [False, True])
def test_a_discount_for_early_payment_is_that_of_the_authority(
    rate: str, tax: str, category: str, terms: str, off: int, paid: int, inclusive: bool
) -> None:
    codes = tax.split("+")
    rates = tuple(TaxRate(code, Decimal(code), category=category) for code in codes)
    day = date(2026, 11, 24)
    invoice = Invoice(date=day, due=day, terms=30, terms_rule=terms, currency="CAD", rates=rates)
    invoice = replace(invoice, lines=(Line("Work", rate=rate, tax=tax),))
    if inclusive:
        invoice = replace(invoice, lines=(Line("Work", rate=invoice.total.plain(), tax=tax),), inclusive=True)
    assert invoice.early_discount == Money(off, "CAD")
    assert invoice.total.minor - off == paid


@pytest.mark.parametrize("example", EXAMPLES, ids=[example[0] for example in EXAMPLES])
def test_the_figures_are_those_of_the_authority(example: Example) -> None:
    _source, currency, given, taxes, total = example
    lines = [Line(item="Work", rate=rate, tax=tax, quantity=quantity) for rate, tax, quantity in given]
    codes = dict.fromkeys(code for line in lines for code in line.codes)
    found = totals(lines, {code: TaxRate(code, Decimal(code)) for code in codes}, currency)
    assert {tax.code: tax.amount for tax in found.taxes} == taxes
    assert found.total == total
    assert found.subtotal == sum(amount or 0 for amount in found.amounts)  # BR-CO-10
    assert found.total == found.subtotal + sum(tax.amount for tax in found.taxes)  # BR-CO-14, BR-CO-15
    for tax in found.taxes:  # BR-CO-17
        assert abs(tax.amount - tax.net * tax.percent / 100) <= Decimal("0.5")
