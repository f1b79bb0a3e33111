"""Number series: patterns, the numbers that they give and find, and what is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.models.errors import InputError
from facturier.models.settings.series import (
    LARGEST,
    Place,
    Series,
    after_prefix,
    check_pattern,
    overlap,
    read_series,
    write_series,
)
from tests.models.making import TODAY

literals = st.text(st.sampled_from("AFé- /{}9"), max_size=6)
counts = st.sampled_from(["{n}", "{n:04}", "{n:09}"])


@given(literals, literals, counts, st.booleans(), st.integers(1, LARGEST - 1), st.integers(1, 9999))
def test_every_number_is_found_at_its_place(
    before: str, after: str, count: str, yearly: bool, n: int, year: int
) -> None:
    pattern = f"{before}{count}{after}".replace("{", "{{").replace("}", "}}")
    pattern = pattern.replace(f"{{{count}}}", count) + ("-{year}" if yearly else "")
    series = Series(pattern)
    place = Place(f"{year:04}" if yearly else "", n)
    assert series.find(series.at(place)) == place
    continued = series.continued(place)
    assert continued.place(date(year, 3, 1)) == place
    assert read_series(write_series({"invoice": continued})) == {"invoice": continued}


@pytest.mark.parametrize("pattern", ["F", "{n.__class__}", "{n!r}", "{x}{n}", "{n}{n}", "{n}}", 7])
def test_a_stored_pattern_that_is_not_valid_is_damaged(pattern: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        read_series({"invoice": {"pattern": pattern, "next": {}}})


def test_a_year_begins_with_one() -> None:
    series = Series("F-{year}-{n:04}", {"2026": 12})
    assert [series.number(date(year, 1, 1)) for year in (2025, 2026, 2027)] == [
        "F-2025-0001",
        "F-2026-0012",
        "F-2027-0001",
    ]
    assert Series("{{year}}{n}").number(TODAY) == "{year}1"
    assert [series.find(text) for text in ("F-2026-001", "F-2026-0000", "F-26-0001", "G-2026-0001")] == [None] * 4


@pytest.mark.parametrize("prefix", ["", "F", "{F}", "A-"])
def test_a_prefix_and_a_next_number_give_the_same_numbers(prefix: str) -> None:
    assert after_prefix(prefix, 1001).number(TODAY) == f"{prefix}1001"


REFUSED = {
    "@{n}": "cannot start with “@”",
    "-{n}": "cannot start with “-”",
    "F-{year}": "{n} once",
    "": "{n} once",
    "{n}{n}": "{n} once",
    "{year}{n}{year}": "{year} at most once",
    "{month}-{n}": "Unknown field “{month}”",
    "{n:4}": "Unknown field “{n:4}”",
    "F{": "Unknown field “{”",
    "F\x07{n}": "control characters",
    "F\u202e{n}": "control characters",
    "F" * 40 + "{n}": "at most 40",
}


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_cannot_be_a_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(InputError) as refused:
        check_pattern(pattern)
    assert REFUSED[pattern] in str(refused.value)
    assert "F-{year}-{n:04}" in str(refused.value) or "most 40" in str(refused.value)


def test_patterns_that_could_give_the_same_number_overlap() -> None:
    pairs = [("{n}", "1{n}"), ("{n}", "{year}{n}"), ("F{n}", "F{n:04}"), ("{n}", "CN-{n}"), ("F{n}", "F-{n}")]
    assert [overlap(Series(one), Series(other)) for one, other in pairs] == [True, True, True, False, False]
