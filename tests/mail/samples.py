"""A sample invoice and company for documents and messages."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from pypdf import PdfReader

from facturier.models.books.invoice import Customer, Invoice
from facturier.models.settings.company import Company
from facturier.models.settings.line import Line
from facturier.models.settings.tax import TaxRate

RATES = (TaxRate("GST", Decimal(5)), TaxRate("QST", Decimal("9.975")))


def a_company(**changes: Any) -> Company:
    return replace(
        Company(
            name="Acme Conseil inc.",
            email="hello@acme.example",
            address="123, rue Saint-Denis\nMontréal (Québec) H2X 3K8",
            telephone="+1 514 555 0199",
            tax_numbers="GST 12345 6789 RT0001\nQST 1234567890 TQ0001",
            rates=RATES,
        ),
        **changes,
    )


def a_customer(**changes: Any) -> Customer:
    return replace(
        Customer(
            name="Boulangerie Tremblay",
            contact="Marie Tremblay",
            email="compta@tremblay.example",
            address="45, avenue du Parc\nMontréal (Québec) H2W 1S4",
            language="en",
        ),
        **changes,
    )


def an_invoice(**changes: Any) -> Invoice:
    return replace(
        Invoice(
            customer=a_customer(),
            date=date(2026, 11, 24),
            terms=30,
            due=date(2026, 12, 24),
            currency="CAD",
            reference="PO 7781",
            rates=RATES,
            message="Thank you for your business.",
            lines=(
                Line("October, on site", "Consulting", "8", "125.00", "GST+QST"),
                Line("Training guide", "", "3", "24.50", "GST"),
                Line("Loyalty discount", "", "1", "-100.00", "GST+QST"),
            ),
        ),
        **changes,
    )


def many_lines(count: int) -> tuple[Line, ...]:
    return tuple(Line(f"Service {number:03}", "", "1", "10.00", "GST") for number in range(1, count + 1))


def pdf_pages(document: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(document)).pages]


def squeezed(text: str) -> str:
    """Remove all white space, because a document may break lines anywhere."""
    return "".join(text.split())
