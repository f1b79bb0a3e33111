"""The document as plain text for terminals: the same texts as the PDF, 78 columns wide."""

import textwrap
import unicodedata
from itertools import zip_longest

from facturier.mail.document.texts.content import Content, TableRow
from facturier.mail.document.texts.invoice import document_content
from facturier.models.books.invoice import Invoice
from facturier.models.settings.company import Company

WIDTH = 78
_GAP = "  "
# Minimum width of the description, however wide the figures are.
_NARROWEST = 20


def document_text(invoice: Invoice, company: Company, number: str = "") -> str:
    """Return the document as text, without its pictures.

    Lines have at most WIDTH columns unless the figures are wider.
    """
    return content_text(document_content(invoice, company, number))


def content_text(content: Content) -> str:
    """Return any document that has the form of `Content` as text, in the same way."""
    return "\n".join(line.rstrip() for line in (*_head(content), *_table(content), *_foot(content))) + "\n"


def _head(content: Content) -> list[str]:
    words = content.headings
    title = " ".join(part for part in (content.title, content.number) if part)
    label = max((_columns(fact.label) for fact in content.facts), default=0)
    facts = [_left(fact.label, label) + _GAP + fact.text for fact in content.facts]
    return [
        *_beside(
            _wrapped(content.company, *content.company_lines.split("\n"), width=WIDTH // 2),
            [title, *([content.stamp.upper()] if content.stamp else [])],
        ),
        "",
        *_beside(
            _wrapped(words.billed_to, content.billed, *content.billed_lines.split("\n"), width=WIDTH // 2),
            [_left(fact, max(map(_columns, facts))) for fact in facts],
        ),
        "",
        *([words.shipped_to, *_wrapped(*content.shipped.split("\n"), width=WIDTH), ""] if content.shipped else []),
    ]


def _table(content: Content) -> list[str]:
    words = content.headings
    heads = [words.quantity, words.price, *([words.tax] if content.taxed else []), words.amount]
    cells = [_cells(row, content.taxed) for row in content.rows]
    widths = [max(map(_columns, column)) for column in zip(heads, *cells, strict=True)]
    room = max(_NARROWEST, WIDTH - sum(widths) - len(_GAP) * len(widths))
    rule = "─" * (room + sum(widths) + len(_GAP) * len(widths))
    lines = [_line(words.description, heads, room, widths), rule]
    for row, figures in zip(content.rows, cells, strict=True):
        first, *rest = _wrapped(row.title, *row.description.split("\n"), width=room) or [""]
        lines += [_line(first, figures, room, widths), *rest]
    return [*lines, rule]


def _cells(row: TableRow, taxed: bool) -> list[str]:
    return [row.quantity, row.price, *([row.tax.replace(" ", "")] if taxed else []), row.amount]


def _line(first: str, cells: list[str], room: int, widths: list[int]) -> str:
    return _GAP.join([_left(first, room), *(_right(cell, width) for cell, width in zip(cells, widths, strict=True))])


def _foot(content: Content) -> list[str]:
    sums = [*content.sums, content.due]
    label = max(_columns(fact.label) for fact in sums)
    amount = max(_columns(fact.text) for fact in sums)
    lines = [_right(_left(fact.label, label) + _GAP + _right(fact.text, amount), WIDTH) for fact in sums]
    if content.due_note:
        lines.append(_right(content.due_note, WIDTH))
    pay = [part for part in (content.payment_text, content.pay_link) if part]
    for part in (content.message, "\n".join([content.headings.payment, *pay]) if pay else "", content.tax_numbers):
        if part:
            lines += ["", *_wrapped(*part.split("\n"), width=WIDTH)]
    return lines


def _wrapped(*texts: str, width: int) -> list[str]:
    return [line for text in texts if text for line in textwrap.wrap(text, width, break_on_hyphens=False)]


def _beside(left: list[str], right: list[str]) -> list[str]:
    """Place two blocks next to each other, the second one aligned right."""
    return [one + _right(other, WIDTH - _columns(one)) for one, other in zip_longest(left, right, fillvalue="")]


def _left(text: str, width: int) -> str:
    return text + " " * (width - _columns(text))


def _right(text: str, width: int) -> str:
    return " " * (width - _columns(text)) + text


def _columns(text: str) -> int:
    """Return the number of terminal columns: two for East Asian wide characters, none for combining marks."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
