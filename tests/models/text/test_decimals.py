"""Parsing numbers as people type them, in both languages."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.models.errors import InputError
from facturier.models.text.decimals import parse_decimal, parse_rate, plain, read_decimal, written
from facturier.models.text.i18n import speak


@pytest.fixture
def french() -> Iterator[None]:
    speak("fr")
    yield
    speak("en")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("8", "8"),
        (" 8 ", "8"),
        ("0.5", "0.5"),
        (".5", "0.5"),
        ("8.", "8"),
        ("-12.50", "-12.5"),
        ("− 3", "-3"),  # a minus sign, not a hyphen
        ("+3", "3"),
        ("4,50 $", "4.5"),
        ("$4.50", "4.5"),
        ("-1 234,50 €", "-1234.5"),
        ("1,234.50", "1234.5"),
        ("1.234,50", "1234.5"),
        ("1 234,50", "1234.5"),
        ("1\u202f234,50", "1234.5"),
        ("1\u00a0234.50", "1234.5"),
        ("1'234.50", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1,234,567.125", "1234567.125"),
        ("12,34,567.5", "1234567.5"),
        ("12,5", "12.5"),
        ("12,34", "12.34"),
        ("1,2345", "1.2345"),
        ("0,125", "0.125"),
        ("1.234", "1.234"),
        ("999999999999999", "999999999999999"),
        ("0.123456789", "0.123456789"),
        ("0.1234567890", "0.123456789"),
    ],
)
def test_a_number_is_parsed(typed: str, meant: str) -> None:
    assert parse_decimal(typed) == Decimal(meant)


def test_a_single_comma_before_three_digits_is_a_thousands_separator_in_english() -> None:
    assert parse_decimal("1,234") == 1234
    assert parse_decimal("-12,000") == -12000


def test_an_exchange_rate_that_can_mean_two_numbers_is_rejected() -> None:
    with pytest.raises(InputError, match=r"can mean two rates\. Enter 1\.364 or 1364"):
        parse_rate(" 1,364")
    assert [parse_rate(text) for text in ("1.364", "1,36", "1,3645")] == [
        Decimal(text) for text in ("1.364", "1.36", "1.3645")
    ]
    assert parse_rate("0,734") == Decimal("0.734")
    for text in ("0", "-1.2"):
        with pytest.raises(InputError, match="greater than zero"):
            parse_rate(text)


@pytest.mark.usefixtures("french")
def test_a_single_comma_is_the_decimal_separator_in_french() -> None:
    assert parse_decimal("1,234") == Decimal("1.234")
    assert parse_rate("1,364") == Decimal("1.364")
    assert parse_decimal("1 234,5") == Decimal("1234.5")


@pytest.mark.parametrize(
    "typed",
    ["", " ", ".", ",", "-", "8x", "1.2.3", "1,2,3", "12 34", "1,23.4,5", "1e5", "--5", "+-5", "0x1F", "NaN",
     "Infinity", "1/2", "1234567890123456", "0.1234567891", "١٢", "5-", "1,234,56", "1$2", "CAD 5", "5 CAD"],
)  # fmt: skip
def test_an_invalid_number_is_refused_and_quoted(typed: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_decimal(typed)
    assert (f"“{typed.strip()}”" if typed.strip() else "This is empty") in str(refused.value)


NUMBERS = st.decimals(
    min_value=Decimal("-999999999999999"), max_value=Decimal("999999999999999"), places=9, allow_nan=False
)


@given(NUMBERS)
def test_stored_numbers_mean_the_same_in_every_language(number: Decimal) -> None:
    for language in ("en", "fr"):
        speak(language)
        assert parse_decimal(plain(number)) == number
    speak("en")


@given(NUMBERS)
def test_a_displayed_number_can_be_parsed(number: Decimal) -> None:
    from facturier.mail.document.formatting import quantity

    for language in ("en", "fr"):
        speak(language)
        assert parse_decimal(quantity(plain(number), language)) == number
    speak("en")


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        number = parse_decimal(text)
    except InputError:
        return
    assert number.is_finite()
    assert parse_decimal(plain(number)) == number


def test_plain_text_has_no_exponent_and_no_trailing_zeros() -> None:
    assert plain(Decimal("1E+3")) == "1000"
    assert plain(Decimal("8.500")) == "8.5"
    assert plain(Decimal("100")) == "100"
    assert plain(Decimal("0.000000001")) == "0.000000001"


@given(st.decimals(-(10**12), 10**12, places=3), st.sampled_from(["en", "fr"]), st.integers(0, 3))
def test_a_number_is_formatted_as_by_babel(number: Decimal, language: str, places: int) -> None:
    from babel.numbers import format_decimal

    number = number.quantize(Decimal(1).scaleb(-places))
    pattern = "#,##0." + "0" * places if places else "#,##0"
    assert written(number, language, places) == format_decimal(number, pattern, locale=language)


@pytest.mark.parametrize(
    "typed",
    ["CAD 1,234.50", "1,234.50 CAD", "$1,234.50", "CAD1234.50", "$ 1234.50", "1 234,50 CAD", "CA$1,234.50",
     "C$ 1234.50", "1 234,50 $ CA", "1 234,50\u00a0$\u00a0CA", "1234.50 $CAN", "CAD$1234.50"],
)  # fmt: skip
def test_the_currency_can_be_beside_the_number(typed: str) -> None:
    assert parse_decimal(typed, "CAD") == Decimal("1234.5")


@pytest.mark.parametrize("typed", ["USD 5", "5 EUR", "€5", "5 £", "-€5", "USD -5", "US$5", "5 $ US", "-S$5"])
def test_a_number_in_another_currency_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match="is in a different currency"):
        parse_decimal(typed, "CAD")


def test_a_number_over_the_limit_names_the_limit() -> None:
    with pytest.raises(InputError, match="too many decimal places: at most 9"):
        parse_decimal("1.0123456789")
    with pytest.raises(InputError, match="too large: at most 15 digits"):
        parse_decimal("1234567890123456")


@pytest.mark.parametrize("text", ["8", "0.5", "-12.50", "1234.50", "007", "999999999999999.999999999"])
def test_a_program_writes_decimal_text(text: str) -> None:
    assert read_decimal(text) == Decimal(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "1,234", "1 234", "1_000", "1e5", "NaN", "Infinity", "+5", ".5", "5.", " 5", "5\n", "١٢", "１２", "$5",
     "CAD 5", "--5", "0x1F", "1.2.3", "−5", "1.0123456789", "1234567890123456", "9" * 5000],
)  # fmt: skip
def test_decimal_text_from_programs_ignores_the_users_language(text: str) -> None:
    with pytest.raises(InputError):
        read_decimal(text)
