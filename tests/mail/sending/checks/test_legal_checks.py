"""Warnings about what the law wants on an invoice."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from facturier.mail.sending.checks.legal_checks import in_quebec, legal_findings
from facturier.models.settings.company import Company
from facturier.models.settings.line import Line
from facturier.models.settings.tax import TaxRate
from facturier.models.text.i18n import speak
from tests.mail.samples import a_company, a_customer, an_invoice

RATES = tuple(TaxRate(code, Decimal(percent)) for code, percent in (("GST", "5"), ("QST", "9.975"), ("HST NS", "14")))
GST = "GST 123456789 RT0001"
BOTH = f"{GST}\nQST 1234567890 TQ0001"


def texts(
    tax: str,
    rate: str,
    company: Company,
    *,
    line: Line | None = None,
    first: bool = False,
    new_customer: bool = False,
    **changes: Any,
) -> list[str]:
    lines = (replace(line or Line("Work"), rate=rate, tax=tax),)
    invoice = replace(an_invoice(), **({"lines": lines, "rates": RATES} | changes))
    findings = legal_findings(invoice, company, first=first, new_customer=new_customer)
    assert all(finding.level == "warning" for finding in findings)
    return [finding.text for finding in findings]


@pytest.mark.parametrize(
    ("tax", "rate", "numbers", "missing"),
    [
        ("GST+QST", "100", "", "GST, QST"),
        ("GST+QST", "100", GST, "QST"),
        ("GST+QST", "100", BOTH, ""),
        ("GST+QST", "100", "TPS 123 456 789\nTVQ 1234567890", ""),
        ("GST+QST", "100", "123456789RT0001, 1234567890TQ0001", ""),
        ("GST+QST", "100", "NEQ 1140000000", "GST, QST"),
        ("HST NS", "100", "", "HST NS"),
        ("HST NS", "100", GST, ""),
        # Input Tax Credit Information (GST/HST) Regulations, s. 3: nothing below 100.00 with the tax.
        ("GST", "95.23", "", ""),
        ("GST", "95.24", "", "GST"),
        ("GST", "-95.24", "", "GST"),
        ("", "900", "", ""),
    ],
)
def test_the_numbers_that_this_customer_needs_are_named(tax: str, rate: str, numbers: str, missing: str) -> None:
    found = texts(tax, rate, a_company(tax_numbers=numbers))
    assert [f"does not show your number for {missing}." in text for text in found] == ([True] if missing else [])


def test_from_500_dollars_the_buyer_and_a_description_are_needed() -> None:
    company, nobody = a_company(), a_customer(name=" ")
    assert texts("GST", "476.18", company, line=Line(), customer=nobody) == []
    found = texts("GST", "476.19", company, line=Line(), customer=nobody)
    assert ["their name" in found[0], "a description" in found[1]] == [True, True]
    assert texts("GST", "476.19", company) == []
    assert texts("GST", "476.19", company, line=Line(), customer=nobody, currency="USD") == []


def test_an_invoice_in_a_foreign_currency_is_compared_in_canadian_dollars() -> None:
    company = a_company(tax_numbers="")
    assert texts("GST", "100", company, currency="EUR", exchange_rate="0.95") == []  # 105.00 EUR are 99.75 CAD
    assert "your number for GST" in texts("GST", "100", company, currency="EUR", exchange_rate="0.96")[0]
    assert "your number for GST" in texts("GST", "9000", company, currency="JPY", exchange_rate="0.0107")[0]
    assert texts("GST", "100", a_company(tax_numbers="", currency="USD"), currency="EUR", exchange_rate="1.2") == []


@pytest.mark.parametrize(
    ("category", "is_named"), [*dict.fromkeys(("S", "AE", "K"), True).items(), ("E", False), ("O", False)]
)
def test_the_companys_vat_id_is_asked_for(category: str, is_named: bool) -> None:
    """Directive 2006/112/EC, article 226, point 3. Who is exempt or outside of VAT may have no VAT id."""
    rates = (TaxRate("VAT", Decimal(20 if category == "S" else 0), category=category),)
    customer = a_customer(vat_id="DE136695976")

    def named(numbers: str) -> bool:
        found = texts("VAT", "10", a_company(tax_numbers=numbers), rates=rates, currency="EUR", customer=customer)
        return any("your VAT ID" in text for text in found)

    assert named("") is is_named
    assert named("SIRET") is is_named
    assert named("TVA FR 40 303 265 045") is False
    assert named("St.-Nr. 12/345/67890") is False  # Germany accepts its own number


def test_a_rate_that_quebec_forbids_is_named() -> None:
    combined = (TaxRate("QST", Decimal("14.975")),)
    assert "shows 14.975%" in texts("QST", "10", a_company(), rates=combined)[0]
    assert texts("GST+QST", "10", a_company()) == []


@pytest.mark.parametrize(
    ("tax", "rate", "changes", "warned"),
    [
        ("", "10", {}, True),
        ("GST", "10", {}, False),
        ("Exempt", "10", {}, False),
        ("", "-10", {}, False),
        ("", "10", {"currency": "USD"}, False),
        ("", "10", {"customer": a_customer(address="1 Main St\nBoston, MA 02101\nUnited States")}, False),
        ("", "10", {"customer": a_customer(address="1 Main St\nToronto ON  M5V 1A1\nCanada")}, True),
        ("", "10", {"customer": a_customer(address="")}, True),
    ],
)
def test_an_invoice_without_any_tax_for_a_customer_at_home_is_named(
    tax: str, rate: str, changes: dict[str, Any], warned: bool
) -> None:
    rates = (*RATES, TaxRate("Exempt", Decimal(0)))
    found = texts(tax, rate, a_company(), **({"rates": rates} | changes))
    assert [text for text in found if "charges no tax" in text] == found
    assert bool(found) == warned


def test_a_company_that_collects_no_tax_is_not_warned_and_one_in_europe_is_by_its_address() -> None:
    assert texts("", "10", a_company(tax_numbers="")) == []
    assert texts("", "10", a_company(rates=())) == []
    french = a_company(address="1 rue A\n75001 Paris\nFrance", currency="EUR")
    here, there = (a_customer(address=f"2 rue B\n{place}") for place in ("69001 Lyon\nFrance", "10115 Berlin\nGermany"))
    assert "charges no tax" in texts("", "10", french, currency="EUR", customer=here)[0]
    assert texts("", "10", french, currency="EUR", customer=there) == []


def test_vat_in_a_foreign_currency_needs_an_exchange_rate() -> None:
    rates = (TaxRate("VAT", Decimal(20), category="S"), TaxRate("Exempt", Decimal(0), category="E"))

    def missing(tax: str, currency: str = "USD", **changes: Any) -> bool:
        found = texts(tax, "10", a_company(currency="EUR"), rates=rates, currency=currency, **changes)
        return any("exchange rate" in text for text in found)

    assert missing("VAT") is True
    assert missing("VAT", exchange_rate="0.92") is False
    assert missing("VAT", "EUR") is False
    assert missing("Exempt") is False


@pytest.mark.parametrize("category", ["AE", "K"])
def test_a_reverse_charge_and_a_sale_to_another_member_state_need_the_customers_vat_id(category: str) -> None:
    rates = (TaxRate("None", Decimal(0), category=category), TaxRate("VAT", Decimal(20), category="S"))
    berlin = "2 Straße B\n10115 Berlin\nGermany"

    def missing(tax: str, address: str = berlin, vat_id: str = "", **changes: Any) -> bool:
        customer = a_customer(address=address, vat_id=vat_id)
        found = texts(tax, "10", a_company(), rates=rates, currency="EUR", customer=customer, **changes)
        return any("VAT ID" in text for text in found)

    assert missing("None") is True
    assert missing("VAT") is False
    assert missing("None", vat_id="DE136695976") is False
    assert missing("None", f"{berlin}\nDE 136 695 976") is False
    assert missing("None", custom={"VAT no.": "DE136695976"}) is False
    assert missing("None", f"{berlin}\nTel. 030 1234567") is True


def test_only_the_first_invoice_asks_for_the_companys_address() -> None:
    company = a_company(address="", tax_numbers="")
    assert "European Union requires" in texts("", "10", company, currency="EUR", first=True)[0]
    assert texts("", "10", company, currency="EUR") == []
    assert texts("", "10", company, currency="CAD", first=True) == []
    assert texts("", "10", a_company(), currency="EUR", first=True) == []


@pytest.mark.parametrize(
    ("address", "is_there"),
    [
        ("1, rue X\nMontréal (Québec) H2W 1S4", True),
        ("1 X Street\nLaval QC", True),
        ("1 X Street\nGatineau j8x1a1", True),
        ("1 Quebec Street\nVancouver BC V5T 3A1", False),
        ("1 King Street West\nToronto ON", False),
        ("", False),
    ],
)
def test_an_english_invoice_to_quebec_gets_a_hint(address: str, is_there: bool) -> None:
    assert in_quebec(address) is is_there
    english, french = a_customer(address=address, language="en"), a_customer(address=address, language="fr")
    found = texts("GST", "10", a_company(), customer=english, new_customer=True)
    assert ["must be in French" in text for text in found] == ([True] if is_there else [])
    assert texts("GST", "10", a_company(), customer=english) == []
    assert texts("GST", "10", a_company(), customer=french, new_customer=True) == []


def test_taxes_have_their_names_in_the_readers_language() -> None:
    try:
        speak("fr")
        assert "TPS, TVQ" in texts("GST+QST", "100", a_company(tax_numbers=""))[0]
    finally:
        speak("en")
