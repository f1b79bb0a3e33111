"""What every document consists of: its texts and its paper."""

from dataclasses import dataclass

from facturier.models.books.invoice import Invoice
from facturier.models.settings.company import Company
from facturier.models.text.clean import clean_lines
from facturier.models.text.i18n import LANGUAGES

# Customers billed in these currencies expect US Letter paper. All others get A4.
LETTER_PAPER = {"CAD", "USD", "MXN"}
# Paper widths in inches, by Typst's names.
PAPER_INCHES = {"us-letter": 8.5, "a4": 210 / 25.4}


@dataclass(frozen=True, slots=True)
class Detail:
    """A label and its text: `Due`, `24 December 2026`."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the table. `carried` is the sum of the amounts up to and including this one. `kind` is a LineKind."""

    kind: str
    title: str
    description: str
    quantity: str
    price: str
    tax: str
    amount: str
    carried: str


@dataclass(frozen=True, slots=True)
class Headings:
    """The column headings and other fixed words."""

    description: str
    quantity: str
    price: str
    tax: str
    amount: str
    billed_to: str
    shipped_to: str
    carried: str
    brought: str
    page: str
    payment: str
    scan: str


@dataclass(frozen=True, slots=True)
class Content:
    """All texts of the document.

    `stamp` is a word such as Paid, or empty. `sums` are the rows of totals, and `due` is the amount due, printed large
    after them. Texts may have several lines.
    """

    language: str
    paper: str
    title: str
    number: str
    stamp: str
    company: str
    company_lines: str
    tax_numbers: str
    billed: str
    billed_lines: str
    shipped: str
    facts: tuple[Detail, ...]
    headings: Headings
    taxed: bool
    rows: tuple[TableRow, ...]
    sums: tuple[Detail, ...]
    due: Detail
    due_note: str
    payment_text: str
    pay_link: str
    message: str


def paper_for(currency: str) -> str:
    """Return Typst's name of the paper that customers billed in this currency expect."""
    return "us-letter" if currency in LETTER_PAPER else "a4"


def document_language(invoice: Invoice, company: Company) -> str:
    """Return the customer's language, or else the company's, or else English."""
    wanted = invoice.customer.language or company.language
    return wanted if wanted in LANGUAGES else "en"


def joined(*texts: str) -> str:
    """Join the texts as lines, without empty texts."""
    return "\n".join(kept for text in texts if (kept := clean_lines(text).replace("\t", " ").strip()))
