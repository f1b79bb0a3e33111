"""Company: contact info, look of the document, ways to pay."""

import re

from facturier.mail.font_folder import font_files
from facturier.mail.logo import read_logo
from facturier.mail.payment_code import check_iban, check_pay_link
from facturier.models.errors import InputError
from facturier.models.language import N_, _
from facturier.models.paths import is_folder, typed_path
from facturier.tui.settings.entry import Section
from facturier.tui.settings.plain import address, empty_or, entry, needed

COMPANY = N_("Company")


def contact_info() -> Section:
    return Section(
        "contact",
        COMPANY,
        N_("Contact info"),
        (
            entry("name", N_("Name"), needed),
            entry("email", N_("Company email"), address),
            entry("address", N_("Address"), lines=3),
            entry("telephone", N_("Telephone")),
            entry("tax_numbers", N_("Tax numbers"), lines=2),
        ),
        N_("Who the invoices come from. The company email is printed on them, and answers go to it."),
    )


def look() -> Section:
    return Section(
        "look",
        COMPANY,
        N_("Look"),
        (
            entry("logo", N_("Logo"), empty_or(_logo), placeholder=N_("the path of a PNG or SVG file"), long=True),
            entry("colour", N_("Colour"), empty_or(_colour), placeholder="#1b4d5c"),
            entry(
                "fonts",
                N_("More fonts"),
                empty_or(_folder),
                placeholder=N_("the path of a folder with fonts"),
                long=True,
            ),
        ),
        N_("How the document looks."),
    )


def payment() -> Section:
    return Section(
        "payment",
        COMPANY,
        N_("Payment"),
        (
            entry("pay_link", N_("Pay link"), empty_or(check_pay_link), placeholder="https://"),
            entry("iban", "IBAN", empty_or(check_iban)),
            entry("bic", "BIC", empty_or(_bic)),
        ),
        N_("Also printed as a QR code: the pay link, or the IBAN for euro. How to pay in words stands under Sales."),
    )


def _logo(text: str) -> str:
    read_logo(text)
    return str(typed_path(text))


def _colour(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise InputError(_("Write the colour as # and six digits from 0 to f, such as #1b4d5c."))
    return text.lower()


def _folder(text: str) -> str:
    if not is_folder(typed_path(text)):
        raise InputError(_("There is no folder {path}.").format(path=text))
    font_files(text)
    return str(typed_path(text))


def _bic(text: str) -> str:
    """ISO 9362: four letters for the bank, two for the country, two or five more."""
    bic = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", bic):
        raise InputError(_("A BIC has 8 or 11 letters and digits."))
    return bic
