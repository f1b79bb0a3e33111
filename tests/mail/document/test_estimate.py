"""The document, the email and the checks of an estimate, in English and French."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from facturier.mail.document.document import make_document
from facturier.mail.document.payment_code import payment_code
from facturier.mail.document.plain_text import document_text
from facturier.mail.document.texts.invoice import document_content
from facturier.mail.letter.filling import fill, fill_markdown
from facturier.mail.letter.letter import letter_template, subject_template
from facturier.mail.letter.placeholders import letter_values
from facturier.mail.message import attachment_name
from facturier.mail.sending.checks.checks import check_message
from facturier.models.books.invoice import Invoice, Source
from facturier.models.books.status import InvoiceKind
from tests.mail.samples import a_company, a_customer, an_invoice, pdf_pages, squeezed

COMPANY = a_company(pay_link="https://pay.example/acme", payment_texts={"en": "By cheque.", "fr": "Par chèque."})


def an_estimate(language: str = "en") -> Invoice:
    day = date(2026, 11, 24)
    estimate = an_invoice(kind=InvoiceKind.ESTIMATE, customer=a_customer(language=language), message="", deposit="50")
    return replace(estimate, date=day, due=day + timedelta(30))


@pytest.mark.parametrize(
    ("language", "expected", "unexpected"),
    [
        (
            "en",
            ("Estimate E-1", "Customer", "Valid until 24 December 2026", "GST 5%", "Total CAD\u00a01,111.96"),
            (
                "Bill to",
                "Amount due",
                "Due ",
                "Terms",
                "By cheque",
                "pay.example",
                "Payments received",
                "Payment instructions",
            ),
        ),
        (
            "fr",
            (
                "Soumission E-1",
                "Client",
                "Valide jusqu’au 24 décembre 2026",
                "TPS 5\u00a0%",
                "Total 1\u202f111,96\u00a0CAD",
            ),
            ("Facturé à", "Montant dû", "Échéance", "Modalités", "Par chèque", "pay.example", "Paiements reçus"),
        ),
    ],
)
def test_an_estimate_says_until_when_it_is_valid_and_nothing_about_payment(
    language: str, expected: tuple[str, ...], unexpected: tuple[str, ...]
) -> None:
    estimate = an_estimate(language)
    text = re.sub(" +", " ", document_text(estimate, COMPANY, "E-1"))
    for words in expected:
        assert words in text
    for words in unexpected:
        assert words not in text
    assert document_content(estimate, COMPANY, "E-1").stamp == ""
    assert payment_code(estimate, COMPANY, "E-1") == ""
    [page] = pdf_pages(make_document(estimate, COMPANY, "E-1"))
    assert all(squeezed(words) in squeezed(page) for words in expected[1:2])


def test_an_estimate_has_an_email_of_its_own() -> None:
    for language, subject, sentence, file in (
        (
            "en",
            "Estimate E-1 from Acme Conseil inc.",
            "Here is estimate **E-1** for CAD\u00a01,111.96, valid until 24 December 2026.",
            "Estimate-E-1-Acme-Conseil-inc.pdf",
        ),
        (
            "fr",
            "Soumission E-1 – Acme Conseil inc.",
            "Voici la soumission **E-1** de 1\u202f111,96\u00a0CAD, valide jusqu’au 24 décembre 2026.",
            "Soumission-E-1-Acme-Conseil-inc.pdf",
        ),
    ):
        estimate = an_estimate(language)
        values = letter_values(estimate, COMPANY, "E-1")
        assert fill(subject_template(COMPANY, language, estimate.kind), values) == subject
        assert sentence in fill_markdown(letter_template(COMPANY, language, estimate.kind), values)
        assert attachment_name(estimate, COMPANY, "E-1") == file


def test_an_expired_draft_is_warned_about() -> None:
    estimate = replace(an_estimate(), number=None)
    later = estimate.due + timedelta(1)
    found = check_message(estimate, sender="a@acme.example", to="b@client.example", today=later)
    assert [finding.text for finding in found] == [
        "This estimate is no longer valid: it was valid until 24 December 2026."
    ]


def test_an_invoice_names_the_estimate_that_it_was_made_from() -> None:
    invoice = an_invoice(source_id=1, source=Source("E-1", date(2026, 11, 3)))
    assert re.search(r"Estimate +E-1\n", document_text(invoice, COMPANY, "1042"))
