"""Money in integer minor units."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.models.errors import InputError
from facturier.models.text.money import Money, digits, exchange_rate, parse_amount, read_amount, to_minor


@pytest.mark.parametrize(("currency", "places"), [("CAD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("XYZ", 2)])
def test_a_currency_has_its_own_number_of_digits(currency: str, places: int) -> None:
    assert digits(currency) == places


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1.005", "CAD", 101),
        ("-1.005", "CAD", -101),
        ("1.00499999999999999999999", "CAD", 100),
        ("0.5", "JPY", 1),
        ("1.2345", "KWD", 1235),
        ("0", "CAD", 0),
    ],
)
def test_halves_are_rounded_away_from_zero(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "problem"),
    [
        ("10.005", "CAD", "Amounts in CAD have at most 2 decimals."),
        ("-0.001", "CAD", "Amounts in CAD have at most 2 decimals."),
        ("0.5", "JPY", "Amounts in JPY have no decimals."),
        ("1.2345", "KWD", "Amounts in KWD have at most 3 decimals."),
    ],
)
def test_an_amount_with_more_decimals_than_its_currency_is_refused(amount: str, currency: str, problem: str) -> None:
    for read in (parse_amount, read_amount):
        with pytest.raises(InputError, match=problem):
            read(amount, currency)


@given(st.integers(min_value=-(10**14), max_value=10**14), st.sampled_from(["CAD", "JPY", "KWD"]))
def test_an_amount_is_read_exactly(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert read_amount(money.plain(), currency) == parse_amount(money.plain(), currency) == minor


@given(st.integers(min_value=-(10**15), max_value=10**15), st.sampled_from(["CAD", "JPY", "KWD"]))
def test_minor_units_survive_a_conversion_to_decimal_text(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert to_minor(Decimal(money.plain()), currency) == minor


def test_money_is_formatted_for_the_reader() -> None:
    assert Money(123456, "CAD").text("en") == "1,234.56"
    assert Money(123456, "CAD").text("fr") == "1\u202f234,56"
    assert Money(-5, "CAD").text("en") == "-0.05"
    assert Money(1234, "JPY").text("en") == "1,234"
    assert Money(1234567, "KWD").text("en") == "1,234.567"
    assert Money(123456, "CAD").plain() == "1234.56"


@given(
    st.integers(-(10**14), 10**14),
    st.decimals("0.000000001", 10**6, places=9),
    *[st.sampled_from(["CAD", "EUR", "JPY", "KWD"])] * 2,
)
def test_an_amount_is_converted_and_rounded_once(minor: int, rate: Decimal, currency: str, home: str) -> None:
    found = exchange_rate(f"{rate:f}", currency, home)
    assert found is not None
    with localcontext(prec=60):
        assert found.of(minor) == to_minor(Money(minor, currency).amount * rate, home)


@pytest.mark.parametrize("text", ["", "0", "0.00", "-1", "1,47", "abc"])
def test_what_is_not_a_rate_converts_nothing(text: str) -> None:
    assert exchange_rate(text, "EUR", "CAD") is None
