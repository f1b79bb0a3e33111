"""The email that brings a receipt, in each language."""

from dataclasses import replace

from facturier.mail.letter.markdown import check_letter
from facturier.mail.notices.receipt_texts import RECEIPT_PLACEHOLDERS, receipt_key, receipt_letter, receipt_subject
from facturier.models.text.i18n import LANGUAGES, N_, _
from facturier.tui.screens.settings.entries.fields import parsed
from facturier.tui.screens.settings.entries.pane import Entry, Section
from facturier.tui.screens.settings.entries.sales import SALES


def receipt_email(language: str) -> Section:
    """The subject and the text for customers of one language. Empty means the built-in one."""
    key = receipt_key(language)
    title = _("Receipt")
    known = ", ".join(f"{{{name}}}" for name in RECEIPT_PLACEHOLDERS)
    return Section(
        f"receipt-{language}",
        SALES,
        f"{title} ({LANGUAGES[language]})",
        (
            Entry(
                f"receipt-subject-{language}",
                N_("Subject"),
                lambda company: receipt_subject(company, language),
                lambda company, text: replace(company, subjects=_with(company.subjects, key, text)),
                long=True,
            ),
            Entry(
                f"receipt-body-{language}",
                N_("Message"),
                lambda company: receipt_letter(company, language),
                lambda company, text: replace(company, letters=_with(company.letters, key, text)),
                lines=8,
            ),
        ),
        _("The email with the receipt of a payment. Placeholders: {names}").format(names=known),
    )


def _with(templates: dict[str, str], key: str, text: str) -> dict[str, str]:
    parsed(lambda typed: check_letter(typed, RECEIPT_PLACEHOLDERS), text)
    others = {known: template for known, template in templates.items() if known != key}
    return others | {key: text} if text.strip() else others
