"""Discounts, shipping, prices with tax, compound taxes, headings and subtotals. Figures are from the sources named."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.models.errors import InputError
from facturier.models.settings.line import Line, LineKind, discount_of, line_amount
from facturier.models.settings.tax import TaxRate
from facturier.models.settings.totals import Pricing, Totals, totals

RATES = {
    rate.code: rate
    for rate in (
        TaxRate("GST", Decimal(5)),
        TaxRate("QST", Decimal("9.975")),
        TaxRate("OLD", Decimal("9.5"), compound=True),
        TaxRate("HST", Decimal(13)),
        TaxRate("V25", Decimal(25)),
        TaxRate("V12", Decimal(12)),
        TaxRate("V20", Decimal(20)),
        TaxRate("PST", Decimal(7)),
    )
}


def line(rate: str, tax: str = "", quantity: str = "1", discount: str = "") -> Line:
    return Line(item="Work", quantity=quantity, rate=rate, tax=tax, discount=discount)


def total_of(*lines: Line, **pricing: object) -> Totals:
    return totals(lines, RATES, "CAD", Pricing(**pricing))  # type: ignore[arg-type]


def taxes_of(found: Totals) -> dict[str, int]:
    return {tax.code: tax.amount for tax in found.taxes}


def test_the_example_of_revenu_quebec() -> None:
    # Revenu Québec, “Calculating the taxes”: 100.00 → GST 5.00, QST 9.98, total 114.98.
    found = total_of(line("100", "GST+QST"))
    assert (taxes_of(found), found.total) == ({"GST": 500, "QST": 998}, 11498)


def test_the_example_of_the_canada_revenue_agency() -> None:
    # CRA, case 125136 (2011): 31.95 at 13 % is 4.15.
    assert taxes_of(total_of(line("31.95", "HST"))) == {"HST": 415}


def test_a_published_example_of_en_16931() -> None:
    # EN 16931, CII_example5 (DKK): 1,500 at 25 % and 2,500 at 12 % make 675.00 of tax and 4,675.00 in all.
    found = totals([line("1500", "V25"), line("2500", "V12")], RATES, "DKK")
    assert (sum(taxes_of(found).values()), found.total) == (67500, 467500)


def test_a_percentage_and_an_amount_are_taken_off_a_line_before_tax() -> None:
    assert line_amount(line("100", discount="10%"), "CAD") == 9000
    assert line_amount(line("33.33", quantity="3", discount="2,5 %"), "CAD") == 9749
    assert line_amount(line("100", discount="12.50"), "CAD") == 8750
    assert line_amount(line("-100", discount="12.50"), "CAD") == -8750  # a credit mirrors its invoice
    assert taxes_of(total_of(line("100", "GST", discount="10%"))) == {"GST": 450}


@pytest.mark.parametrize("discount", ["101%", "-1", "-5%", "ten"])
def test_a_discount_that_cannot_be_is_refused(discount: str) -> None:
    with pytest.raises(InputError):
        discount_of(discount, 10000, "CAD")


def test_a_discount_on_the_invoice_lowers_the_base_of_each_tax_in_proportion() -> None:
    found = total_of(line("100", "V25"), line("300", "V12"), discount="10%", shipping="20", shipping_tax="V25")
    assert (found.subtotal, found.discount, found.shipping) == (40000, 4000, 2000)
    assert [(tax.code, tax.net, tax.amount) for tax in found.taxes] == [("V25", 11000, 2750), ("V12", 27000, 3240)]
    assert found.total == 40000 - 4000 + 2000 + 2750 + 3240


def test_shares_of_a_discount_add_up_to_it() -> None:
    found = total_of(*[line("0.01", "GST")] * 3, discount="0.02")
    assert found.discount == 2
    assert found.taxes[0].net == 1


def test_prices_that_include_tax_keep_their_total() -> None:
    found = total_of(line("114.98", "GST+QST"), inclusive=True)
    assert (taxes_of(found), found.total) == ({"GST": 500, "QST": 998}, 11498)
    assert found.taxes[0].net == 10000
    assert taxes_of(total_of(line("120", "V20"), inclusive=True)) == {"V20": 2000}


def test_half_a_cent_of_included_tax_is_rounded_up() -> None:
    """With GST of 5 % and PST of 7 % included, PST is a sixteenth of the price: 0.095 of 1.52."""
    for minor in range(8, 4000, 16):
        found = total_of(line(f"{minor / 100:.2f}", "GST+PST"), inclusive=True)
        assert taxes_of(found)["PST"] == (minor + 8) // 16
    assert taxes_of(total_of(line("-15.76", "GST+PST"), inclusive=True))["PST"] == -99


def test_a_compound_tax_applies_to_the_price_with_the_other_tax() -> None:
    # Quebec until 2012: QST of 9.5 % on the price with GST of 5 %.
    found = total_of(line("100", "GST+OLD"))
    assert [(tax.code, tax.net, tax.amount) for tax in found.taxes] == [("GST", 10000, 500), ("OLD", 10500, 998)]
    assert found.total == 11498
    assert taxes_of(total_of(line("114.98", "GST+OLD"), inclusive=True)) == {"GST": 500, "OLD": 998}


def test_headings_and_subtotals_add_nothing() -> None:
    found = total_of(
        Line(kind=LineKind.HEADING, description="Phase 1", rate="5"),
        line("10"),
        line("20"),
        Line(kind=LineKind.SUBTOTAL),
        line("7"),
        Line(kind=LineKind.SUBTOTAL),
    )
    assert found.total == 3700
    assert found.amounts == (0, 1000, 2000, 0, 700, 0)
    assert found.sections == (None, None, None, 3000, None, 700)


_AMOUNTS = st.integers(-(10**7), 10**7).map(lambda cents: f"{cents / 100:.2f}")
_LINES = st.lists(
    st.builds(
        line,
        _AMOUNTS,
        st.sampled_from(["", "GST", "GST+QST", "V20", "GST+OLD"]),
        st.sampled_from(["1", "3", "0.333"]),
        st.sampled_from(["", "10%", "0.01"]),
    ),
    max_size=8,
)


@given(
    _LINES,
    st.sampled_from(["CAD", "JPY", "KWD"]),
    st.builds(
        Pricing,
        st.booleans(),
        st.booleans(),
        st.sampled_from(["", "15%", "3"]),
        st.sampled_from(["", "12"]),
        st.sampled_from(["", "GST+QST"]),
    ),
)
def test_the_total_is_the_sum_of_its_parts(lines: list[Line], currency: str, pricing: Pricing) -> None:
    found = totals(lines, RATES, currency, pricing)
    assert found.subtotal == sum(amount or 0 for amount in found.amounts)
    net = found.subtotal - found.discount + found.shipping
    taxes = sum(tax.amount for tax in found.taxes)
    assert found.total == (net if pricing.inclusive else net + taxes)
    mirrored = [
        Line(item=one.item, quantity=f"-{one.quantity}", rate=one.rate, tax=one.tax, discount=one.discount)
        for one in lines
    ]
    if not pricing.shipping and not pricing.discount:
        assert totals(mirrored, RATES, currency, pricing).total == -found.total
