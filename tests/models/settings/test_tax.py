"""Totals of invoice lines, with taxes."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.models.errors import InputError
from facturier.models.settings.line import Line, line_amount, line_problems
from facturier.models.settings.tax import TaxRate, check_tax, common_taxes, rates_on, tax_name, usual_tax
from facturier.models.settings.tax_presets import preset_rates
from facturier.models.settings.totals import Pricing, TaxAmount, totals
from facturier.models.text.decimals import plain
from facturier.models.text.i18n import speak

GST = TaxRate("GST", Decimal(5))
QST = TaxRate("QST", Decimal("9.975"))
QUEBEC = {"GST": GST, "QST": QST}


def line(rate: str, quantity: str = "1", tax: str = "GST+QST") -> Line:
    return Line(item="Work", quantity=quantity, rate=rate, tax=tax)


def test_gst_and_qst_are_separate_and_each_applies_to_the_net_price() -> None:
    # Revenu Québec, “Calculating the taxes”: on 1,000.00, GST is 50.00 and QST 99.75.
    found = totals([line("125", "8")], QUEBEC, "CAD")
    assert found.subtotal == 100000
    assert found.taxes == (TaxAmount("GST", Decimal(5), 100000, 5000), TaxAmount("QST", Decimal("9.975"), 100000, 9975))
    assert found.total == 114975


def test_the_net_is_summed_per_rate_and_taxed_once() -> None:
    lines = [line("0.10", tax="GST")] * 3
    assert totals(lines, QUEBEC, "CAD").taxes[0].amount == 2  # 5 % of 0.30 is 0.015
    assert totals(lines, QUEBEC, "CAD", Pricing(per_line=True)).taxes[0].amount == 3  # 0.005 three times


@pytest.mark.parametrize(
    ("place", "year", "usual"),
    [
        ("CA-QC", 2026, "GST+QST"),
        ("CA-BC", 2026, "GST+PST"),
        ("CA-BC", 2011, ""),  # HST replaced both; the preset has GST of that time, too
        ("CA-MB", 2026, "GST+PST"),
        ("CA-NS", 2026, "HST"),
        ("CA-AB", 2026, "GST"),
        ("FR", 2026, ""),
    ],
)
def test_the_usual_tax_is_all_that_is_charged_together(place: str, year: int, usual: str) -> None:
    assert usual_tax(rates_on(preset_rates(place), date(year, 6, 1))) == usual


def test_among_independent_taxes_none_is_usual_but_the_combination_is_known() -> None:
    rates = (*QUEBEC.values(), TaxRate("HST", Decimal(13)), TaxRate("VAT", Decimal(20)))
    assert (usual_tax(rates), common_taxes(rates)) == ("", ["GST+QST"])
    assert (usual_tax(()), usual_tax([QST])) == ("", "QST")


def test_halves_of_a_cent_are_rounded_up_and_credits_mirror_invoices() -> None:
    assert totals([line("0.10", tax="GST")], QUEBEC, "CAD").taxes[0].amount == 1
    assert totals([line("-0.10", tax="GST")], QUEBEC, "CAD").taxes[0].amount == -1


def test_taxes_are_in_company_order_and_only_on_lines_that_have_them() -> None:
    found = totals([line("1", tax="QST"), line("1", tax="GST"), line("1", tax="")], QUEBEC, "CAD")
    assert [tax.code for tax in found.taxes] == ["GST", "QST"]
    assert [tax.net for tax in found.taxes] == [100, 100]
    assert found.subtotal == 300
    assert totals([line("1", tax="")], QUEBEC, "CAD").taxes == ()


def test_a_line_without_a_valid_number_counts_as_nothing() -> None:
    found = totals([line("x"), line("10", "y"), line("10", tax="VAT")], QUEBEC, "CAD")
    assert found.amounts == (None, None, 1000)
    assert found.total == 1000


def test_a_tax_named_twice_applies_once() -> None:
    assert totals([line("100", tax="GST + GST")], QUEBEC, "CAD").total == 10500
    assert check_tax("gst+GST", QUEBEC) == "GST"


def test_an_empty_quantity_is_one_and_an_empty_rate_is_zero() -> None:
    assert line_amount(Line(rate="2.50"), "CAD") == 250
    assert line_amount(Line(quantity="3"), "CAD") == 0
    with pytest.raises(InputError):
        line_amount(Line(quantity="three"), "CAD")


def test_amounts_too_large_for_the_file_are_refused() -> None:
    huge = line("999999999999999", "999999999999999")
    with pytest.raises(InputError, match="too large"):
        line_amount(huge, "CAD")
    assert totals([huge], QUEBEC, "CAD").amounts == (None,)
    # Amounts are rounded only once, to the cent, however many digits there are.
    assert line_amount(line("0.000000001", "5000000"), "CAD") == 1
    assert line_amount(line("0.000000001", "4999999.999999999"), "CAD") == 0
    assert line_amount(line("10000000000000"), "CAD") == 10**15


def test_taxes_are_recognized_by_the_names_in_the_document() -> None:
    try:
        speak("fr")
        assert check_tax("tps+TVQ", QUEBEC) == "GST+QST"
        assert check_tax("TPS", {"TPS": TaxRate("TPS", Decimal(5))}) == "TPS"
        assert [tax_name(code, "fr") for code in ("GST", "VAT", "GCT", "HST NS")] == ["TPS", "TVA", "GCT", "TVH NS"]
    finally:
        speak("en")
    with pytest.raises(InputError):
        check_tax("TPS", QUEBEC)


def test_tax_codes_are_checked_and_normalized() -> None:
    assert check_tax(" qst + gst ", QUEBEC) == "QST+GST"
    assert check_tax("", QUEBEC) == ""
    with pytest.raises(InputError, match="Unknown tax “VAT”"):
        check_tax("GST+VAT", QUEBEC)


def test_each_field_of_a_line_reports_its_own_error() -> None:
    assert line_problems(line("12.50", "2"), QUEBEC, "CAD") == {}
    assert line_problems(Line(), QUEBEC, "CAD") == {}
    wrong = line_problems(line("x", "y", "VAT"), QUEBEC, "CAD")
    assert list(wrong) == ["quantity", "rate", "tax"]
    assert "“x” is not a number." in wrong["rate"]
    assert "too large" in line_problems(line("9" * 15, "9" * 15), QUEBEC, "CAD")["rate"]


RATES = st.decimals(min_value=0, max_value=100, places=3)
AMOUNTS = st.decimals(min_value=Decimal("-99999.99"), max_value=Decimal("99999.99"), places=2)


@given(st.lists(st.tuples(AMOUNTS, st.sampled_from(["", "GST", "QST", "GST+QST"])), max_size=20), RATES, st.booleans())
def test_the_total_is_the_sum_of_its_parts(rows: list[tuple[Decimal, str]], percent: Decimal, per_line: bool) -> None:
    rates = {"GST": TaxRate("GST", percent), "QST": QST}
    found = totals([line(plain(amount), "1", tax) for amount, tax in rows], rates, "CAD", Pricing(per_line=per_line))
    assert found.subtotal == sum(int(amount * 100) for amount, _tax in rows)
    assert found.total == found.subtotal + sum(tax.amount for tax in found.taxes)
    for tax in found.taxes:
        exact = tax.net * tax.percent / 100
        away = Decimal("0.5") * (len(rows) if per_line else 1)
        assert abs(tax.amount - exact) <= away
