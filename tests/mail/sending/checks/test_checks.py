"""Warnings before a message is sent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from facturier.mail.letter.filling import filled_from
from facturier.mail.letter.placeholders import letter_values
from facturier.mail.senders.gmail import GmailType
from facturier.mail.senders.smtp import SmtpType
from facturier.mail.sending.checks.checks import (
    check_message,
    check_text,
    daily_limit,
)
from facturier.mail.sending.checks.domain_typos import meant_domain
from facturier.models.books.status import BookStatus
from facturier.models.outbox.delivery import Envelope
from facturier.models.settings.line import Line
from tests.mail.samples import a_company, an_invoice

VALUES = letter_values(an_invoice(), a_company(), "1043")
GOOD: dict[str, Any] = {
    "today": an_invoice().date,
    "sender": "billing@acme.example",
    "to": "compta@tremblay.example",
}


def test_no_warning_without_a_problem() -> None:
    assert check_message(an_invoice(), **GOOD) == []


@pytest.mark.parametrize(
    ("changed", "level", "field", "words"),
    [
        ({"sender": ""}, "error", "from", "no address to send from"),
        ({"to": " , "}, "error", "to", "“To” is empty"),
        ({"to": "marie"}, "error", "to", "marie"),
        ({"cc": "a@b@c.example"}, "error", "cc", "two @"),
        ({"bcc": "x@"}, "error", "bcc", "x@"),
        ({"to": "Marie <m.roy@gmial.com>"}, "warning", "to", "Did you mean m.roy@gmail.com? m.roy@gmial.com looks"),
        ({"bcc": "m@Hotmal.fr"}, "warning", "bcc", "m@hotmail.fr"),
        ({"document_trouble": "No font has these characters: x."}, "error", "document", "No font"),
        (
            {
                "to": ", ".join(f"a{number}@x.example" for number in range(251)),
                "cc": ", ".join(f"a{number}@x.example" for number in range(250, 501)),
            },
            "error",
            "to",
            "501 recipients",
        ),
        ({"sent_before": {"Compta@Tremblay.example"}}, "warning", "to", "already sent"),
    ],
)
def test_each_problem_has_a_warning(changed: dict[str, Any], level: str, field: str, words: str) -> None:
    (finding,) = check_message(an_invoice(), **(GOOD | changed))
    assert (finding.level, finding.field) == (level, field)
    assert words in finding.text


def test_an_invoice_that_the_customer_has_on_paper_is_sent_again_only_if_asked() -> None:
    (finding,) = check_message(replace(an_invoice(), handed_over="paper"), **GOOD)
    assert (finding.level, finding.again) == ("warning", True)
    assert "sent without email" in finding.text


def test_a_typo_in_a_well_known_domain_is_found_but_real_domains_are_not() -> None:
    slips = "gmial.com gmai.com gmail.co gmail.con gmail.fr hotmial.com yaho.fr outlok.com yahoo.cm iclod.com"
    meant = "gmail.com gmail.com gmail.com gmail.com gmail.com hotmail.com yahoo.fr outlook.com yahoo.com icloud.com"
    assert [meant_domain(slip) for slip in slips.split()] == meant.split()
    for real in ("gmail.com", "mail.com", "email.com", "yahoo.cz", "hotmail.it", "gmx.com", "free.fr", "acme.example"):
        assert meant_domain(real) is None, real


@pytest.mark.parametrize(
    ("changes", "level", "words"),
    [
        ({"lines": ()}, "warning", "zero"),
        ({"lines": (Line("x", "", "1", "-5"),)}, "warning", "negative"),
        ({"lines": (Line("x", "", "two", "5"), Line("y", "", "1", "5"))}, "error", "not a number"),
        ({"lines": (Line("x", "", "1", "5", "TVH"),)}, "error", "Unknown tax “TVH”"),
        ({"lines": (Line("", "", "1", "5"), Line("x", "", "1", "5"))}, "warning", "no description"),
        ({"book_status": BookStatus.VOID, "number": "7"}, "error", "void"),
    ],
)
def test_amounts_are_checked(changes: dict[str, Any], level: str, words: str) -> None:
    (finding,) = check_message(an_invoice(**changes), **GOOD)
    assert finding.level == level
    assert words in finding.text


def test_lines_without_names_are_accepted_if_none_has_one() -> None:
    assert check_message(an_invoice(lines=(Line("", "", "1", "5"), Line("", "", "1", "7"))), **GOOD) == []


def test_a_late_invoice_has_a_warning_unless_it_was_sent_before() -> None:
    draft = an_invoice()
    assert check_message(draft, **GOOD | {"today": draft.due}) == []
    (finding,) = check_message(draft, **GOOD | {"today": draft.due + timedelta(1)})
    assert (finding.level, "already overdue" in finding.text) == ("warning", True)
    issued = an_invoice(book_status=BookStatus.ISSUED, number="7")
    (finding,) = check_message(issued, **GOOD | {"today": issued.due + timedelta(1)})
    assert "already overdue" in finding.text
    assert "Check that the text still fits" in finding.text
    again = GOOD | {"today": issued.due + timedelta(1), "sent_before": {"other@tremblay.example"}}
    assert check_message(issued, **again) == []


def test_errors_come_first() -> None:
    findings = check_message(an_invoice(lines=()), **(GOOD | {"to": "", "texts": check_text("subject", "", None, {})}))
    assert [finding.level for finding in findings] == ["error", "warning", "warning"]


@pytest.mark.parametrize(
    ("field", "text", "template", "level", "words"),
    [
        ("subject", " ", None, "warning", "The subject is empty"),
        ("letter", "", None, "warning", "The message is empty"),
        ("subject", "x" * 20_000, None, "error", "at most"),
        ("subject", "{nummer}", "{nummer}", "error", "Unknown placeholder {nummer}"),  # in the company's template
        ("letter", "Pay: ", "Pay: {pay_link}", "warning", "the link for online payment, which is empty"),
        ("letter", "{nummer}", "Hi", "", ""),  # what a person typed is literal
        ("letter", "Hi {foo}", None, "", ""),
    ],
)
def test_the_texts_are_checked(field: str, text: str, template: str | None, level: str, words: str) -> None:
    filled = None if template is None else filled_from(template, VALUES)
    found = check_text(field, text, filled, VALUES)
    assert [(finding.level, finding.field) for finding in found] == ([(level, field)] if level else [])
    assert all(words in finding.text for finding in found)


def test_an_edited_text_that_cannot_follow_is_named() -> None:
    filled = filled_from("For {total}", {"total": "CAD 105.00"})
    (finding,) = check_text("letter", "For 105 dollars", filled, {"total": "CAD 120.00"})
    assert finding.text == "Check the text: the total with its currency was CAD 105.00 and is now CAD 120.00."


def test_gmails_daily_limit_of_recipients_has_a_warning() -> None:
    def some(sender: str, count: int) -> list[Envelope]:
        return [Envelope(sender, (f"a{number}@x.example",), ("boss@x.example",)) for number in range(count)]

    assert daily_limit(some("me@gmail.com", 2), GmailType()) == (
        "4 recipients. A personal Gmail account can send to 500 recipients a day."
    )
    assert "too many for one day" in daily_limit(some("me@gmail.com", 251), GmailType())
    said = daily_limit(some("billing@acme.example", 251), GmailType())
    assert said == "502 recipients. A Google Workspace account can send to 2000 recipients a day."
    assert daily_limit(some("me@gmail.com", 251), SmtpType()) == ""


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"due": an_invoice().date - timedelta(1)}, "due date cannot be before the invoice date"),
        ({"terms": an_invoice().terms + 5}, "it is due on"),
        ({"due": an_invoice().date + timedelta(4000)}, "3650 days"),
    ],
)
def test_a_draft_with_contradictory_dates_is_refused(changed: dict[str, Any], words: str) -> None:
    draft = replace(an_invoice(), book_status=BookStatus.DRAFT, number=None, **changed)
    assert any(found.level == "error" and words in found.text for found in check_message(draft, **GOOD))
    issued = replace(an_invoice(), book_status=BookStatus.ISSUED, number="1001", **changed)
    assert not any(found.level == "error" for found in check_message(issued, **GOOD))
