"""The subject and the text of an email of one kind: the company's own, or the built-in ones."""

from collections.abc import Mapping
from typing import NamedTuple

from facturier.models.books.status import DeliveryKind
from facturier.models.settings.company import Company
from facturier.models.text.i18n import catalogue


class Templates(NamedTuple):
    """The built-in subject and text in English, and the meaning of each placeholder."""

    kind: DeliveryKind
    subject: str
    letter: str
    placeholders: Mapping[str, str]

    def key(self, language: str) -> str:
        """Return the key of the company's own templates for a language."""
        return f"{self.kind}.{language}"

    def subject_for(self, company: Company, language: str) -> str:
        """Return the company's subject template, or the built-in one."""
        return company.subjects.get(self.key(language)) or catalogue(language).gettext(self.subject)

    def letter_for(self, company: Company, language: str) -> str:
        """Return the company's text template, in Markdown, or the built-in one."""
        return company.letters.get(self.key(language)) or catalogue(language).gettext(self.letter)
