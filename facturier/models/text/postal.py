"""Postal addresses: the order in which a country writes their parts, and the names of countries."""

import re
from functools import cache

from facturier.models.errors import InputError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, spoken
from facturier.models.text.search_text import fold

# What follows the street, a line each. Canada: Canada Post, Addressing Guidelines (two spaces before the postal code).
# United States: USPS Publication 28. France: NF Z10-011. Germany: DIN 5008. United Kingdom: Royal Mail, with the
# postcode on a line of its own.
_LINES = {
    "CA": ("{city} {region}  {postcode}",),
    "US": ("{city}, {region} {postcode}",),
    "GB": ("{city}", "{region}", "{postcode}"),
}
_USUAL = ("{postcode} {city}", "{region}")
# A country that is left out of an address at home, by the currency of the company.
_HOME = {"CAD": "CA", "USD": "US", "GBP": "GB"}
# Canada Post, Addressing Guidelines: the form of a postal code, and the symbols of the provinces and territories.
_CANADIAN_CODE = re.compile(r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] ?\d[ABCEGHJ-NPRSTV-Z]\d", re.I)
_PROVINCES = {
    *("ab", "bc", "mb", "nb", "nl", "ns", "nt", "nu", "on", "pe", "qc", "sk", "yt"),
    *("alberta", "british columbia", "manitoba", "new brunswick", "newfoundland and labrador", "nova scotia"),
    *("northwest territories", "nunavut", "ontario", "prince edward island", "quebec", "saskatchewan", "yukon"),
    *("colombie-britannique", "nouveau-brunswick", "terre-neuve-et-labrador", "nouvelle-ecosse"),
    *("territoires du nord-ouest", "ile-du-prince-edouard"),
}


def postal_address(
    *, street: str, city: str, region: str, postcode: str, country: str, language: str, currency: str
) -> str:
    """Return an address as it is printed. `country` is an ISO 3166-1 code.

    Its name is written in `language`, and left out for the country where the `currency` of the company is used.
    Without a country, a Canadian province with a postal code gives Canada's order.
    """
    lines = [line for line in street.split("\n") if line.strip()]
    for pattern in _LINES.get(country or _guessed(region, postcode), _USUAL):
        lines.append(pattern.format(city=city, region=region, postcode=postcode).strip(" ,"))
    if country and country != _HOME.get(currency):
        lines.append(country_name(country, language))
    return "\n".join(filter(None, lines))


def _guessed(region: str, postcode: str) -> str:
    return "CA" if _CANADIAN_CODE.fullmatch(postcode) and fold(region) in _PROVINCES else ""


def country_name(code: str, language: str) -> str:
    """Return the name of a country in one of LANGUAGES, or its code if it has none."""
    return _countries(language).get(code, code)


def home_country(address: str, currency: str) -> str:
    """Return the ISO 3166-1 code of the country that a printed address ends with, or else that of the currency.

    Empty if neither is known.
    """
    lines = address.strip().splitlines()
    try:
        found = parse_country(lines[-1]) if len(lines) > 1 else ""
    except InputError:
        found = ""
    return found or _HOME.get(currency, "")


def parse_country(text: str) -> str:
    """Return the ISO 3166-1 code of a country that is typed as its code or as its name in any of our languages.

    Raises InputError.
    """
    typed = clean(text)
    if not typed:
        return ""
    if typed.upper() in _countries(spoken()):
        return typed.upper()
    if code := _codes().get(fold(typed)):
        return code
    raise InputError(
        _("Unknown country “{country}”. Enter its name or its two-letter code, such as CA.").format(country=typed[:80])
    )


@cache
def _countries(language: str) -> dict[str, str]:
    from babel import Locale

    names = Locale.parse(language if language == "fr" else "en").territories
    return {code: name for code, name in names.items() if len(code) == 2 and code.isalpha() and code != "ZZ"}


@cache
def _codes() -> dict[str, str]:
    known = {fold(name): code for language in ("en", "fr") for code, name in _countries(language).items()}
    return known | {
        "uk": "GB",
        "usa": "US",
        "united states of america": "US",
        "etats-unis d'amerique": "US",
        "great britain": "GB",
    }
