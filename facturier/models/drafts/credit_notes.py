"""Make a credit note from an issued invoice.

A credit note is an invoice with negative quantities, and `source_id` names the invoice that it corrects. It keeps the
tax rates of that invoice, whatever the company's are by now. Sources: Credit Note and Debit Note Information (GST/HST)
Regulations, SOR/91-44, section 3; Regulation respecting the Québec sales tax, T-0.1, r. 2, section 449R1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import NamedTuple

from facturier.models.books.invoice import Invoice, Source
from facturier.models.books.invoices import get_invoice
from facturier.models.books.opposite import opposite, opposite_line
from facturier.models.books.status import BookStatus, InvoiceKind
from facturier.models.drafts.creditable import (
    ROUNDING,
    Rest,
    credit_notes_of,
    gross_left,
    rest_after,
    tax_problem,
    too_much,
)
from facturier.models.drafts.drafts import copy_to_correct, save_draft
from facturier.models.errors import InputError, StoreError
from facturier.models.settings.line import Line, LineKind, line_amount
from facturier.models.settings.settings import read_company
from facturier.models.store.store import Store
from facturier.models.text.decimals import parse_decimal, plain
from facturier.models.text.i18n import LANGUAGES, N_, _, catalogue
from facturier.models.text.money import Money, to_minor

_PARTIAL = N_("Partial credit for invoice {number}")
_HUNDREDTH = Decimal("0.01")


class Part(NamedTuple):
    """How much of a line is credited: a quantity as decimal text, or an amount before tax in minor units. Without
    either, all that is left of it."""

    quantity: str = ""
    amount: int | None = None


def credit_invoice(
    store: Store,
    invoice_id: int,
    today: date,
    parts: Mapping[int, Part] | None = None,
    *,
    shipping: bool = False,
    amount: int | None = None,
) -> Invoice:
    """Make a draft credit note for an issued invoice, and save it. See `draft_credit`."""
    with store.writing():
        return save_draft(store, draft_credit(store, invoice_id, today, parts, shipping=shipping, amount=amount))


def draft_credit(
    store: Store,
    invoice_id: int,
    today: date,
    parts: Mapping[int, Part] | None = None,
    *,
    shipping: bool = False,
    amount: int | None = None,
) -> Invoice:
    """Return a credit note for an issued invoice, not saved yet.

    `parts` has what is credited of each line, by the line's place from 0, and `shipping` adds the shipping. `amount` is
    a sum with taxes in minor units instead. Without any of them, all that is left is credited.

    Raises InputError for more than is left, and StoreError if the invoice cannot be credited.
    """
    with store.reading():
        invoice = get_invoice(store, invoice_id)
        _check_source(invoice)
        notes = credit_notes_of(store, invoice_id)
        rest = rest_after(invoice, notes)
        if rest.total <= 0:
            raise StoreError(
                _("Invoice {number} has been credited in full.").format(number=invoice.number),
                kept=_("No credit note was created."),
            )
        if amount is not None:
            note = _of_amount(store, invoice, notes, rest, amount)
        elif parts is not None:
            note = _taxed(invoice, notes, _fitted(_of_parts(invoice, rest, parts, shipping=shipping), rest.total))
        else:
            note = _whole(store, invoice, notes, rest)
        day = max(today, invoice.date)
        return replace(note, date=day, due=day)


def credit_and_copy(store: Store, invoice_id: int, today: date) -> tuple[Invoice, Invoice]:
    """Correct an invoice that was sent or paid: a draft credit note for all of it, and a draft with its lines, both or
    neither. The draft bills the same estimate. Raises StoreError if it cannot be credited."""
    with store.writing():
        return credit_invoice(store, invoice_id, today), copy_to_correct(store, invoice_id, today)


def _check_source(invoice: Invoice) -> None:
    if invoice.kind is InvoiceKind.INVOICE and invoice.book_status is BookStatus.ISSUED and invoice.total.minor > 0:
        return
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        problem = _("A credit note cannot be credited.")
    elif invoice.book_status is BookStatus.ISSUED:
        problem = _("There is nothing to credit on invoice {number}.").format(number=invoice.number)
    else:
        problem = _("Only an issued invoice can be credited.")
    raise StoreError(problem, kept=_("No credit note was created."))


def _begun(invoice: Invoice) -> Invoice:
    """Return the credit note for all of an invoice, not saved yet."""
    return replace(
        opposite(invoice),
        id=None,
        number=None,
        reserved=None,
        book_status=BookStatus.DRAFT,
        kind=InvoiceKind.CREDIT_NOTE,
        source_id=invoice.id,
        source=Source(invoice.number or "", invoice.date),
        terms=0,
        deposit="",
        message="",
        notes="",
        own_number="",
        handed_over="",
        paid=0,
        delivery=None,
        version=0,
    )


def _taxed(invoice: Invoice, notes: Sequence[Invoice], note: Invoice) -> Invoice:
    """Return a credit note that credits no tax that was not charged. Raises InputError if it does."""
    if problem := tax_problem(invoice, notes, note):
        raise InputError(problem)
    return note


def _whole(store: Store, invoice: Invoice, notes: Sequence[Invoice], rest: Rest) -> Invoice:
    if rest.total == invoice.total.minor:
        return _begun(invoice)
    everything = {place: Part() for place, left in enumerate(rest.lines) if left}
    try:
        return _taxed(invoice, notes, _fitted(_of_parts(invoice, rest, everything, shipping=True), rest.total))
    except InputError:  # an amount was credited that belongs to no line
        return _of_amount(store, invoice, notes, rest, rest.total)


def _of_parts(invoice: Invoice, rest: Rest, parts: Mapping[int, Part], *, shipping: bool) -> Invoice:
    lines = []
    for place, part in sorted(parts.items()):
        if not 0 <= place < len(invoice.lines) or invoice.lines[place].kind is not LineKind.ITEM:
            raise InputError(_("Invoice {number} has no line {line}.").format(number=invoice.number, line=place + 1))
        lines.append(_credited(invoice, place, rest.lines[place], part))
    note = _begun(invoice)
    note = replace(note, lines=tuple(lines), shipping=note.shipping if shipping and rest.shipping else "")
    if invoice.discount and not invoice.discount.strip().endswith("%"):
        subtotal, whole = abs(note.totals.subtotal), abs(invoice.totals.subtotal)
        share = invoice.totals.discount * subtotal // whole if whole else 0
        note = replace(note, discount=Money(share, invoice.currency).plain())
    return note


def _credited(invoice: Invoice, place: int, left: int, part: Part) -> Line:
    line, currency = invoice.lines[place], invoice.currency
    billed = invoice.totals.amounts[place] or 0

    def over() -> InputError:
        words = _("Line {line}: at most {most} {currency} can be credited.")
        most = Money(abs(left), currency).plain()
        return InputError(words.format(line=place + 1, most=most, currency=currency))

    if part.amount is not None:
        if part.amount <= 0:
            raise InputError(_("Line {line}: enter an amount above zero.").format(line=place + 1))
        if part.amount > abs(left):
            raise over()
        return _amount_line(line, part.amount if billed > 0 else -part.amount, currency)
    if not part.quantity:
        return _rest_of_line(line, billed, left, currency)
    quantity = parse_decimal(part.quantity)
    whole = parse_decimal(line.quantity.strip() or "1")
    if quantity <= 0 or quantity > abs(whole):
        words = _("Line {line}: the quantity must be above zero and at most {most}.")
        raise InputError(words.format(line=place + 1, most=plain(abs(whole))))
    signed = quantity if whole > 0 else -quantity
    with localcontext(prec=60):
        share = int((billed * quantity / abs(whole)).quantize(Decimal(1), ROUND_HALF_UP))
    if abs(share) - abs(left) > 1:
        raise over()
    found = opposite_line(replace(line, quantity=plain(signed)))
    if line.discount and not line.discount.strip().endswith("%"):  # an amount that was taken off the whole line
        found = _amount_line(line, share, currency)
    return _amount_line(line, left, currency) if abs(line_amount(found, currency)) > abs(left) else found


def _rest_of_line(line: Line, billed: int, left: int, currency: str) -> Line:
    if left == billed:
        return opposite_line(line)
    rate = to_minor(parse_decimal(line.rate.strip() or "0", currency), currency)
    if rate and not line.discount:
        found = opposite_line(replace(line, quantity=plain((Decimal(left) / rate).quantize(_HUNDREDTH))))
        if line_amount(found, currency) == -left:
            return found
    return _amount_line(line, left, currency)


def _amount_line(line: Line, amount: int, currency: str) -> Line:
    """Return the line that credits an amount of another line."""
    return replace(line, quantity="-1", rate=Money(amount, currency).plain(), unit="", discount="")


def _fitted(note: Invoice, most: int) -> Invoice:
    """Return a credit note that credits at most `most`. Rounding may add up to a few minor units more: they are taken
    off its largest line. Raises InputError if it is more than rounding, or nothing."""
    for _try in range(ROUNDING):
        excess = -note.total.minor - most
        if excess <= 0:
            break
        amounts = [amount or 0 for amount in note.totals.amounts]
        place = min(range(len(amounts)), key=lambda at: amounts[at], default=None)
        if excess > ROUNDING or place is None or -amounts[place] <= excess:
            raise InputError(too_much(replace(note, number=note.source.number if note.source else ""), most))
        smaller = _amount_line(note.lines[place], -amounts[place] - excess, note.currency)
        note = replace(note, lines=(*note.lines[:place], smaller, *note.lines[place + 1 :]))
    if note.total.minor >= 0:
        raise InputError(_("Choose what to credit."))
    return note


def _of_amount(store: Store, invoice: Invoice, notes: Sequence[Invoice], rest: Rest, amount: int) -> Invoice:
    """Return a credit note for a sum with taxes, with one line for each combination of taxes of which something is
    left. Its prices include the taxes, so that the sum is exact."""
    if amount <= 0:
        raise InputError(_("Enter an amount above zero."))
    if amount > rest.total:
        raise InputError(too_much(invoice, rest.total))
    left, whole = gross_left(invoice, notes), gross_left(invoice, ())
    # A rest of a few minor units may be nothing but rounding.
    parts = next(filter(None, ({codes: part for codes, part in one.items() if part > 0} for one in (left, whole))))
    shares = _shared(amount, parts)
    wanted = invoice.customer.language or read_company(store).language
    gettext = catalogue(wanted if wanted in LANGUAGES else "en").gettext
    words = gettext(_PARTIAL).format(number=invoice.number)
    lines = tuple(
        Line(words, quantity="-1", rate=Money(share, invoice.currency).plain(), tax="+".join(codes))
        for codes, share in shares.items()
        if share
    )
    note = _begun(invoice)
    return replace(note, lines=lines, inclusive=True, discount="", shipping="", shipping_tax="")


def _shared(amount: int, parts: Mapping[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
    """Share an amount out in proportion, so that the shares add up to it exactly."""
    whole = sum(parts.values())
    shares = {key: amount * part // whole for key, part in parts.items()}
    for key in sorted(parts, key=lambda key: -(amount * parts[key] % whole))[: amount - sum(shares.values())]:
        shares[key] += 1
    return shares
