"""An invoice with the opposite amounts: what a credit note is to its invoice, and how it is printed."""

from dataclasses import replace

from facturier.models.books.invoice import Invoice
from facturier.models.errors import InputError
from facturier.models.settings.line import Line, LineKind
from facturier.models.text.decimals import parse_decimal, plain


def opposite(invoice: Invoice) -> Invoice:
    """Return the invoice with the opposite quantities and shipping. All its totals have the opposite sign."""
    return replace(
        invoice,
        lines=tuple(opposite_line(line) for line in invoice.lines),
        shipping=_negated(invoice.shipping) if invoice.shipping.strip() else "",
        paid=-invoice.paid,
    )


def opposite_line(line: Line) -> Line:
    """Return the line with the opposite quantity. A quantity that is not a number yet stays as typed."""
    if line.kind is not LineKind.ITEM or line.empty:
        return line
    return replace(line, quantity=_negated(line.quantity.strip() or "1"))


def _negated(number: str) -> str:
    try:
        return plain(0 - parse_decimal(number))
    except InputError:
        return number
