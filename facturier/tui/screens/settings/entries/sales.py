"""Sales: taxes, document and letter in each language; and the company's language."""

from dataclasses import replace

from facturier.mail.letter.letter import letter_template, subject_template, template_key
from facturier.mail.letter.markdown import check_letter
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
        _titled(_("Invoice"), language),
        (
            Entry(
                f"message-{language}",
                N_("Message"),
                lambda company: company.messages.get(language, ""),
                lambda company, text: replace(company, messages=company.messages | {language: text}),
                lines=4,
            ),
            Entry(
                f"pay-{language}",
                N_("Payment instructions"),
                lambda company: company.payment_texts.get(language, ""),
                lambda company, text: replace(company, payment_texts=company.payment_texts | {language: text}),
                lines=3,
            ),
        ),
        N_("Printed on invoices in this language. If a field is empty, the text in the company’s language is printed."),
    )


def letter(language: str) -> Section:
    """The subject and the letter for customers of one language. Empty means the built-in one."""
    return Section(
        f"letter-{language}",
        SALES,
        _titled(_("Email"), language),
        (
            Entry(
                f"subject-{language}",
                N_("Subject"),
                lambda company: subject_template(company, language),
                lambda company, text: replace(company, subjects=_with(company.subjects, template_key(language), text)),
                long=True,
            ),
            Entry(
                f"body-{language}",
                N_("Message"),
                lambda company: letter_template(company, language),
                lambda company, text: replace(company, letters=_with(company.letters, template_key(language), text)),
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


def _titled(what: str, language: str) -> str:
    """Put together, so no text of the catalogue: translated here. A language's own name is the same in all of them."""
    return f"{what} ({LANGUAGES[language]})"


def _with(templates: dict[str, str], key: str, text: str) -> dict[str, str]:
    parsed(check_template_whole, text)
    others = {known: template for known, template in templates.items() if known != key}
    return others | {key: text} if text.strip() else others


def check_template_whole(text: str) -> None:
    check_letter(text)
