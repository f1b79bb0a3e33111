"""Tax rates as they are typed in the settings, with their periods, and the taxes that are ready to be added."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.models.errors import InputError
from facturier.models.settings.line import Line
from facturier.models.settings.tax import CATEGORIES, TaxRate, rates_on, read_rates, tax_name, write_rates
from facturier.models.settings.tax_presets import PRESETS, preset_names, preset_rates, with_preset
from facturier.models.settings.tax_text import parse_rates, rates_text
from facturier.models.settings.totals import totals
from facturier.models.text.i18n import LANGUAGES, speak

NS = (
    TaxRate("HST", Decimal(15), until=date(2025, 3, 31)),
    TaxRate("HST", Decimal(14), since=date(2025, 4, 1)),
)
TODAY = date(2026, 11, 28)


@pytest.fixture
def french() -> object:
    speak("fr")
    yield
    speak("en")


def percents(rates: tuple[TaxRate, ...], day: date) -> dict[str, Decimal]:
    return {rate.code: rate.percent for rate in rates_on(rates, day)}


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("GST 5\n\n  qst 9.975 % ", (TaxRate("GST", Decimal(5)), TaxRate("QST", Decimal("9.975")))),
        ("TPS 5\nTVQ 9,975 %", (TaxRate("GST", Decimal(5)), TaxRate("QST", Decimal("9.975")))),
        ("HST 15 until 2025-03-31\nHST 14 from 2025-04-01", NS),
        ("TVH 15 % jusqu'au 31 mars 2025\ntvh 14 à partir du 1 avril 2025", NS),
        ("HST 15 to 31/03/2025\nHST 14% since 1 April 2025", NS),
        ("TVH NS 14", (TaxRate("HST NS", Decimal(14)),)),
        (
            "TVQ 9,5 composée du 2012-01-01 au 2012-12-31",
            (TaxRate("QST", Decimal("9.5"), True, date(2012, 1, 1), date(2012, 12, 31)),),
        ),
        ("Local 2 on top of other taxes", (TaxRate("Local", Decimal(2), compound=True),)),
        (
            "Autoliquidation 0 (AE)\nVAT exempt 0 (e): Article 132 (1) a: health",
            (
                TaxRate("Reverse charge", Decimal(0), category="AE"),
                TaxRate("VAT exempt", Decimal(0), category="E", note="Article 132 (1) a: health"),
            ),
        ),
        ("Shop tax 20 1,5", (TaxRate("Shop tax 20", Decimal("1.5")),)),
    ],
)
def test_rates_are_read_as_people_type_them(text: str, rates: tuple[TaxRate, ...]) -> None:
    assert parse_rates(text) == rates
    for language in LANGUAGES:
        speak(language)
        assert parse_rates(rates_text(rates)) == rates
    speak("en")
    assert read_rates(write_rates(rates)) == rates


def test_rates_are_written_in_the_readers_language(french: object) -> None:
    assert rates_text((*NS, TaxRate("QST", Decimal("9.975"), compound=True))) == (
        "TVH 15 jusqu’au 2025-03-31\nTVH 14 à partir du 2025-04-01\nTVQ 9,975 composée"
    )


def test_a_tax_that_the_company_has_keeps_its_code() -> None:
    own = (TaxRate("TPS", Decimal(5)),)
    assert parse_rates("tps 6", own) == (TaxRate("TPS", Decimal(6)),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("GST", "“GST” is not a tax rate"),
        ("GST five", "“GST five” is not a tax rate"),
        ("GST 101", "is not a tax rate"),
        ("GST -5", "is not a tax rate"),
        ("GST 1.2.3", "is not a tax rate"),
        ("GST+QST 14", "is not a tax rate"),
        ("GST 5 (X)", "is not a tax rate"),
        ("HST 15 until March", "“March” is not a date"),
        ("HST 15 until 31 March", "“31 March” is not a full date"),
        ("HST 15 from 2025-04-01 until 2025-03-31", "ends before it begins"),
        ("GST 5\ngst 6", "“gst 6” and “GST 5” overlap"),
        ("HST 15 until 2025-04-01\nHST 14 from 2025-04-01", "“HST 14 from 2025-04-01” and “HST 15 until 2025-04-01”"),
        ("TPS 5\nGST 5", "“GST 5” and “TPS 5” overlap"),
        ("QST 9.975 compound", "Since 2013, QST applies to the price without GST"),
        ("QST 9.97", "The rate of QST is 9.975"),
        ("TVQ 14,975 %", "does not allow a combined rate"),
        ("Taxes 14.97", "does not allow a combined rate"),
        # EN 16931, BR-S-05, BR-Z-05, BR-E-05, BR-AE-05, BR-IC-05, BR-G-05, BR-O-05.
        ("VAT 0 (S)", "Category S is for a rate above 0"),
        ("VAT 20 (AE)", "The rate of category AE is 0"),
        ("VAT 5.5 (E): Article 132", "The rate of category E is 0"),
    ],
)
def test_what_is_no_rate_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_rates(text)
    assert words in str(raised.value)


DAYS = st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1))


@given(
    st.lists(
        st.builds(
            TaxRate,
            st.sampled_from(["GST", "HST NS", "VAT", "Eco fee", "Reverse charge"]),
            st.decimals(0, 9, places=3),
            st.booleans(),
            DAYS,
            DAYS,
            st.sampled_from(["", *CATEGORIES]),
            st.sampled_from(["", "Article 132", "a: b (AE) from 5"]),
        ),
        max_size=3,
        unique_by=lambda rate: rate.code,
    ),
    st.sampled_from(sorted(LANGUAGES)),
)
def test_what_is_written_reads_the_same(rates: list[TaxRate], language: str) -> None:
    sound = tuple(
        rate
        for rate in rates
        if not (rate.since and rate.until and rate.until < rate.since)
        and rate.percent != Decimal("9.97")
        and (not rate.category or (rate.category == "S") == (rate.percent > 0))
    )
    speak(language)
    try:
        assert parse_rates(rates_text(sound)) == sound
    finally:
        speak("en")


@pytest.mark.parametrize(
    ("place", "day", "expected"),
    [
        # Canada Revenue Agency, GST/HST Notice 342: the rate in Nova Scotia fell on 1 April 2025.
        ("CA-NS", date(2025, 3, 31), {"HST": "15"}),
        ("CA-NS", date(2025, 4, 1), {"HST": "14"}),
        # Canada Revenue Agency, "GST/HST rates table".
        ("CA-AB", date(2006, 6, 30), {"GST": "7"}),
        ("CA-AB", date(2006, 7, 1), {"GST": "6"}),
        ("CA-AB", date(2008, 1, 1), {"GST": "5"}),
        ("CA-ON", date(2010, 7, 1), {"HST": "13"}),
        ("CA-BC", date(2013, 4, 1), {"GST": "5", "PST": "7"}),
        ("CA-NB", date(2016, 6, 30), {"HST": "13"}),
        ("CA-NB", date(2016, 7, 1), {"HST": "15"}),
        ("CA-NL", date(2016, 7, 1), {"HST": "15"}),
        ("CA-PE", date(2016, 9, 30), {"HST": "14"}),
        ("CA-PE", date(2016, 10, 1), {"HST": "15"}),
        ("CA-MB", date(2019, 7, 1), {"GST": "5", "PST": "7"}),
        ("CA-SK", date(2017, 3, 23), {"GST": "5", "PST": "6"}),
        # Revenu Québec, "QST rates".
        ("CA-QC", date(2012, 12, 31), {"GST": "5", "QST": "9.5"}),
        ("CA-QC", date(2013, 1, 1), {"GST": "5", "QST": "9.975"}),
    ],
)
def test_the_rates_of_the_provinces_apply_on_their_days(place: str, day: date, expected: dict[str, str]) -> None:
    assert percents(preset_rates(place), day) == {code: Decimal(percent) for code, percent in expected.items()}


def test_the_rates_of_2012_in_quebec_were_compound() -> None:
    # Revenu Québec: QST applied to the price with GST until 2012: 100.00 + 5.00, then 9.5 % of 105.00 is 9.98.
    rates = {rate.code: rate for rate in rates_on(preset_rates("CA-QC"), date(2012, 6, 1))}
    assert totals([Line(rate="100", tax="GST+QST")], rates, "CAD").total == 11498


@pytest.mark.parametrize(
    ("place", "day", "expected"),
    [
        # European Commission, "Taxes in Europe" database: standard, then reduced rates from the highest.
        ("EE", date(2024, 12, 31), "22 9"),
        ("EE", date(2026, 1, 1), "24 13 9"),
        ("CZ", date(2023, 12, 31), "21 15 10"),
        ("CZ", date(2024, 1, 1), "21 12"),
        ("FI", date(2025, 12, 31), "25.5 14 10"),
        ("FI", date(2026, 1, 1), "25.5 13.5 10"),
        ("LT", date(2026, 1, 1), "21 12 5"),
        ("RO", date(2025, 7, 31), "19 9 5"),
        ("RO", date(2025, 8, 1), "21 11"),
        ("SK", date(2024, 12, 31), "20 10 5"),
        ("SK", date(2025, 1, 1), "23 19 5"),
        ("AT", date(2026, 7, 1), "20 13 10 4.9"),
        ("BG", date(2026, 1, 1), "20 9"),
        ("DK", date(2026, 1, 1), "25"),
        ("SI", date(2026, 1, 1), "22 9.5 5"),
    ],
)
def test_the_rates_of_the_european_union_apply_on_their_days(place: str, day: date, expected: str) -> None:
    charged = sorted((rate.percent for rate in rates_on(preset_rates(place), day) if rate.percent), reverse=True)
    assert " ".join(map(str, charged)) == expected


@pytest.mark.parametrize("place", PRESETS)
def test_each_place_has_one_rate_for_each_tax_today(place: str) -> None:
    rates = rates_on(preset_rates(place), TODAY)
    assert rates
    assert len({rate.code for rate in rates}) == len(rates)
    assert with_preset((), place, TODAY) == with_preset(with_preset((), place, TODAY), place, TODAY)
    if not place.startswith("CA-"):  # EN 16931, BT-151
        assert {rate.category for rate in rates} == set(CATEGORIES)
        assert all((rate.percent > 0) == (rate.category == "S") for rate in rates)
    assert all(tax_name(rate.code, "fr") != rate.code for rate in rates)
    assert all(preset_names("fr").values())


def test_taxes_of_a_second_place_do_not_change_the_first_ones() -> None:
    quebec = with_preset((), "CA-QC", TODAY)
    assert rates_text(quebec) == "GST 5 from 2008-01-01\nQST 9.975 from 2013-01-01"
    both = with_preset(with_preset(quebec, "CA-ON", TODAY), "CA-NS", TODAY)
    assert rates_text(both).splitlines()[2:] == [
        "HST 13 from 2010-07-01",
        "HST NS 15 from 2010-07-01 until 2025-03-31",
        "HST NS 14 from 2025-04-01",
    ]
    assert with_preset(parse_rates("GST 5"), "CA-AB", TODAY) == parse_rates("GST 5")
