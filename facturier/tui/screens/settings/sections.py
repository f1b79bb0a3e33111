"""Every section of Account and settings, in the order of the list at the side."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from facturier.mail.document.branding import read_logo
from facturier.mail.document.font_folder import font_files
from facturier.mail.document.payment_code import check_iban, check_typed_link
from facturier.models.errors import InputError
from facturier.models.settings.company import Company
from facturier.models.settings.reminders import DEFAULT_LEVELS, Level
from facturier.models.text.i18n import LANGUAGES, N_, _
from facturier.models.text.paths import is_folder, typed_path
from facturier.tui.screens.settings.entries.fields import (
    address,
    address_or_none,
    addresses,
    empty_or,
    entry,
    needed,
    sender_entry,
    whole,
)
from facturier.tui.screens.settings.entries.notice_emails import receipt_section, statement_section
from facturier.tui.screens.settings.entries.numbers import numbers
from facturier.tui.screens.settings.entries.pane import Section
from facturier.tui.screens.settings.entries.reminders import reminder_sections
from facturier.tui.screens.settings.entries.sales import (
    LETTER_KINDS,
    SALES,
    custom_fields,
    languages,
    letter,
    printed,
    taxes,
)


def sections(today: date, levels: Sequence[Level] = DEFAULT_LEVELS) -> tuple[Section, ...]:
    """Return the sections. The next numbers are those of the year of `today`. `levels` are those of reminders."""
    return (
        contact_info(),
        look(),
        payment(),
        gmail(),
        default_sender(),
        undo(),
        copies(),
        users(),
        numbers(SALES, today),
        taxes(),
        custom_fields(),
        *(printed(language) for language in LANGUAGES),
        *(letter(language, kind) for kind in LETTER_KINDS for language in LANGUAGES),
        *(statement_section(language) for language in LANGUAGES),
        *(receipt_section(language) for language in LANGUAGES),
        *reminder_sections(levels),
        languages(),
        keyboard(),
    )


def users() -> Section:
    return Section(
        "users",
        N_("Users"),
        N_("Users"),
        (),
        N_("Anyone who can write to the company file can keep the books. To send, a person must be approved here."),
    )


def keyboard() -> Section:
    return Section(
        "keyboard",
        N_("Keyboard"),
        N_("Keyboard"),
        (),
        N_("The keys that you use, on this machine and for every company."),
    )


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
        N_("Your company as it appears on invoices. The company email is printed on them, and replies go to it."),
    )


def look() -> Section:
    return Section(
        "look",
        COMPANY,
        N_("Appearance"),
        (
            entry("logo", N_("Logo"), empty_or(_logo), placeholder=N_("the path of a PNG or SVG file"), path=True),
            entry("colour", N_("Colour"), empty_or(_colour), placeholder="#1b4d5c"),
            entry(
                "fonts",
                N_("More fonts"),
                empty_or(_folder),
                placeholder=N_("the path of a folder with fonts"),
                path=True,
            ),
        ),
        N_("How the PDF looks."),
    )


def payment() -> Section:
    return Section(
        "payment",
        COMPANY,
        N_("Payment"),
        (
            entry("pay_link", N_("Pay link"), empty_or(check_typed_link), placeholder="https://"),
            entry("iban", "IBAN", empty_or(check_iban)),
            entry("bic", "BIC", empty_or(_bic)),
        ),
        N_(
            "The pay link, or the IBAN for invoices in euros, is also printed as a QR code. In the link, {number}, "
            "{amount} and {currency} are those of the invoice. The payment instructions are under Sales."
        ),
    )


def _logo(text: str) -> str:
    read_logo(text)
    return str(typed_path(text))


def _colour(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise InputError(_("Enter the colour as # and six digits from 0 to f, such as #1b4d5c."))
    return text.lower()


def _folder(text: str) -> str:
    if not is_folder(typed_path(text)):
        raise InputError(_("Cannot find the folder {path}.").format(path=text))
    font_files(text)
    return str(typed_path(text))


def _bic(text: str) -> str:
    """ISO 9362: four letters for the bank, two for the country, two or five more."""
    bic = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", bic):
        raise InputError(_("A BIC has 8 or 11 letters and digits."))
    return bic


SENDING = N_("Sending")
SECURITY = {"tls": N_("TLS"), "starttls": N_("STARTTLS"), "none": N_("none, only on this machine")}
_SMTP = ("smtp",)
_FOLDER = "~/facturier-mail"  # proposed for the .eml files


def gmail() -> Section:
    return Section(
        "gmail",
        SENDING,
        N_("Gmail"),
        (),
        N_("This company sends its invoices from one Gmail address. Facturier can never read its mailbox."),
    )


def default_sender() -> Section:
    from facturier.mail.senders.registry import DEFAULT_TYPES

    kinds = {"": N_("none"), **{known.form: known.name for known in DEFAULT_TYPES}}
    return Section(
        "sender",
        SENDING,
        N_("Default sender"),
        (
            replace(sender_entry("kind", N_("Send through"), kinds=tuple(kinds), answers=kinds), write=_with_kind),
            sender_entry(
                "address", N_("From"), address_or_none, kinds=tuple(kinds)[1:], placeholder=N_("the company email")
            ),
            sender_entry("folder", N_("Folder"), _folder_problem, kinds=("folder",), path=True, follows=True),
            sender_entry("host", N_("Mail server"), needed, kinds=_SMTP, placeholder="smtp.example.com"),
            sender_entry("port", N_("Port"), whole(1, 65535), kinds=_SMTP),
            sender_entry("security", N_("Encryption"), kinds=_SMTP, answers=SECURITY),
            sender_entry("user", N_("User"), kinds=_SMTP),
        ),
        N_("How invoices are sent without Gmail."),
    )


def _with_kind(company: Company, kind: str) -> Company:
    """Propose a folder along with that kind."""
    folder = company.sender.folder or (str(typed_path(_FOLDER)) if kind == "folder" else "")
    return replace(company, sender=replace(company.sender, kind=kind, folder=folder))


def undo() -> Section:
    return Section(
        "undo",
        SENDING,
        N_("Undo send"),
        (entry("undo", N_("Seconds"), whole(0, 3600)),),
        N_("How long an invoice waits in the outbox before it is sent, so that you can undo. 0 sends right away."),
    )


def copies() -> Section:
    return Section(
        "copies",
        SENDING,
        N_("Copies"),
        (entry("copies", N_("Bcc"), addresses, placeholder="books@example.com"),),
        N_(
            "These addresses get a blind copy of every email: invoices, reminders, receipts and statements. Separate "
            "several addresses with commas."
        ),
    )


def _folder_problem(text: str) -> str:
    if not text:
        raise InputError(_("This cannot be empty."))
    if not is_folder(typed_path(text)):
        raise InputError(_("Cannot find the folder {path}.").format(path=text))
    return str(typed_path(text))
