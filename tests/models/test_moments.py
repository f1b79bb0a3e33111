"""Times as people type them, in the zone of the machine."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from facturier.models.moments import parse_moment


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
def test_the_clock_on_the_wall_counts_when_summer_time_ends_before(typed: str, leaves: tuple[int, int, int]) -> None:
    now = datetime(2026, 10, 31, 16, tzinfo=UTC)  # noon, the day before clocks go back
    day, hour, minute = leaves
    assert parse_moment(typed, now) == datetime(2026, 11, day, hour, minute, tzinfo=UTC)
