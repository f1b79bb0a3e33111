"""The email that carries the document, made from Markdown into plain text and HTML."""

from dataclasses import dataclass

from facturier.mail.letter.html import letter_html
from facturier.mail.letter.markdown import read_letter
from facturier.mail.letter.plain_text import Words, letter_words
from facturier.models.books.status import InvoiceKind
from facturier.models.settings.company import Company
from facturier.models.text.i18n import N_, catalogue

_SUBJECTS = {
    InvoiceKind.INVOICE: N_("Invoice {number} from {company}"),
    InvoiceKind.CREDIT_NOTE: N_("Credit note {number} from {company}"),
    InvoiceKind.ESTIMATE: N_("Estimate {number} from {company}"),
}
_LETTERS = {
    InvoiceKind.INVOICE: N_(
        "Hello {contact},\n\nHere is invoice **{number}** for {total}, due on {due}. It is attached as a "
        "PDF.\n\nIf you have any questions, just reply to this email.\n\nThank you for your business,\n"
        "{company}"
    ),
    InvoiceKind.CREDIT_NOTE: N_(
        "Hello {contact},\n\nHere is credit note **{number}** for {total}. It credits invoice {source} and is "
        "attached as a PDF.\n\nIf you have any questions, just reply to this email.\n\nThank you for your business,\n"
        "{company}"
    ),
    InvoiceKind.ESTIMATE: N_(
        "Hello {contact},\n\nHere is estimate **{number}** for {total}, valid until {due}. It is attached as a "
        "PDF.\n\nTo accept it or ask a question, just reply to this email.\n\nThank you,\n"
        "{company}"
    ),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in the two forms that are sent.

    `plain` is text/plain with `\\n` line ends, and `html` is a complete HTML page. `words` is the plain text with its
    formatting, for a terminal.
    """

    plain: str
    html: str
    words: tuple[Words, ...] = ()


def default_subject(language: str, kind: InvoiceKind = InvoiceKind.INVOICE) -> str:
    """Return the built-in subject template. It includes the number so that a person can search for it."""
    return catalogue(language).gettext(_SUBJECTS.get(kind, _SUBJECTS[InvoiceKind.INVOICE]))


def default_letter(language: str, kind: InvoiceKind = InvoiceKind.INVOICE) -> str:
    """Return the built-in letter template, in Markdown."""
    return catalogue(language).gettext(_LETTERS.get(kind, _LETTERS[InvoiceKind.INVOICE]))


def template_key(language: str, kind: InvoiceKind = InvoiceKind.INVOICE) -> str:
    """Return the key of the company's own templates for a kind of document and a language."""
    return f"{kind}.{language}"


def subject_template(company: Company, language: str, kind: InvoiceKind = InvoiceKind.INVOICE) -> str:
    """Return the company's subject template for a kind of document and a language, or the built-in one."""
    return company.subjects.get(template_key(language, kind)) or default_subject(language, kind)


def letter_template(company: Company, language: str, kind: InvoiceKind = InvoiceKind.INVOICE) -> str:
    """Return the company's letter template for a kind of document and a language, or the built-in one."""
    return company.letters.get(template_key(language, kind)) or default_letter(language, kind)


def make_letter(markdown: str, company: str, language: str, *, colour: str = "") -> Letter:
    """Return the letter for a text (CommonMark, line breaks kept). `company` is the name at the top, and `colour` the
    company's. Raises LetterError if quotes and lists are nested too deeply."""
    tokens = read_letter(markdown)
    words = letter_words(tokens)
    plain = "".join(stretch.text for stretch in words).strip("\n") + "\n"
    return Letter(plain, letter_html(tokens, company, language, colour), words)
