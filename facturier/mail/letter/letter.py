"""The letter that carries the document: Markdown in, plain text and HTML out."""

from collections.abc import Mapping
from dataclasses import dataclass

from facturier.mail.letter.html import letter_html
from facturier.mail.letter.markdown import read_letter
from facturier.mail.letter.plain_text import Words, letter_words
from facturier.models.settings.company import Company
from facturier.models.text.i18n import N_, catalogue

_SUBJECT = N_("Invoice {number} from {company}")
_LETTER = N_(
    "Hello {contact},\n\nHere is invoice **{number}** for {total}, due on {due}. It is attached as a "
    "PDF.\n\nIf you have any questions, just reply to this email.\n\nThank you for your business,\n"
    "{company}"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in both forms in which it leaves: text/plain with `\\n` line ends, and a whole HTML page. `words` is
    what the plain text says with the looks of the page, for a terminal."""

    plain: str
    html: str
    words: tuple[Words, ...] = ()


def default_subject(language: str) -> str:
    """The built-in subject template, with the number, so that a person can search for it."""
    return catalogue(language).gettext(_SUBJECT)


def default_letter(language: str) -> str:
    """The built-in letter template, in Markdown."""
    return catalogue(language).gettext(_LETTER)


def template_key(language: str) -> str:
    """Under what the company keeps its own templates for that language."""
    return f"invoice.{language}"


def subject_template(company: Company, language: str) -> str:
    """The company's own subject for that language, else the built-in one."""
    return company.subjects.get(template_key(language)) or default_subject(language)


def letter_template(company: Company, language: str) -> str:
    """The company's own letter for that language, else the built-in one."""
    return company.letters.get(template_key(language)) or default_letter(language)


def make_letter(markdown: str, values: Mapping[str, str], language: str, *, colour: str = "") -> Letter:
    """The letter of a template (CommonMark, line breaks kept) with its placeholders filled.

    `values` come from `letter_values`; `colour` is the company's. Raises LetterError for an unknown placeholder.
    """
    tokens = read_letter(markdown, values)
    words = letter_words(tokens)
    plain = "".join(stretch.text for stretch in words).strip("\n") + "\n"
    return Letter(plain, letter_html(tokens, values.get("company", ""), language, colour), words)
