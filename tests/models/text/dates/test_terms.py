"""Payment terms as people type them, as they are stored and as they are shown."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.models.errors import InputError
from facturier.models.text.dates.dates import LAST, LONGEST
from facturier.models.text.dates.terms import Terms, check_rule, parse_terms, terms_text
from facturier.models.text.i18n import speak


@pytest.mark.parametrize(
    ("typed", "days"),
    [("30", 30), ("Net 30", 30), ("net30", 30), ("n/30", 30), ("15 days", 15), ("1 jour", 1), ("10j", 10), ("0", 0),
     ("+45", 45), ("30 jours nets", 30), ("Net 30 jours", 30), ("Net 1 jour", 1),
     ("2 weeks", 14), ("3 semaines", 21), ("sur réception", 0), ("Due upon receipt", 0),
     ("Due on receipt", 0), ("À réception", 0), ("comptant", 0), ("net", 0)],
)  # fmt: skip
def test_terms_are_parsed(typed: str, days: int) -> None:
    assert parse_terms(typed) == Terms(days)


@pytest.mark.parametrize(
    "typed", ["", "soon", "-5", "30 moons", "99999", "3651", "999 weeks", "2/10", "0/10 net 30", "2/40 net 30", "2/x 3"]
)
def test_invalid_terms_are_refused(typed: str) -> None:
    with pytest.raises(InputError):
        parse_terms(typed)


@pytest.mark.parametrize(
    ("typed", "day", "due"),
    [
        ("EOM", date(2026, 11, 2), date(2026, 11, 30)),
        ("end of month", date(2026, 11, 30), date(2026, 11, 30)),
        ("Fin de mois", date(2028, 2, 3), date(2028, 2, 29)),
        ("net 30 EOM", date(2026, 11, 2), date(2026, 12, 31)),
        ("30 jours fin de mois", date(2027, 1, 31), date(2027, 3, 31)),
        ("45 days, end of month", date(2026, 11, 16), date(2026, 12, 31)),
        ("EOM", LAST, LAST),
    ],
)
def test_the_end_of_a_month_depends_on_the_invoice_date(typed: str, day: date, due: date) -> None:
    terms = parse_terms(typed)
    assert terms.month_end
    assert terms.due(day) == due


@pytest.mark.parametrize(
    ("typed", "rule", "days"),
    [
        ("2/10 net 30", "2/10", 30),
        ("2 % / 10, net 30", "2/10", 30),
        ("1.5/15 n/45", "1.5/15", 45),
        ("1,50/15 jours, net 45 jours", "1.5/15", 45),
        ("2/10 end of month", "2/10 eom", 0),
        ("2/10 net 30 eom", "2/10 eom", 30),
    ],
)
def test_a_discount_for_early_payment_is_part_of_the_terms(typed: str, rule: str, days: int) -> None:
    terms = parse_terms(typed)
    assert terms == Terms(days, rule)
    assert terms.discount == (Decimal(rule.split("/")[0]), int(rule.split("/")[1].split()[0]))
    assert terms.discount_until(date(2026, 11, 1)) == date(2026, 11, 1) + timedelta(terms.discount[1])
    assert check_rule(rule) == rule
    assert terms.without_month_end(20) == Terms(20, rule.removesuffix(" eom"))
    assert terms.without_month_end(7) == Terms(7)


@pytest.mark.parametrize("rule", ["soon", "2/10eom", "0/10", "2/", " eom", "2/10  eom", "100/10"])
def test_a_rule_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(InputError, match="not a rule for terms"):
        check_rule(rule)


_percents = st.decimals(Decimal("0.001"), Decimal("99.999"), places=3).map(lambda number: f"{number.normalize():f}")


@given(st.integers(0, LONGEST), st.booleans(), st.one_of(st.just(""), _percents), st.sampled_from(["en", "fr"]))
def test_displayed_terms_can_be_parsed_in_either_language(days: int, end: bool, percent: str, language: str) -> None:
    within = f"{percent}/{min(days, 10)}" if percent else ""
    terms = Terms(days, " ".join(filter(None, (within, "eom" if end else ""))))
    speak(language)
    try:
        assert parse_terms(terms_text(terms)) == terms
    finally:
        speak("en")


def test_terms_are_displayed_in_french() -> None:
    speak("fr")
    try:
        shown = [terms_text(Terms(*terms)) for terms in ((0,), (1,), (30,), (0, "eom"), (30, "2.5/10 eom"))]
    finally:
        speak("en")
    assert shown == ["À réception", "Net 1 jour", "Net 30 jours", "Fin de mois", "2,5/10 net 30 jours, fin de mois"]
