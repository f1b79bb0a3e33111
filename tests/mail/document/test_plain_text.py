"""The document as plain text."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from facturier.mail.document.plain_text import WIDTH, document_text
from facturier.models.books.status import InvoiceKind
from facturier.models.settings.line import Line, LineKind
from facturier.models.settings.tax_text import parse_rates
from facturier.models.text.clean import clean
from tests.mail.document.test_document import TYPED
from tests.mail.samples import a_company, a_customer, an_invoice, many_lines, squeezed


def test_it_has_the_same_content_as_the_document() -> None:
    text = document_text(an_invoice(), a_company(payment_texts={"en": "By cheque."}), "1043")
    for words in (
        "Invoice 1043",
        "24 December 2026",
        "Consulting",
        "GST+QST",
        "1,000.00",
        "CAD\u00a01,111.96",
        "By cheque.",
    ):
        assert words in text
    assert all(len(line) <= WIDTH for line in text.splitlines())


def test_amounts_are_aligned() -> None:
    lines = document_text(an_invoice(lines=many_lines(3)), a_company()).splitlines()
    assert {len(line) for line in lines if "Service" in line or line.endswith("31.50")} == {WIDTH}


@given(name=TYPED, line=TYPED)
@settings(max_examples=60)
def test_typed_text_appears_unchanged(name: str, line: str) -> None:
    invoice = an_invoice(customer=a_customer(name=name, contact="", address=""), lines=(Line(line, "", "1", "5"),))
    text = document_text(invoice, a_company(), "1043")
    assert squeezed(clean(line)) in squeezed(text)
    assert all(squeezed(word) in squeezed(text) for word in clean(name).split())


def test_wide_characters_keep_the_alignment() -> None:
    plain, wide = (
        next(
            line
            for line in document_text(an_invoice(lines=(Line(name, "", "1", "5"),)), a_company()).splitlines()
            if name in line
        )
        for name in ("abcd", "中村")
    )
    assert plain.replace("abcd", "") == wide.replace("中村", "")


def test_the_whole_form_is_printed() -> None:
    invoice = an_invoice(
        discount="10%",
        shipping="12.50",
        ship_to="Quai 4, Montréal",
        service_from=date(2026, 10, 1),
        service_to=date(2026, 10, 31),
        custom={"Site": "North"},
        lines=(
            Line("Phase 1", kind=LineKind.HEADING),
            Line("Work", "", "2", "100", unit="HUR", discount="5%", service_from=date(2026, 10, 3)),
            Line(kind=LineKind.SUBTOTAL),
        ),
    )
    text = document_text(invoice, a_company(), "1043")
    for words in (
        "Phase 1",
        "2\u00a0hours",
        "Discount: 5%",
        "Discount 10%",
        "Shipping",
        "Ship to",
        "Quai 4, Montréal",
        "1 October 2026 – 31 October 2026",
        "Site",
    ):
        assert words in text
    assert [line.split()[-1] for line in text.splitlines() if line.startswith("Subtotal")] == ["190.00"]
    french = document_text(replace(invoice, customer=a_customer(language="fr")), a_company(), "1043")
    assert "2\u00a0heures" in french
    assert "Remise 10\u00a0%" in french


def test_a_credit_note_and_an_estimate_are_titled_as_such() -> None:
    for kind, title in ((InvoiceKind.CREDIT_NOTE, "Credit note"), (InvoiceKind.ESTIMATE, "Estimate")):
        assert f"{title} 1043" in document_text(an_invoice(kind=kind), a_company(), "1043")


@pytest.mark.parametrize(
    ("language", "numbers", "words"),
    [
        ("en", "GST 12345 6789 RT0001", ("Reverse charge.", "Article 132", "Reverse charge 0%", "VAT 20%")),
        ("fr", "TPS 12345 6789 RT0001", ("Autoliquidation.", "Article 132", "Autoliquidation 0 %", "TVA 20 %")),
    ],
)
def test_taxes_have_the_names_and_words_of_the_customers_language(
    language: str, numbers: str, words: tuple[str, ...]
) -> None:
    rates = parse_rates("VAT 20 (S)\nReverse charge 0 (AE)\nVAT exempt 0 (E): Article 132\nExport 0 (G)")
    lines = tuple(Line("Work", rate="100", tax=tax) for tax in ("VAT", "Reverse charge", "VAT exempt"))
    invoice = an_invoice(rates=rates, lines=lines, customer=a_customer(language=language))
    text = " ".join(document_text(invoice, a_company()).replace("\u202f", " ").replace("\u00a0", " ").split())
    assert all(part in text for part in (numbers, *words))
    assert "146" not in text  # no line is an export
    # What names its taxes in both languages stays as it is.
    both = "GST/TPS 123456789 RT0001, QST/TVQ 1234567890 TQ0001"
    assert both in document_text(invoice, a_company(tax_numbers=both))
