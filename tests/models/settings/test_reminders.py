"""The levels of reminders: what a person types, and how they are stored."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.models.company.save_settings import save_company
from facturier.models.errors import InputError
from facturier.models.settings.reminders import (
    DEFAULT_LEVELS,
    EARLIEST,
    LATEST,
    MOST,
    Level,
    Tone,
    check_fee,
    check_interest,
    levels_text,
    parse_levels,
    read_levels,
    with_text,
    write_levels,
)
from facturier.models.settings.settings import read_company
from facturier.models.store.setting import write_setting
from facturier.models.text.i18n import speak
from tests.models.making import a_store


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("3 days before, on the day, 7, 21, 45 days after", [-3, 0, 7, 21, 45]),
        ("3 jours avant, le jour même, 7, 21 et 45 jours après", [-3, 0, 7, 21, 45]),
        ("7, 21, 45", [7, 21, 45]),
        ("5, 2 days before", [-5, -2]),
        ("2 weeks after; 1 week before", [-7, 14]),
        ("1, 2 weeks after", [7, 14]),
        ("-3, 0, +7, 7 days late", [-3, 0, 7]),
        ("à l’échéance and 10j", [0, 10]),
        ("", []),
    ],
)
def test_levels_are_read_as_a_person_says_them(typed: str, days: list[int]) -> None:
    assert [level.days for level in parse_levels(typed)] == days


@pytest.mark.parametrize(
    "typed", ["soon", "3 days during", "91 days before", "4000", ",".join(map(str, range(20))), "3 3"]
)
def test_what_is_no_level_is_refused(typed: str) -> None:
    with pytest.raises(InputError):
        parse_levels(typed)


@given(st.sets(st.integers(EARLIEST, LATEST), max_size=MOST), st.sampled_from(["en", "fr"]))
def test_levels_are_read_back_as_they_are_written(days: set[int], language: str) -> None:
    speak(language)
    try:
        assert [level.days for level in parse_levels(levels_text(days))] == sorted(days)
    finally:
        speak("en")


def test_a_level_keeps_its_text_when_others_change(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    assert read_company(store).levels == DEFAULT_LEVELS
    assert [level.tone for level in DEFAULT_LEVELS] == list(Tone)
    mine = replace(
        with_text(Level(7), "fr", "Bonjour"), interest=check_interest("12,5 %"), fee=check_fee("15.00", "CAD")
    )
    levels = parse_levels("7, 30", [mine])
    assert levels == (mine, Level(30))
    assert mine.interest == "12.5"
    save_company(store, replace(read_company(store), reminders=levels))
    assert read_company(store).levels == levels
    save_company(store, replace(read_company(store), reminders=()))
    assert read_company(store).levels == ()
    assert read_levels(write_levels(levels)) == levels
    with store.writing():
        write_setting(store, "reminders", '[{"days": 7}, {"days": 7}]')
    assert read_company(store).levels == DEFAULT_LEVELS
    assert "reminders" in next(iter(store.damaged))
    for wrong in ("0", "-1", "101", "x"):
        with pytest.raises(InputError):
            check_interest(wrong)
