"""The document and the email of a credit note, in English and French."""

import re
from datetime import date

import pytest

from facturier.mail.document.document import make_document
from facturier.mail.document.plain_text import document_text
from facturier.mail.document.texts.invoice import document_content
from facturier.mail.letter.filling import fill, fill_markdown
from facturier.mail.letter.letter import letter_template, subject_template
from facturier.mail.letter.placeholders import letter_values
from facturier.mail.message import attachment_name
from facturier.mail.sending.checks.checks import check_message
from facturier.models.books.invoice import Invoice, Source
from facturier.models.books.opposite import opposite
from facturier.models.books.status import InvoiceKind
from tests.mail.samples import a_company, a_customer, an_invoice, pdf_pages, squeezed

COMPANY = a_company(pay_link="https://pay.example/acme", payment_texts={"en": "By cheque.", "fr": "Par chèque."})


def a_credit_note(language: str = "en") -> Invoice:
    source = Source("1043", date(2026, 11, 3))
    customer = a_customer(language=language)
    return opposite(an_invoice(kind=InvoiceKind.CREDIT_NOTE, source_id=1, source=source, customer=customer, message=""))


@pytest.mark.parametrize(
    ("language", "expected", "unexpected"),
    [
        (
            "en",
            (
                "Credit note CN-1",
                "Credit for invoice 1043 of 3 November 2026",
                "GST 5%",
                "QST 9.975%",
                "Credit CAD\u00a01,111.96",
            ),
            ("Amount due", "Due ", "Terms", "By cheque", "pay.example", "-1,111.96", "Payments received"),
        ),
        (
            "fr",
            (
                "Note de crédit CN-1",
                "Crédit pour la facture 1043 du 3 novembre 2026",
                "TPS 5\u00a0%",
                "TVQ 9,975\u00a0%",
                "Crédit 1\u202f111,96\u00a0CAD",
            ),
            ("Montant dû", "Échéance", "Modalités", "Par chèque", "pay.example", "-1\u202f111,96"),
        ),
    ],
)
def test_a_credit_note_says_what_it_credits(
    language: str, expected: tuple[str, ...], unexpected: tuple[str, ...]
) -> None:
    note = a_credit_note(language)
    text = re.sub(" +", " ", document_text(note, COMPANY, "CN-1"))
    for words in expected:
        assert words in text
    for words in unexpected:
        assert words not in text
    assert document_content(note, COMPANY, "CN-1").stamp == ""
    [page] = pdf_pages(make_document(note, COMPANY, "CN-1"))
    assert squeezed(expected[0].rpartition(" ")[0]) in squeezed(page)
    assert squeezed(expected[1]) in squeezed(page)


def test_a_credit_note_has_an_email_of_its_own() -> None:
    for language, subject, sentence, file in (
        (
            "en",
            "Credit note CN-1 from Acme Conseil inc.",
            "credit note **CN-1** for CAD\u00a01,111.96. It credits invoice 1043",
            "Credit-note-CN-1-Acme-Conseil-inc.pdf",
        ),
        (
            "fr",
            "Note de crédit CN-1 – Acme Conseil inc.",
            "note de crédit **CN-1** de 1\u202f111,96\u00a0CAD",
            "Note-de-crédit-CN-1-Acme-Conseil-inc.pdf",
        ),
    ):
        note = a_credit_note(language)
        values = letter_values(note, COMPANY, "CN-1")
        assert fill(subject_template(COMPANY, language, note.kind), values) == subject
        assert sentence in fill_markdown(letter_template(COMPANY, language, note.kind), values).replace("\\", "")
        assert attachment_name(note, COMPANY, "CN-1") == file
    findings = check_message(note, sender="a@b.example", to="c@d.example", today=date(2027, 3, 1))
    assert not findings  # a negative total is right here, and nothing is overdue
