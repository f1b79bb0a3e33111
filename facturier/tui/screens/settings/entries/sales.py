"""Sales: taxes, document and letter in each language; and the company's language."""

from collections.abc import Mapping
from dataclasses import replace

from facturier.mail.letter.letter import letter_template, subject_template, template_key
from facturier.mail.letter.markdown import check_letter
from facturier.models.books.status import InvoiceKind
from facturier.models.settings.custom_fields import custom_fields_text, parse_custom_fields
from facturier.models.settings.tax_text import parse_rates, rates_text
from facturier.models.text.i18n import LANGUAGES, N_, _
from facturier.tui.screens.settings.entries.fields import entry, parsed
from facturier.tui.screens.settings.entries.pane import Entry, Section

SALES = N_("Sales")


def taxes() -> Section:
    return Section(
        "taxes",
        SALES,
        N_("Taxes"),
        (
            Entry(
                "rates",
                N_("Tax rates"),
                lambda company: rates_text(company.rates),
                lambda company, text: replace(company, rates=parse_rates(text, company.rates)),
                lines=8,
            ),
            Entry(
                "per_line",
                N_("Round tax"),
                lambda company: "line" if company.per_line else "rate",
                lambda company, text: replace(company, per_line=text == "line"),
                answers={"rate": N_("once for each rate"), "line": N_("on every line")},
            ),
            Entry(
                "inclusive",
                N_("Prices"),
                lambda company: "with" if company.inclusive else "without",
                lambda company, text: replace(company, inclusive=text == "with"),
                answers={"without": N_("without tax"), "with": N_("with tax included")},
            ),
        ),
        N_(
            "One rate per line: GST 5, or HST 14 from 2025-04-01. Add “compound” to a tax that is charged on top of "
            "the others. A draft has the rates of its date; an issued invoice keeps its own."
        ),
    )


def custom_fields() -> Section:
    return Section(
        "custom-fields",
        SALES,
        N_("Custom fields"),
        (
            Entry(
                "custom_fields",
                N_("Fields"),
                lambda company: custom_fields_text(company.custom_fields),
                lambda company, text: replace(company, custom_fields=parse_custom_fields(text)),
                lines=6,
            ),
        ),
        N_(
            "Up to six fields for the details of an invoice, one per line. Add “(not printed)” for a field that the "
            "customer does not see."
        ),
    )


def printed(language: str) -> Section:
    """The texts on the document for customers of one language."""
    return Section(
        f"printed-{language}",
        SALES,
        titled(_("Invoice"), language),
        (
            Entry(
                f"message-{language}",
                N_("Message"),
                lambda company: company.messages.get(language, ""),
                lambda company, text: replace(company, messages={**company.messages, language: text}),
                lines=4,
            ),
            Entry(
                f"pay-{language}",
                N_("Payment instructions"),
                lambda company: company.payment_texts.get(language, ""),
                lambda company, text: replace(company, payment_texts={**company.payment_texts, language: text}),
                lines=3,
            ),
        ),
        N_("Printed on invoices in this language. If a field is empty, the text in the company’s language is printed."),
    )


# The titles of the sections of emails.
_EMAILS = {
    InvoiceKind.INVOICE: N_("Email"),
    InvoiceKind.CREDIT_NOTE: N_("Credit note email"),
    InvoiceKind.ESTIMATE: N_("Estimate email"),
}

LETTER_KINDS = tuple(_EMAILS)


def letter_section(language: str, kind: InvoiceKind) -> str:
    """Return the id of the section of an email."""
    return f"letter-{language}" if kind is InvoiceKind.INVOICE else f"letter-{kind}-{language}"


def letter(language: str, kind: InvoiceKind = InvoiceKind.INVOICE) -> Section:
    """The subject and the letter of a kind of document for customers of one language. Empty means the built-in one."""
    section, key = letter_section(language, kind), template_key(language, kind)
    return Section(
        section,
        SALES,
        titled(_(_EMAILS[kind]), language),
        (
            Entry(
                section.replace("letter", "subject", 1),
                N_("Subject"),
                lambda company: subject_template(company, language, kind),
                lambda company, text: replace(company, subjects=_with(company.subjects, key, text)),
                long=True,
            ),
            Entry(
                section.replace("letter", "body", 1),
                N_("Message"),
                lambda company: letter_template(company, language, kind),
                lambda company, text: replace(company, letters=_with(company.letters, key, text)),
                lines=8,
            ),
        ),
    )


def languages() -> Section:
    return Section(
        "language",
        N_("Language and screens"),
        N_("Language and screens"),
        (entry("language", N_("Company"), answers=LANGUAGES),),
        N_("“Company” applies to the invoices and emails of customers without a language of their own."),
    )


def titled(what: str, language: str) -> str:
    """Put together, so no text of the catalogue: translated here. A language's own name is the same in all of them."""
    return f"{what} ({LANGUAGES[language]})"


def _with(templates: Mapping[str, str], key: str, text: str) -> dict[str, str]:
    parsed(check_template_whole, text)
    others = {known: template for known, template in templates.items() if known != key}
    return others | {key: text} if text.strip() else others


def check_template_whole(text: str) -> None:
    check_letter(text)
