"""Parsing times as people type them, in the local time zone."""

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.models.errors import InputError
from facturier.models.text.dates.times import parse_moment


@pytest.fixture(autouse=True)
def toronto(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/Toronto")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("typed", "leaves"),
    [
        ("23:30", (1, 3, 30)),
        ("9:00", (1, 14, 0)),
        ("2/11 9:00", (2, 14, 0)),
        ("2026-11-02T09:00", (2, 14, 0)),
        ("2026-11-02T09:00-04:00", (2, 13, 0)),
        ("+24h", (1, 16, 0)),
        ("+1d", (1, 17, 0)),
    ],
)
def test_local_time_applies_when_daylight_saving_time_ends(typed: str, leaves: tuple[int, int, int]) -> None:
    now = datetime(2026, 10, 31, 16, tzinfo=UTC)  # noon, the day before clocks go back
    day, hour, minute = leaves
    assert parse_moment(typed, now) == datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["14/3 2:30", "2027-03-14T02:30", "tomorrow 2:30"])
def test_a_skipped_time_is_not_before_the_requested_one(typed: str) -> None:
    now = datetime(2027, 3, 13, 17, tzinfo=UTC)  # noon, the day before clocks go forward from 2:00 to 3:00
    assert parse_moment(typed, now) == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)  # 3:30


def test_a_time_days_from_now_can_be_skipped_too() -> None:
    now = datetime(2027, 3, 13, 7, 30, tzinfo=UTC)  # 2:30
    assert parse_moment("+1d", now) == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)
    assert parse_moment("2:30", now.replace(minute=40)) == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "typed", "hour"),
    [
        (3, "1:30", 5),  # both are in the future: the first one
        ((5, 40), "1:30", 6),  # 1:40, before the clocks show 1:30 a second time
        ((6, 10), "1:30", 6),  # the second 1:10
        ((6, 10), "1/11 1:30", 6),
        ((6, 10), "2026-11-01T01:30", 6),
    ],
)
def test_of_a_repeated_time_the_next_one_is_meant(now: int | tuple[int, int], typed: str, hour: int) -> None:
    hours, minutes = now if isinstance(now, tuple) else (now, 0)
    at = datetime(2026, 11, 1, hours, minutes, tzinfo=UTC)
    assert parse_moment(typed, at) == datetime(2026, 11, 1, hour, 30, tzinfo=UTC)


def test_a_repeated_time_that_has_passed_is_tomorrow() -> None:
    now = datetime(2026, 11, 1, 6, 45, tzinfo=UTC)  # the second 1:45
    assert parse_moment("1:30", now) == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "leaves"),
    [
        ("9am", "29 09:00"),
        ("1 PM", "28 13:00"),
        ("9.30 am", ""),
        ("9:30 a.m.", "29 09:30"),
        ("12am", "29 00:00"),
        ("noon", "29 12:00"),
        ("minuit", "29 00:00"),
        ("16 h 30", "28 16:30"),
        ("16h", "28 16:00"),
        ("à 16 h", "28 16:00"),
        ("Monday", "30 09:00"),
        ("monday 9am", "30 09:00"),
        ("Monday, at 10:15", "30 10:15"),
        ("lundi 16 h 30", "30 16:30"),
        ("saturday 3pm", "28 15:00"),  # today, and still ahead
        ("samedi", "Dec 5 09:00"),
        ("demain 9 h", "29 09:00"),
        ("demain à 9\u00a0h", "29 09:00"),
        ("9am tomorrow", "29 09:00"),
        ("next week", "30 09:00"),
        ("in 2 days", "30 12:00"),
        ("dans 2 jours", "30 12:00"),
        ("in 2 hours", "28 14:00"),
        ("dans une heure", "28 13:00"),
        ("in 2 days 8am", "30 08:00"),
        ("2026-11-30", "30 09:00"),
        ("2026-11-30 08:05", "30 08:05"),
        ("13pm", ""),
        ("25:00", ""),
        ("14", ""),
        ("soon", ""),
        ("yesterday 9am", ""),
        ("9:61", ""),
    ],
)
def test_times_are_read_as_people_write_them_in_both_languages(typed: str, leaves: str) -> None:
    now = datetime(2026, 11, 28, 17, tzinfo=UTC)  # Saturday noon
    if not leaves:
        with pytest.raises(InputError):
            parse_moment(typed, now)
        return
    assert f"{parse_moment(typed, now).astimezone():%b %-d %H:%M}" == (leaves if "Dec" in leaves else f"Nov {leaves}")


@given(st.text(max_size=20) | st.text("0123456789 :h/+apmindays", max_size=14))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    now = datetime(2026, 11, 28, 17, tzinfo=UTC)
    with contextlib.suppress(InputError):
        assert parse_moment(text, now).tzinfo is not None
