"""Parsing dates and terms as people type them."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.models.errors import InputError
from facturier.models.text.dates.dates import LONGEST, day_text, parse_day
from facturier.models.text.i18n import speak

TODAY = date(2026, 11, 24)


@pytest.fixture
def french() -> Iterator[None]:
    speak("fr")
    yield
    speak("en")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14", "2026-11-14"),
        ("14/3", "2026-03-14"),
        ("14/3/26", "2026-03-14"),
        ("14/03/2026", "2026-03-14"),
        ("14.3.2026", "2026-03-14"),
        ("14-3", "2026-03-14"),
        ("14 3", "2026-03-14"),
        ("2026-03-14", "2026-03-14"),
        ("14 mar", "2026-03-14"),
        ("14 March 2027", "2027-03-14"),
        ("14mar27", "2027-03-14"),
        ("1er août", "2026-08-01"),
        ("2 févr. 2026", "2026-02-02"),
        ("3 juil.", "2026-07-03"),
        ("3 jun", "2026-06-03"),
        ("29/2/2028", "2028-02-29"),
        ("today", "2026-11-24"),
        (" Aujourd’hui ", "2026-11-24"),
        ("demain", "2026-11-25"),
        ("yesterday", "2026-11-23"),
        ("+30", "2026-12-24"),
        ("+ 30", "2026-12-24"),
        ("-7", "2026-11-17"),
        ("+0", "2026-11-24"),
        ("March 14", "2026-03-14"),
        ("Dec 3rd, 2027", "2027-12-03"),
        ("le 14 mars", "2026-03-14"),
        ("Monday", "2026-11-30"),
        ("tue", "2026-12-01"),  # today is one: the next
        ("lundi", "2026-11-30"),
        ("Mar.", "2026-12-01"),
        ("next Friday", "2026-11-27"),
        ("vendredi prochain", "2026-11-27"),
        ("last friday", "2026-11-20"),
        ("mardi dernier", "2026-11-17"),
        ("in 2 days", "2026-11-26"),
        ("dans 2 jours", "2026-11-26"),
        ("in a week", "2026-12-01"),
        ("dans trois semaines", "2026-12-15"),
        ("in 3 months", "2027-02-24"),
        ("2 days ago", "2026-11-22"),
        ("il y a 1 an", "2025-11-24"),
        ("next week", "2026-11-30"),
        ("la semaine prochaine", "2026-11-30"),
        ("next month", "2026-12-01"),
        ("le mois prochain", "2026-12-01"),
        ("EOM", "2026-11-30"),
        ("fin du mois", "2026-11-30"),
        ("après-demain", "2026-11-26"),
    ],
)
def test_a_date_is_parsed(typed: str, meant: str) -> None:
    assert parse_day(typed, TODAY) == date.fromisoformat(meant)


def test_an_empty_date_is_refused_without_a_quotation() -> None:
    with pytest.raises(InputError) as refused:
        parse_day(" ", TODAY)
    assert str(refused.value) == "Enter a date: 14, 14/3, 14/3/2026, +30 or today."


def test_a_month_later_is_never_past_its_end() -> None:
    assert parse_day("in 1 month", date(2026, 1, 31)) == date(2026, 2, 28)
    assert parse_day("fin de mois", date(2028, 2, 1)) == date(2028, 2, 29)


def test_a_shift_counts_from_the_base() -> None:
    assert parse_day("+30", TODAY, base=date(2026, 1, 1)) == date(2026, 1, 31)
    assert parse_day("14", TODAY, base=date(2026, 1, 1)) == date(2026, 11, 14)


@pytest.mark.parametrize("typed", ["31/2", "29/2/2026", "0", "32", "14/13", "1/1/1899", "1/1/3000", "2026-02-30"])
def test_a_date_outside_the_calendar_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match="not a valid date"):
        parse_day(typed, TODAY)


@pytest.mark.parametrize(
    "typed",
    [
        "x",
        "14/",
        "/3",
        "14/3/2",
        "3 jui",
        "14 foo",
        "+",
        "+x",
        "14/3/2026/1",
        "1.5.3.2",
        "in two",
        "in 2 moons",
        "someday",
        "lundi 3",
    ],
)
def test_an_invalid_date_is_refused_and_quoted(typed: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_day(typed, TODAY)
    assert f"“{typed}”" in str(refused.value)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2999, 12, 31)), st.sampled_from(["en", "fr"]))
def test_a_displayed_date_can_be_parsed(day: date, language: str) -> None:
    assert parse_day(day_text(day, language), TODAY) == day
    assert parse_day(day.isoformat(), TODAY) == day
    assert parse_day(f"{day.day}/{day.month}/{day.year}", TODAY) == day


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        day = parse_day(text, TODAY)
    except InputError:
        return
    assert day + timedelta(LONGEST) > day  # the due date is always a valid date
