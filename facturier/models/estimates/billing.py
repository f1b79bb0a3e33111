"""Make invoices from an estimate: all of it, a percentage such as a deposit, some lines, or what remains.

An invoice names the estimate in `source_id`. All invoices of an estimate together come to at most the estimate, to the
cent and with taxes, unless the person confirms more. What they come to is computed at the tax rates of the estimate.
The invoices themselves have the rates of their own dates. What is credited on an invoice is not billed any more.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, NamedTuple, TypedDict, Unpack

from facturier.models.books.customers import get_customer, with_present_vat_id
from facturier.models.books.invoice import COPIED, ONE_LINE, Customer, Invoice, Source
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.opposite import opposite
from facturier.models.books.status import Answer, BookStatus, InvoiceKind
from facturier.models.drafts.creditable import Rest, credit_notes_of, rest_after
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.errors import InputError, NotConfirmed
from facturier.models.estimates.answers import check_estimate
from facturier.models.settings.line import Line, LineKind
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.decimals import plain
from facturier.models.text.i18n import LANGUAGES, N_, _, catalogue
from facturier.models.text.money import Money

_SHARE = N_("{percent}% of estimate {number}")
_ROUNDING = 20  # minor units by which the rounding of lines and taxes can add up
_COPIED_TERMS = ("inclusive", "discount", "shipping", "shipping_tax", "ship_to", "notes", "custom", *ONE_LINE)

_invoice = tables.Invoice
_from = Prepared(
    lambda: (
        _invoice.select(_invoice.id)
        .where(
            _invoice.source_id == slot(_invoice.source_id, "source"),
            _invoice.kind == InvoiceKind.INVOICE,
            _invoice.book_status != BookStatus.VOID,
        )
        .order_by(_invoice.id)
    )
)


class Progress(NamedTuple):
    """How far an estimate is billed, in minor units with taxes and without what was credited. `rest` is what remains of
    it, at its own tax rates. `invoices` are those made from it, drafts included and void ones not."""

    total: int
    billed: int
    rest: Rest
    invoices: tuple[Invoice, ...]

    @property
    def percent(self) -> int:
        return billed_percent(self.total, self.total - self.rest.total)


def billed_percent(total: int, billed: int) -> int:
    """Return how much of an estimate is billed, from 0 to 100. A rest of a few cents is rounding, not a rest."""
    if total - billed <= min(_ROUNDING, total // 100):
        return 100
    return max(1, billed * 100 // total) if billed > 0 else 0


def invoices_from(store: Store, estimate_id: int) -> list[Invoice]:
    """Return the invoices made from an estimate, oldest first, without void ones."""
    return [get_invoice(store, found) for (found,) in store.all(_from(source=estimate_id))]


def progress_of(store: Store, estimate: Invoice) -> Progress:
    assert estimate.id is not None
    with store.reading():
        invoices = invoices_from(store, estimate.id)
        billed = [*invoices, *_credits(store, invoices)]
    total = sum(one.total.minor for one in billed)
    return Progress(estimate.total.minor, total, _rest(estimate, billed), tuple(invoices))


def _credits(store: Store, invoices: Sequence[Invoice]) -> list[Invoice]:
    """Return the issued credit notes for these invoices."""
    return [note for invoice in invoices for note in credit_notes_of(store, invoice.id or 0, issued=True)]


class Share(TypedDict, total=False):
    """What of an estimate is billed: see `draft_bill`."""

    percent: Decimal | None
    lines: Collection[int] | None
    anyway: bool


def bill_estimate(store: Store, estimate_id: int, today: date, **share: Unpack[Share]) -> Invoice:
    """Make a draft invoice from an estimate, and save it. See `draft_bill`."""
    with store.writing():
        saved = save_draft(store, draft_bill(store, estimate_id, today, **share))
        write_journal(store, "estimate_invoiced", estimate_id, amount=saved.total.plain(), other=saved.ref)
        return saved


def draft_bill(
    store: Store,
    estimate_id: int,
    today: date,
    *,
    percent: Decimal | None = None,
    lines: Collection[int] | None = None,
    anyway: bool = False,
) -> Invoice:
    """Return an invoice made from an estimate, not saved yet.

    `percent` is a share of the whole estimate, and `lines` are places of lines from 0. Without either, what remains is
    billed. `anyway` says that the person has confirmed to bill more than the estimate, or one that was declined.

    Raises NotConfirmed without that, InputError for a percentage or a line that is not valid, and StoreError if this is
    not an issued estimate.
    """
    with store.reading():
        estimate = get_invoice(store, estimate_id)
        check_estimate(estimate, kept=_("No invoice was created."))
        if estimate.answer is Answer.DECLINED and not anyway:
            raise NotConfirmed(_("The customer declined estimate {number}.").format(number=estimate.number))
        invoices = invoices_from(store, estimate_id)
        billed = [*invoices, *_credits(store, invoices)]
        rest = _rest(estimate, billed)
        # The amounts of all lines, and then the shipping.
        whole = [*(amount or 0 for amount in estimate.totals.amounts), estimate.totals.shipping]
        left = [*rest.lines, rest.shipping]
        if not any(left) and billed_percent(estimate.total.minor, estimate.total.minor - rest.total) < 100:
            # An amount was credited that belongs to no line. A discount that is an amount was taken off before.
            discounted = 0 if estimate.discount.strip().endswith("%") else estimate.totals.discount
            left = _shared((sum(whole) - discounted) * rest.total // estimate.total.minor, whole)
        if percent is not None:
            wanted = _share(estimate, percent, whole, left, anyway)
        elif lines is not None:
            wanted = _chosen(estimate, lines, whole, left, anyway)
        else:
            wanted = _remaining(estimate, whole, left, anyway)
        taken = sum(one.totals.discount for one in billed)
        draft = _begun(store, estimate, today)
        draft = replace(draft, **_terms(estimate, wanted, whole, left, taken))
        if percent is not None and wanted != whole:
            heading = _heading(estimate, read_company(store).language, percent)
            draft = replace(draft, lines=(heading, *draft.lines))
        return draft if anyway else _fitted(estimate, draft, rest.total)


def _rest(estimate: Invoice, billed: Sequence[Invoice]) -> Rest:
    return rest_after(estimate, [opposite(_at_rates_of(estimate, one)) for one in billed])


def _at_rates_of(estimate: Invoice, invoice: Invoice) -> Invoice:
    return replace(invoice, rates=estimate.rates, per_line=estimate.per_line)


# What is billed of each line and of the shipping


def _remaining(estimate: Invoice, whole: list[int], left: list[int], anyway: bool) -> list[int]:
    if any(left):
        return left
    if not anyway:
        raise _too_much(estimate)
    return whole


def _chosen(estimate: Invoice, lines: Collection[int], whole: list[int], left: list[int], anyway: bool) -> list[int]:
    for place in lines:
        if not 0 <= place < len(estimate.lines) or estimate.lines[place].kind is not LineKind.ITEM:
            words = _("Estimate {number} has no line {line}.")
            raise InputError(words.format(number=estimate.number, line=place + 1))
    if not lines:
        raise InputError(_("Choose at least one line."))
    if not anyway and any(whole[place] and not left[place] for place in lines):
        raise _too_much(estimate)
    wanted = [(left[place] or whole[place]) if place in lines else 0 for place in range(len(whole))]
    if wanted[:-1] == left[:-1]:  # the last lines, so the shipping goes with them
        wanted[-1] = left[-1]
    return wanted


def _share(estimate: Invoice, percent: Decimal, whole: list[int], left: list[int], anyway: bool) -> list[int]:
    if not 0 < percent <= 100:
        raise InputError(_("Enter a percentage above 0 and at most 100."))
    with localcontext(prec=60):
        wanted = int((sum(whole) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
    if sum(whole) <= 0 or not wanted:
        raise InputError(_("This percentage of the estimate amounts to zero."))
    if wanted > sum(left):
        if not anyway:
            raise _too_much(estimate)
        return _shared(wanted, whole)
    return left if wanted == sum(left) else _shared(wanted, left)


def _shared(wanted: int, parts: list[int]) -> list[int]:
    """Share an amount out in proportion to the parts, so that the shares add up to it exactly."""
    whole = sum(parts)
    shares = [wanted * part // whole for part in parts]
    places = sorted(range(len(parts)), key=lambda place: -(wanted * parts[place] % whole))
    for place in places[: wanted - sum(shares)]:
        shares[place] += 1
    return shares


def _too_much(estimate: Invoice) -> NotConfirmed:
    words = _("The invoices would come to more than estimate {number}.")
    return NotConfirmed(words.format(number=estimate.number))


# The invoice


def _begun(store: Store, estimate: Invoice, today: date) -> Invoice:
    """Return the draft without its lines. Its terms are those of the customer: an estimate has none."""
    known = get_customer(store, estimate.customer.id) if estimate.customer.id is not None else None
    copied: dict[str, Any] = {name: getattr(estimate.customer, name) for name in COPIED}
    customer = with_present_vat_id(store, replace(known or Customer(), **copied))
    return replace(
        new_draft(store, today, customer),
        currency=estimate.currency,
        source_id=estimate.id,
        source=Source(estimate.number or "", estimate.date),
        **{name: getattr(estimate, name) for name in _COPIED_TERMS},
    )


def _terms(estimate: Invoice, wanted: list[int], whole: list[int], left: list[int], discounted: int) -> dict[str, Any]:
    """Return the lines, the discount and the shipping. `discounted` is what earlier invoices have taken off."""
    if wanted == whole:
        return {"lines": estimate.lines}
    currency = estimate.currency
    found: dict[str, Any] = {"lines": _lines(estimate, wanted, whole)}
    found["shipping"] = Money(wanted[-1], currency).plain() if wanted[-1] else ""
    if estimate.discount.strip() and not estimate.discount.strip().endswith("%"):
        all_, rest = estimate.totals.discount, max(estimate.totals.discount - discounted, 0)
        part, subtotal = sum(wanted[:-1]), estimate.totals.subtotal
        share = rest if wanted == left else min(all_ * part // subtotal if subtotal > 0 else 0, rest)
        found["discount"] = Money(min(share, part), currency).plain() if share > 0 and part > 0 else ""
    return found


def _lines(estimate: Invoice, wanted: list[int], whole: list[int]) -> tuple[Line, ...]:
    """Return the lines that are billed, with the headings and subtotals of their sections."""
    found: list[Line] = []
    heading: Line | None = None
    billed = False  # whether a line since the last heading or subtotal is billed
    for line, amount, all_ in zip(estimate.lines, wanted, whole, strict=False):
        if line.kind is LineKind.HEADING:
            heading, billed = line, False
        elif line.kind is LineKind.SUBTOTAL:
            found += [line] if billed else []
            heading, billed = None, False
        elif amount:
            found += [heading] if heading is not None else []
            heading, billed = None, True
            found.append(line if amount == all_ else _amount_line(line, amount, estimate.currency))
    return tuple(found)


def _amount_line(line: Line, amount: int, currency: str) -> Line:
    """Return a line that bills an amount of another line."""
    return replace(line, quantity="1", rate=Money(amount, currency).plain(), unit="", discount="")


def _heading(estimate: Invoice, usual: str, percent: Decimal) -> Line:
    """Return the first line in the customer's language, or else in the `usual` one."""
    wanted = estimate.customer.language or usual
    language = wanted if wanted in LANGUAGES else "en"
    number = plain(percent).replace(".", "," if language == "fr" else ".")
    words = catalogue(language).gettext(_SHARE).format(percent=number, number=estimate.number)
    return Line(words, kind=LineKind.HEADING)


def _fitted(estimate: Invoice, draft: Invoice, most: int) -> Invoice:
    """Return a draft that comes to at most `most`. Rounding may add up to a few minor units more: they are taken off
    its largest line. Raises NotConfirmed if it is more than rounding."""
    for _try in range(_ROUNDING):
        excess = _at_rates_of(estimate, draft).total.minor - most
        if excess <= 0:
            return draft
        amounts = [amount or 0 for amount in draft.totals.amounts]
        place = max(range(len(amounts)), key=lambda at: amounts[at])
        if excess > _ROUNDING or amounts[place] <= excess:
            break
        smaller = _amount_line(draft.lines[place], amounts[place] - excess, draft.currency)
        draft = replace(draft, lines=(*draft.lines[:place], smaller, *draft.lines[place + 1 :]))
    raise _too_much(estimate)
