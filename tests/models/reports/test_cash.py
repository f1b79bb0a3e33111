"""The days on which a document was paid."""

from facturier.models.reports.cash import paid_days


def test_what_is_paid_beyond_the_total_does_not_count() -> None:
    [first, last] = paid_days("2026-11-01", 100, [("2026-11-02", 60), ("2026-11-03", 60), ("2026-11-04", 10)])
    assert (first.before, first.after, last.before, last.after) == (0, 60, 60, 100)
    assert (last.day, last.previous) == ("2026-11-03", "2026-11-02")
    assert first.part(15) + last.part(15) == 15


def test_a_credit_note_is_paid_down_to_its_total() -> None:
    [only] = paid_days("2026-11-01", -100, [("2026-11-02", -120), ("2026-11-03", -10)])
    assert (only.before, only.after, only.part(-15)) == (0, -100, -15)


def test_a_refund_that_is_more_than_was_paid_counts_only_for_what_was_paid() -> None:
    days = paid_days("2026-11-01", 100, [("2026-11-02", 60), ("2026-11-03", -80)])
    assert [one.part(15) for one in days] == [9, -9]
