"""The emails that bring a receipt or a statement of account, in each language."""

from collections.abc import Mapping
from dataclasses import replace

from facturier.mail.letter.markdown import check_letter
from facturier.mail.notices.receipt_texts import RECEIPT
from facturier.mail.notices.statement_texts import STATEMENT
from facturier.mail.notices.templates import Templates
from facturier.models.text.i18n import LANGUAGES, N_, _
from facturier.tui.screens.settings.entries.fields import parsed
from facturier.tui.screens.settings.entries.pane import Entry, Section
from facturier.tui.screens.settings.entries.sales import SALES


def receipt_section(language: str) -> Section:
    """The subject and the text of a receipt for customers of one language."""
    about = _("The email with the receipt of a payment. Placeholders: {names}")
    return _section("receipt", _("Receipt"), about, language, RECEIPT)


def statement_section(language: str) -> Section:
    """The subject and the text of a statement for customers of one language."""
    about = _("The email with a statement of account. Placeholders: {names}")
    return _section("statement", _("Statement"), about, language, STATEMENT)


def _section(name: str, title: str, about: str, language: str, built_in: Templates) -> Section:
    """Return the section. An empty template means the built-in one."""
    key, known = built_in.key(language), built_in.placeholders

    def with_template(templates: Mapping[str, str], text: str) -> dict[str, str]:
        parsed(lambda typed: check_letter(typed, known), text)
        others = {one: template for one, template in templates.items() if one != key}
        return others | {key: text} if text.strip() else others

    return Section(
        f"{name}-{language}",
        SALES,
        f"{title} ({LANGUAGES[language]})",
        (
            Entry(
                f"{name}-subject-{language}",
                N_("Subject"),
                lambda company: built_in.subject_for(company, language),
                lambda company, text: replace(company, subjects=with_template(company.subjects, text)),
                long=True,
            ),
            Entry(
                f"{name}-body-{language}",
                N_("Message"),
                lambda company: built_in.letter_for(company, language),
                lambda company, text: replace(company, letters=with_template(company.letters, text)),
                lines=8,
            ),
        ),
        about.format(names=", ".join(f"{{{one}}}" for one in known)),
    )
