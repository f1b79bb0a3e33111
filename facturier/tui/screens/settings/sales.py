"""Sales: terms and numbers, taxes, document and letter in each language; and the company's language."""

from dataclasses import replace

from facturier.mail.letter.letter import letter_template, subject_template, template_key
from facturier.mail.letter.markdown import check_letter
from facturier.models.errors import InputError
from facturier.models.settings.company import Company
from facturier.models.settings.tax import parse_rates
from facturier.models.text.decimals import parse_currency, plain
from facturier.models.text.i18n import LANGUAGES, N_, _
from facturier.tui.screens.settings.fields import entry, parsed, whole
from facturier.tui.screens.settings.pane import Entry, Section

SALES = N_("Sales")


def numbers() -> Section:
    return Section(
        "numbers",
        SALES,
        N_("Terms and numbers"),
        (
            entry("terms", N_("Terms (days)"), whole(0, 3650)),
            entry("prefix", N_("Prefix"), _prefix),
            entry("next_number", N_("Next number"), whole(1, 999_999_999)),
            entry("currency", N_("Currency"), parse_currency),
        ),
        N_("Defaults for a new invoice. An invoice gets its number when it is issued."),
    )


def taxes() -> Section:
    return Section(
        "taxes",
        SALES,
        N_("Taxes"),
        (
            Entry("rates", N_("Tax rates"), _rates, lambda c, text: replace(c, rates=parse_rates(text)), lines=6),
            Entry(
                "per_line",
                N_("Round tax"),
                lambda company: "line" if company.per_line else "rate",
                lambda company, text: replace(company, per_line=text == "line"),
                answers={"rate": N_("once for each rate"), "line": N_("on every line")},
            ),
        ),
        N_("One rate per line, for example: GST 5. An invoice keeps the rates it was issued with."),
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


def _rates(company: Company) -> str:
    return "\n".join(f"{rate.code} {plain(rate.percent)}" for rate in company.rates)


def _prefix(text: str) -> str:
    if len(text) > 20:
        raise InputError(_("A prefix has at most 20 characters."))
    return text
