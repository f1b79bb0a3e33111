"""Postal addresses and tax numbers of customers."""

from collections.abc import Callable

import pytest

from facturier.models.errors import InputError
from facturier.models.text.postal import country_name, parse_country, postal_address
from facturier.models.text.tax_numbers import check_business_number, check_qst_number, check_vat_id


# Canada Post, Addressing Guidelines; USPS Publication 28; La Poste; DIN 5008; Royal Mail.
@pytest.mark.parametrize(
    ("parts", "printed"),
    [
        (("10 Rue Bleue\nBureau 3", "Montréal", "QC", "H2X 1Y4", "CA"), "10 Rue Bleue\nBureau 3\nMontréal QC  H2X 1Y4"),
        (("1 Main Street", "Albany", "NY", "12207", "US"), "1 Main Street\nAlbany, NY 12207\nUnited States"),
        (("5 rue Monge", "Paris", "", "75005", "FR"), "5 rue Monge\n75005 Paris\nFrance"),
        (("Unter den Linden 1", "Berlin", "", "10117", "DE"), "Unter den Linden 1\n10117 Berlin\nGermany"),
        (("1 High St", "Leeds", "", "LS1 4AP", "GB"), "1 High St\nLeeds\nLS1 4AP\nUnited Kingdom"),
        (("", "Québec", "", "", "CA"), "Québec"),
        (("1 Rue X", "Ville", "", "", ""), "1 Rue X\nVille"),
        (("1 Elgin St", "Ottawa", "ON", "K1P 5N7", ""), "1 Elgin St\nOttawa ON  K1P 5N7"),
        (("1 Rue X", "Lévis", "Québec", "g6v1a1", ""), "1 Rue X\nLévis Québec  g6v1a1"),
        (("1 Rue X", "Paris", "", "75005", ""), "1 Rue X\n75005 Paris"),
    ],
)
def test_an_address_is_printed_in_the_order_of_its_country(parts: tuple[str, ...], printed: str) -> None:
    street, city, region, postcode, country = parts
    said = {"street": street, "city": city, "region": region, "postcode": postcode, "country": country}
    assert postal_address(**said, language="en", currency="CAD") == printed


def test_the_country_is_in_the_language_of_the_customer_and_left_out_at_home() -> None:
    parts = {"street": "1 High St", "city": "Leeds", "region": "", "postcode": "LS1 4AP", "country": "GB"}
    assert postal_address(**parts, language="fr", currency="CAD").endswith("\nRoyaume-Uni")
    assert postal_address(**parts, language="en", currency="GBP").endswith("\nLS1 4AP")
    assert country_name("XQ", "en") == "XQ"


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", ""), ("ca", "CA"), (" Canada ", "CA"), ("Allemagne", "DE"), ("ÉTATS-UNIS", "US"), ("uk", "GB")],
)
def test_a_country_is_typed_as_a_code_or_a_name(typed: str, code: str) -> None:
    assert parse_country(typed) == code
    with pytest.raises(InputError, match="Atlantis"):
        parse_country("Atlantis")


# The business number, and the VAT ids of France, Germany, Greece and the United Kingdom, are those of the doctests of
# python-stdnum.
@pytest.mark.parametrize(
    ("check", "typed", "kept"),
    [
        (check_business_number, "123026635", "123026635"),
        (check_business_number, "123026635 rt0001", "123026635RT0001"),
        (check_business_number, "123026636", "check its digits"),
        (check_business_number, "12", "9 digits"),
        (check_qst_number, "1234567890 tq 0001", "1234567890TQ0001"),
        (check_qst_number, "1234567890", "10 digits, TQ"),
        (check_vat_id, "", ""),
        (check_vat_id, "FR 40 303 265 045", "FR40303265045"),
        (check_vat_id, "DE 136,695 976", "DE136695976"),
        (check_vat_id, "DE12", "begins with DE"),
        (check_vat_id, "DE136695977", "check its digits"),
        (check_vat_id, "GB 980 7806 84", "GB980780684"),
        (check_vat_id, "XI980780684", "XI980780684"),
        (check_vat_id, "EL094259216", "EL094259216"),
        (check_vat_id, "CHE-100.155.212 MWST", "CHE100155212MWST"),
        (check_vat_id, "ZZ 99", "ZZ99"),
    ],
)
def test_tax_numbers_are_checked_where_their_form_is_known(check: Callable[[str], str], typed: str, kept: str) -> None:
    if " " in kept:
        with pytest.raises(InputError, match=kept):
            check(typed)
    else:
        assert check(typed) == kept
