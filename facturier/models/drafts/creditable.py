"""What can still be credited on an invoice, and whether a credit note can be issued.

All credit notes of an invoice together credit at most what was billed: in total, of each line, and of each combination
of taxes, so that no tax is credited that was not charged.
"""

from collections.abc import Iterable
from typing import NamedTuple

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus, InvoiceKind
from facturier.models.errors import StoreError
from facturier.models.settings.line import Line
from facturier.models.settings.tax import tax_names
from facturier.models.settings.totals import gross_by_tax
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money

ROUNDING = 20  # minor units by which the rounding of lines and taxes can add up

_invoice = tables.Invoice
_notes = Prepared(
    lambda: _invoice.select(_invoice.id).where(
        _invoice.source_id == slot(_invoice.source_id, "source"),
        _invoice.kind == InvoiceKind.CREDIT_NOTE,
        _invoice.book_status != BookStatus.VOID,
    )
)


class Rest(NamedTuple):
    """What can still be credited on an invoice, in minor units. `lines` has one amount for each line."""

    total: int
    lines: tuple[int, ...]
    shipping: int


def credit_notes_of(store: Store, invoice_id: int, *, issued: bool = False) -> list[Invoice]:
    """Return the credit notes for an invoice, without void ones. `issued` leaves out the drafts."""
    found = [get_invoice(store, note_id) for (note_id,) in store.all(_notes(source=invoice_id))]
    return [note for note in found if not issued or note.book_status is BookStatus.ISSUED]


def rest_of(store: Store, invoice: Invoice) -> Rest:
    """Return what its credit notes, drafts included, have not credited yet."""
    assert invoice.id is not None
    return rest_after(invoice, credit_notes_of(store, invoice.id))


def rest_after(invoice: Invoice, notes: list[Invoice]) -> Rest:
    """Return what remains of an invoice after documents with opposite amounts, such as its credit notes."""
    credited: dict[tuple[str, str, str], int] = {}
    for note in notes:
        if note.inclusive == invoice.inclusive:
            for line, amount in zip(note.lines, note.totals.amounts, strict=True):
                credited[_named(line)] = credited.get(_named(line), 0) - (amount or 0)
    lines = []
    for place, (line, billed) in enumerate(zip(invoice.lines, invoice.totals.amounts, strict=True)):
        has_another = any(_named(later) == _named(line) for later in invoice.lines[place + 1 :])
        taken = _within(credited.get(_named(line), 0), billed or 0) if has_another else credited.get(_named(line), 0)
        credited[_named(line)] = credited.get(_named(line), 0) - taken
        lines.append((billed or 0) - taken)
    total = invoice.total.minor + sum(note.total.minor for note in notes)
    return Rest(total, tuple(lines), invoice.totals.shipping + sum(note.totals.shipping for note in notes))


def gross_left(invoice: Invoice, notes: Iterable[Invoice]) -> dict[tuple[str, ...], int]:
    """Return what remains of each combination of taxes on an invoice after these credit notes, in minor units with the
    taxes."""
    found = _gross(invoice)
    for note in notes:
        for codes, part in _gross(note).items():
            found[codes] = found.get(codes, 0) + part
    return found


def _gross(invoice: Invoice) -> dict[tuple[str, ...], int]:
    """Return what each combination of taxes comes to with its taxes. A person may type the taxes in any order."""
    rates = {rate.code: rate for rate in invoice.rates}
    found: dict[tuple[str, ...], int] = {}
    for codes, part in gross_by_tax(invoice.lines, rates, invoice.currency, invoice.pricing).items():
        key = tuple(sorted(codes))
        found[key] = found.get(key, 0) + part
    return found


def tax_problem(source: Invoice, others: Iterable[Invoice], note: Invoice) -> str:
    """Return which taxes a credit note would credit more than they were charged, or an empty text. `others` are the
    other credit notes of its invoice."""
    before = gross_left(source, others)
    billed = _gross(source)
    for codes, credited in _gross(note).items():
        left = before.get(codes, 0)
        first, last = sorted((0, billed.get(codes, 0)))
        if not first - ROUNDING <= left + credited <= last + ROUNDING:
            words = _("At most {most} {currency} of invoice {number} can be credited with {taxes}.")
            taxes = tax_names("+".join(codes), spoken()) if codes else _("no tax")
            most = Money(min(max(left, first), last), source.currency).plain()
            return words.format(most=most, currency=source.currency, number=source.number, taxes=taxes)
    return ""


def _named(line: Line) -> tuple[str, str, str]:
    """What a line of a credit note has in common with the line that it credits."""
    return line.item, line.description, line.tax


def _within(credited: int, billed: int) -> int:
    return min(max(credited, 0), billed) if billed >= 0 else max(min(credited, 0), billed)


def credit_problem(store: Store, note: Invoice) -> str:
    """Return why a credit note cannot be issued, or an empty text."""
    if note.source_id is None:
        return _("This credit note is for no invoice.")
    source = get_invoice(store, note.source_id)
    if source.book_status is not BookStatus.ISSUED:
        return _("Invoice {number} is void. It cannot be credited.").format(number=source.number)
    if not _belongs_to(note, source):
        words = _("The customer and the currency must be those of invoice {number}.")
        return words.format(number=source.number)
    if note.date < source.date:
        return _("A credit note cannot be dated before invoice {number}.").format(number=source.number)
    if note.total.minor >= 0:
        return _("A credit note must credit something: its quantities are negative.")
    others = [other for other in credit_notes_of(store, note.source_id, issued=True) if other.id != note.id]
    rest = rest_after(source, others)
    if -note.total.minor > rest.total:
        return too_much(source, rest.total)
    for place, left in enumerate(rest_after(source, [*others, note]).lines):
        billed = source.totals.amounts[place] or 0
        if not min(billed, 0) <= left <= max(billed, 0):
            words = _("Line {line} of invoice {number} would be credited with more than was billed.")
            return words.format(line=place + 1, number=source.number)
    return tax_problem(source, others, note)


def check_credit(store: Store, note: Invoice) -> None:
    """Raises StoreError if a credit note cannot be issued, inside the transaction that issues it."""
    if problem := credit_problem(store, note):
        raise StoreError(problem, kept=_("The credit note was not issued."), todo=_("Correct it, then try again."))


def _belongs_to(note: Invoice, source: Invoice) -> bool:
    """Whether the customer and the currency are the same. An invoice may have a customer who was not saved: saving the
    credit note saves that customer."""
    saved = source.customer.id is not None
    same = note.customer.id == source.customer.id if saved else note.customer.name == source.customer.name
    return same and note.currency == source.currency


def too_much(invoice: Invoice, most: int) -> str:
    words = _("This is more than can be credited: at most {most} {currency} of invoice {number}.")
    money = Money(max(most, 0), invoice.currency)
    return words.format(most=money.plain(), currency=invoice.currency, number=invoice.number)
