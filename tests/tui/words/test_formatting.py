"""Dates in the invoice list, compared with CLDR."""

from datetime import date

import pytest
from babel.dates import format_date

from facturier.models.text.i18n import speak
from facturier.tui.words.formatting import long_day, short_day


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("month", range(1, 13))
def test_days_are_written_as_babel_writes_them(language: str, month: int) -> None:
    day = date(2026, month, 3)
    speak(language)
    try:
        assert short_day(day, day) == format_date(day, "d MMM", locale=language)
        assert short_day(day, date(2027, 1, 1)) == format_date(day, "MMM yy", locale=language)
        assert long_day(day) == format_date(day, "d MMM yyyy", locale=language)
    finally:
        speak("en")


def test_the_first_of_a_month_is_written_in_french() -> None:
    day = date(2026, 12, 1)
    speak("fr")
    try:
        assert (short_day(day, day), long_day(day)) == ("1er déc.", "1er déc. 2026")
    finally:
        speak("en")
