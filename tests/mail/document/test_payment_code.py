"""The payment code: EPC069-12 if possible, otherwise a link, and nothing if nothing is due."""

import pytest

from facturier.mail.document.branding import DEFAULT, company_colour
from facturier.mail.document.document import make_document
from facturier.mail.document.payment_code import check_iban, payment_code, transfer_lines
from facturier.mail.errors import DocumentError
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


@pytest.mark.parametrize(
    ("typed", "expected"), [("", DEFAULT), ("red", DEFAULT), ("#b23a48", "#b23a48"), ("#000000", "#000000")]
)
def test_a_readable_colour_stays(typed: str, expected: str) -> None:
    assert company_colour(typed) == expected


def test_a_colour_too_light_for_paper_is_darkened() -> None:
    assert company_colour("#ffff00") not in ("#ffff00", DEFAULT)
    assert int(company_colour("#ffffff")[1:3], 16) < 0x80
