"""Sample invoices for pictures and benchmarks of documents."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.status import BookStatus
from facturier.models.settings.company import Company
from facturier.models.settings.line import Line
from facturier.models.settings.tax import TaxRate

_CANADA = (TaxRate("GST", Decimal(5)), TaxRate("QST", Decimal("9.975")))
_LOGO = """<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60" viewBox="0 0 60 60">
<rect width="60" height="60" rx="13" fill="#1b4d5c"/><path d="M13 44 30 14l17 30h-9l-8-15-8 15z" fill="#fff"/></svg>
"""
_LINES = (
    Line("October, on site", "Consulting", "8", "125.00", "GST+QST"),
    Line("Migration plan, with two workshops and a written summary", "Analysis", "12.5", "110.00", "GST+QST"),
    Line("Montréal–Québec, return", "Travel", "1", "84.30", "GST+QST"),
    Line("", "Training guide (book)", "3", "24.50", "GST"),
    Line("Second year together", "Loyalty discount", "1", "-120.00", "GST+QST"),
)
_CONSEIL = (
    Line("Octobre, sur place", "Conseil", "8", "125.00", "GST+QST"),
    Line("Plan de migration, avec deux ateliers et une synthèse écrite", "Analyse", "12.5", "110.00", "GST+QST"),
    Line("Montréal–Québec, aller-retour", "Déplacement", "1", "84.30", "GST+QST"),
    Line("", "Guide de formation (livre)", "3", "24.50", "GST"),
)


def sample_invoices(folder: Path) -> dict[str, tuple[Invoice, Company]]:
    """Return issued invoices with their company, by the name of their picture. Their logo is written to `folder`."""
    logo = folder / "logo.svg"
    logo.write_text(_LOGO)
    company = Company(
        name="Acme Conseil inc.",
        email="hello@acme.example",
        address="123, rue Saint-Denis\nMontréal (Québec) H2X 3K8",
        telephone="+1 514 555 0199",
        tax_numbers="GST 12345 6789 RT0001\nQST 1234567890 TQ0001",
        logo=str(logo),
        pay_link="https://pay.acme.example/invoices",
        payment_texts={
            "en": "Interac e-transfer to hello@acme.example,\nor a cheque to Acme Conseil inc.",
            "fr": "Virement Interac à hello@acme.example,\nou chèque à l’ordre d’Acme Conseil inc.",
        },
    )
    tremblay = Customer(
        name="Boulangerie Tremblay",
        contact="Marie Tremblay",
        email="compta@tremblay.example",
        address="45, avenue du Parc\nMontréal (Québec) H2W 1S4",
        language="en",
    )
    one = Invoice(
        number="1042",
        book_status=BookStatus.ISSUED,
        customer=tremblay,
        date=date(2026, 11, 24),
        terms=30,
        due=date(2026, 12, 24),
        currency="CAD",
        reference="PO 7781",
        lines=_LINES,
        rates=_CANADA,
        message="Thank you for your business. It was a pleasure to work with the whole team in October.",
    )
    many = tuple(replace(_LINES[at % 5], description=f"Week {at // 5 + 1}") for at in range(200))
    french = replace(
        one,
        number="1043",
        customer=replace(tremblay, language="fr"),
        lines=_CONSEIL,
        reference="BC 7781",
        message="Merci de votre confiance. Ce fut un plaisir de travailler avec toute l’équipe en octobre.",
    )
    french_company = replace(
        company,
        colour="#a8324a",
        logo="",
        tax_numbers="TPS 12345 6789 RT0001\nTVQ 1234567890 TQ0001",
    )
    abroad = replace(
        one,
        number="1044",
        customer=Customer(
            name="Müller Optik GmbH",
            contact="Jürgen Müller",
            address="Lindenstraße 12\n10969 Berlin\nGermany\nVAT DE 123 456 789",
            language="en",
        ),
        currency="EUR",
        lines=tuple(replace(line, tax="VAT") for line in _LINES),
        rates=(TaxRate("VAT", Decimal(0)),),
        message="Reverse charge: VAT is to be accounted for by the recipient (Article 196 of Directive 2006/112/EC).",
    )
    european = replace(
        company,
        name="Atelier Lumière SARL",
        email="bonjour@lumiere.example",
        address="8, quai de la Fosse\n44000 Nantes\nFrance",
        telephone="+33 2 40 00 00 00",
        tax_numbers="VAT FR 12 345678901",
        logo="",
        colour="#5a3d8a",
        iban="FR76 3000 6000 0112 3456 7890 189",
        bic="AGRIFRPP",
        pay_link="",
        payment_texts={"en": "Bank transfer\nIBAN FR76 3000 6000 0112 3456 7890 189\nBIC AGRIFRPP"},
    )
    return {
        "document": (one, company),
        "document-200-lines": (replace(one, lines=many), company),
        "document-french": (french, french_company),
        "document-reverse-charge": (abroad, european),
        "document-paid": (replace(one, paid=one.total.minor), company),
    }
