"""The email that brings a statement of account, in each language."""

from dataclasses import replace

from facturier.mail.letter.markdown import check_letter
from facturier.mail.notices.statement_texts import (
    STATEMENT_PLACEHOLDERS,
    statement_key,
    statement_letter,
    statement_subject,
)
from facturier.models.text.i18n import LANGUAGES, N_, _
from facturier.tui.screens.settings.entries.fields import parsed
from facturier.tui.screens.settings.entries.pane import Entry, Section
from facturier.tui.screens.settings.entries.sales import SALES


def statement_email(language: str) -> Section:
    """The subject and the text for customers of one language. Empty means the built-in one."""
    key = statement_key(language)
    title = _("Statement")
    known = ", ".join(f"{{{name}}}" for name in STATEMENT_PLACEHOLDERS)
    return Section(
        f"statement-{language}",
        SALES,
        f"{title} ({LANGUAGES[language]})",
        (
            Entry(
                f"statement-subject-{language}",
                N_("Subject"),
                lambda company: statement_subject(company, language),
                lambda company, text: replace(company, subjects=_with(company.subjects, key, text)),
                long=True,
            ),
            Entry(
                f"statement-body-{language}",
                N_("Message"),
                lambda company: statement_letter(company, language),
                lambda company, text: replace(company, letters=_with(company.letters, key, text)),
                lines=8,
            ),
        ),
        _("The email with a statement of account. Placeholders: {names}").format(names=known),
    )


def _with(templates: dict[str, str], key: str, text: str) -> dict[str, str]:
    parsed(lambda typed: check_letter(typed, STATEMENT_PLACEHOLDERS), text)
    others = {known: template for known, template in templates.items() if known != key}
    return others | {key: text} if text.strip() else others
