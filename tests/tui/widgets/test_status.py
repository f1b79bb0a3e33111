"""The words for statuses."""

from datetime import date, timedelta

import pytest

from facturier.models.books.status import BookStatus, State, owed
from facturier.tui.widgets.status import DELIVERIES, delivery_status, settlement

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("days", "paid", "words"),
    [
        (30, 0, "in 30 days"),
        (1, 0, "in 1 day"),
        (0, 0, "today"),
        (-1, 0, "1 day late"),
        (-3, 5, "3 days late"),
        (5, 5, "partly paid"),
        (-5, 10, "paid"),
    ],
)
def test_what_is_owed_in_words(days: int, paid: int, words: str) -> None:
    assert settlement(owed(BookStatus.ISSUED, TODAY + timedelta(days), 10, paid, TODAY)).plain == words


def test_every_state_has_a_glyph_and_a_word_that_no_other_state_has() -> None:
    assert set(DELIVERIES) == set(State)
    sending = {State.CLAIMED, State.HANDING_OVER}
    told = [status.text().plain for state, status in DELIVERIES.items() if state not in sending]
    assert len(set(told)) == len(told)


def test_void_outranks_what_was_sent() -> None:
    assert delivery_status(BookStatus.VOID, State.SENT).word == "Void"
    assert delivery_status(BookStatus.ISSUED, None).word == "Not sent"
