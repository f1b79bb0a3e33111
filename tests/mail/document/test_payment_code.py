"""The payment code: EPC069-12 if possible, otherwise a link, and nothing if nothing is due."""

from dataclasses import replace

import pytest

from facturier.mail.document.branding import DEFAULT, company_colour
from facturier.mail.document.document import make_document
from facturier.mail.document.payment_code import (
    check_iban,
    check_typed_link,
    pay_link_of_statement,
    payment_code,
    transfer_lines,
)
from facturier.mail.document.texts.invoice import document_content
from facturier.mail.errors import DocumentError
from facturier.mail.letter.placeholders import letter_values
from facturier.models.books.status import BookStatus
from tests.mail.samples import a_company, an_invoice

IBAN = "DE89 3704 0044 0532 0130 00"
COMPANY = a_company(name="Müller Optik", iban=IBAN, bic="COBADEFFXXX")


def test_a_transfer_follows_the_standard() -> None:
    assert transfer_lines(an_invoice(currency="EUR"), COMPANY, "1043") == (
        "BCD\n002\n1\nSCT\nCOBADEFFXXX\nMüller Optik\nDE89370400440532013000\nEUR1111.96\n\n\n1043 PO 7781"
    )


def test_a_transfer_code_has_at_most_331_bytes() -> None:
    """At most 331 bytes (EPC069-12, version 2.1). The end of the reference is omitted."""
    company = a_company(name="Ł" * 70, iban=IBAN, bic="COBADEFFXXX")
    lines = transfer_lines(an_invoice(currency="EUR", reference="é" * 140), company, "1043")
    assert 329 <= len(lines.encode()) <= 331
    assert lines.split("\n")[5] == "Ł" * 70
    assert lines.split("\n")[10].startswith("1043 éé")


def test_there_is_a_code_only_if_something_is_due_and_can_be_paid() -> None:
    euro, dollar = an_invoice(currency="EUR"), an_invoice()
    assert payment_code(euro, COMPANY, "1043").startswith("<svg")
    assert payment_code(dollar, COMPANY, "1043") == ""
    assert payment_code(dollar, a_company(pay_link="https://pay.example/"), "1043").startswith("<svg")
    paid = an_invoice(currency="EUR", number="1", book_status=BookStatus.ISSUED, paid=euro.total.minor)
    assert payment_code(paid, COMPANY, "1") == ""
    assert payment_code(an_invoice(currency="EUR", number="1", book_status=BookStatus.VOID), COMPANY, "1") == ""


@pytest.mark.parametrize("iban", ["DE89 3704 0044 0532 0130 01", "DE89", "hello", "de8937040044053201300x"])
def test_an_invalid_iban_is_refused(iban: str) -> None:
    with pytest.raises(DocumentError, match="IBAN"):
        check_iban(iban)


def test_ibans_as_people_type_them() -> None:
    assert check_iban("gb82 west 1234 5698 7654 32") == "GB82WEST12345698765432"


@pytest.mark.parametrize("link", ["http://pay.example/", "javascript:alert(1)", "pay.example"])
def test_a_pay_link_must_be_https(link: str) -> None:
    with pytest.raises(DocumentError, match="https"):
        make_document(an_invoice(), a_company(pay_link=link), "1043")


def test_a_pay_link_has_the_number_and_the_balance_of_the_invoice() -> None:
    company = a_company(pay_link="https://pay.example/{number}?a={amount}&c={currency}&x={other}")
    invoice = an_invoice(number="F 1/2", book_status=BookStatus.ISSUED, paid=10000)
    link = "https://pay.example/F%201%2F2?a=1011.96&c=CAD&x={other}"
    assert document_content(invoice, company).pay_link == link
    assert letter_values(invoice, company)["pay_link"] == link
    assert letter_values(an_invoice(), company, "1043")["pay_link"].startswith("https://pay.example/1043?a=1111.96&")
    assert payment_code(invoice, company, "F 1/2") != payment_code(replace(invoice, paid=10001), company, "F 1/2")
    # A statement is about several invoices.
    assert pay_link_of_statement(company, invoice.balance) == ""
    whole = a_company(pay_link="https://pay.example/acme/{amount}{currency}")
    assert pay_link_of_statement(whole, invoice.balance) == "https://pay.example/acme/1011.96CAD"
    with pytest.raises(DocumentError, match=r"placeholder \{other\}"):
        check_typed_link(company.pay_link)
    assert check_typed_link(whole.pay_link) == whole.pay_link


@pytest.mark.parametrize(
    ("typed", "expected"), [("", DEFAULT), ("red", DEFAULT), ("#b23a48", "#b23a48"), ("#000000", "#000000")]
)
def test_a_readable_colour_stays(typed: str, expected: str) -> None:
    assert company_colour(typed) == expected


def test_a_colour_too_light_for_paper_is_darkened() -> None:
    assert company_colour("#ffff00") not in ("#ffff00", DEFAULT)
    assert int(company_colour("#ffffff")[1:3], 16) < 0x80
