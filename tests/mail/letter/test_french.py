"""Documents and emails for French-speaking customers."""

from dataclasses import replace
from datetime import date

from facturier.mail.document.document import make_document
from facturier.mail.document.formatting import long_day
from facturier.mail.document.plain_text import document_text
from facturier.mail.letter.filling import fill, fill_markdown
from facturier.mail.letter.letter import default_letter, default_subject, make_letter
from facturier.mail.letter.placeholders import letter_values
from facturier.mail.message import attachment_name
from tests.mail.samples import a_company, a_customer, an_invoice, many_lines, pdf_pages, squeezed

INVOICE = an_invoice(customer=a_customer(language="fr"))
COMPANY = a_company()


def test_the_document_is_in_french() -> None:
    said = squeezed("".join(pdf_pages(make_document(INVOICE, COMPANY, "1043"))))
    for words in (
        "Facture",
        "Échéance",
        "24 décembre 2026",
        "30 jours",
        "1 000,00",
        "TPS 5 %",
        "TVQ 9,975 % sur 900,00",
        "1 111,96 CAD",
    ):
        assert squeezed(words) in said, words


def test_the_carried_sums_are_in_french() -> None:
    pages = pdf_pages(make_document(an_invoice(customer=INVOICE.customer, lines=many_lines(80)), COMPANY, "1043"))
    assert "À reporter" in pages[0]
    assert "Report" in pages[1]
    assert f"Page 1 sur {len(pages)}" in pages[0]


def test_all_of_the_plain_text_is_in_french() -> None:
    text = squeezed_spaces(document_text(replace(INVOICE, paid=10000), COMPANY, "1043"))
    for words in (
        "Facture 1043",
        "Facturé à",
        f"{'Date':<15}  24 novembre 2026",
        f"{'Échéance':<15}  24 décembre 2026",
        f"{'Modalités':<15}  30 jours",
        "Bon de commande  PO 7781",
        "Qté",
        "TPS+TVQ",
        "Sous-total",
        "TVQ 9,975 % sur 900,00",
        "Paiements reçus",
        "Montant dû              1 011,96 CAD",
        "échéance le 24 décembre 2026",
    ):
        assert words in text, words


def test_the_first_of_a_month_is_written_in_french() -> None:
    assert long_day(date(2027, 1, 1), "fr") == "1er janvier 2027"
    assert long_day(date(2027, 1, 11), "fr") == "11 janvier 2027"
    assert long_day(date(2027, 1, 1), "en") == "1 January 2027"


def test_the_text_the_email_and_the_names_are_in_french() -> None:
    values = letter_values(INVOICE, COMPANY, "1043")
    letter = make_letter(fill_markdown(default_letter("fr"), values), COMPANY.name, "fr")
    assert "Facture 1043" in document_text(INVOICE, COMPANY, "1043")
    assert letter.plain.startswith("Bonjour Marie Tremblay,\n")
    assert "1 111,96 CAD" in squeezed_spaces(letter.plain)
    assert "24 décembre 2026" in letter.plain
    assert '<html lang="fr">' in letter.html
    assert fill(default_subject("fr"), values).startswith("Facture 1043")
    assert attachment_name(INVOICE, COMPANY, "1043") == "Facture-1043-Acme-Conseil-inc.pdf"


def test_euros_are_written_in_french() -> None:
    values = letter_values(an_invoice(currency="EUR", customer=INVOICE.customer), COMPANY)
    assert squeezed_spaces(values["total"]) == "1 111,96 €"
    assert letter_values(an_invoice(currency="EUR"), COMPANY)["total"] == "€1,111.96"


def squeezed_spaces(text: str) -> str:
    """Replace both widths of French no-break spaces by plain spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")
