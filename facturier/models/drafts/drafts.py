"""Create, save and copy drafts. `facturier.models.issuing.deleting` deletes them. No issued invoice changes here."""

from dataclasses import replace
from datetime import date
from operator import attrgetter

from peewee import IntegrityError, fn

from facturier.models.books.customers import add_customer, get_customer, with_present_vat_id
from facturier.models.books.invoice import COPIED, ONE_LINE, Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.opposite import opposite
from facturier.models.books.status import BookStatus, InvoiceKind
from facturier.models.drafts.draft_rules import check_sizes
from facturier.models.errors import ChangedElsewhere, DamagedRow
from facturier.models.payments.amount_limits import check_room
from facturier.models.payments.voiding import void_invoice
from facturier.models.settings.company import Company
from facturier.models.settings.line import as_kept
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import rates_on, write_rates
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot, slots
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.dates.terms import Terms
from facturier.models.text.i18n import _
from facturier.models.text.money import Money
from facturier.models.text.search_text import fold, spread

_invoice, _line = tables.Invoice, tables.Line
# The columns of an invoice that are fields of it, by the same name, and that a person fills in.
_TYPED = (
    *("date", "terms", "due", "currency", *ONE_LINE, "message", "per_line", "inclusive", "discount", "shipping"),
    *("shipping_tax", "deposit", "exchange_rate", "ship_to", "service_from", "service_to", "notes", "custom"),
    *("own_number", "kind", "source_id", "terms_rule"),
)
VALID = 30  # days for which a new estimate is valid
# What a copy has of the original besides its customer, lines and texts: not what belongs to one occasion, such as a
# deposit, a service date or an exchange rate.
_COPIED_TERMS = ("inclusive", "discount", "shipping", "shipping_tax", "ship_to", "notes", "custom")
# What a draft is written with, whether it is new or not.
_WRITTEN = (
    *(_invoice.customer_id, _invoice.customer),
    *(getattr(_invoice, name) for name in (*COPIED[1:], *_TYPED)),
    *(_invoice.rates, _invoice.total, _invoice.folded, _invoice.sorted, _invoice.changed),
)
_LINE = (
    *(_line.item, _line.description, _line.quantity, _line.rate, _line.tax, _line.kind, _line.unit, _line.discount),
    *(_line.service_from, _line.service_to),
)
_TEXTS = tuple(column.name for column in _LINE)
_texts = attrgetter(*_TEXTS)
_this_draft = (_invoice.id == slot(_invoice.id)) & (_invoice.book_status == BookStatus.DRAFT)
_seen = _invoice.version == slot(_invoice.version)
_next = {_invoice.version: _invoice.version + 1}

_insert = Prepared(lambda: _invoice.insert(slots(*_WRITTEN, _invoice.created, _invoice.book_status)))
_update = Prepared(lambda: _invoice.update(slots(*_WRITTEN) | _next).where(_this_draft, _seen))
_tax_again = Prepared(
    lambda: _invoice.update(slots(_invoice.rates, _invoice.per_line, _invoice.total, _invoice.folded) | _next).where(
        _this_draft
    )
)
_put_line = Prepared(
    lambda: _line.insert(slots(_line.invoice_id, _line.position, *_LINE)).on_conflict(
        conflict_target=[_line.invoice_id, _line.position], preserve=_LINE
    )
)
_count_lines = Prepared(
    lambda: _line.select(fn.COUNT(_line.position)).where(
        _line.invoice_id == slot(_line.invoice_id), _line.position < slot(_line.position, "before")
    )
)
_delete_lines = Prepared(
    lambda: _line.delete().where(
        _line.invoice_id == slot(_line.invoice_id), _line.position >= slot(_line.position, "least")
    )
)


def usual_terms(customer: Customer, company: Company) -> Terms:
    """Return the terms of a customer, or else the company's."""
    if customer.terms is None:
        return Terms(company.terms, company.terms_rule)
    return Terms(customer.terms, customer.terms_rule)


def new_draft(
    store: Store,
    today: date,
    customer: Customer = Customer(),  # noqa: B008
    kind: InvoiceKind = InvoiceKind.INVOICE,
) -> Invoice:
    """A draft for a customer with their terms and currency, else the company's, and its rates and message; not saved
    yet. An estimate is valid for VALID days."""
    company = read_company(store)
    terms = Terms(VALID) if kind is InvoiceKind.ESTIMATE else usual_terms(customer, company)
    return Invoice(
        customer=customer,
        date=today,
        terms=terms.days,
        terms_rule=terms.rule,
        due=terms.due(today),
        currency=customer.currency or company.currency,
        rates=rates_on(company.rates, today),
        per_line=company.per_line,
        inclusive=company.inclusive,
        message="" if kind is InvoiceKind.ESTIMATE else company.message_for(customer.language),
        ship_to=customer.ship_to,
        kind=kind,
    )


def save_draft(store: Store, invoice: Invoice, *, keep_customer: bool = True, before: Invoice | None = None) -> Invoice:
    """Keep a draft as it is, finished or not; what comes back has its id and new version.

    A customer without an id is kept as a new one if it has a name, except where `keep_customer` is off: while a name is
    being typed, it is the draft's alone. `before` is the draft as the store has it, where that is known: of the lines,
    only what is different is written. Raises ChangedElsewhere when another window has saved, issued or thrown it away
    since, and InputError for what is too long or too large to be kept.
    """
    check_sizes(invoice)
    with store.writing():
        if before is None or before.date != invoice.date or before.id is None:
            invoice = with_rates(store, invoice, read_company(store))
        customer = invoice.customer
        if customer.name and not clean(customer.name):
            customer = replace(customer, name="")
        if customer.id is None and customer.name and keep_customer:
            customer = add_customer(store, customer)
        if customer is not invoice.customer:
            invoice = replace(invoice, customer=customer)
        total = invoice.total
        check_room(store, total.minor)
        try:
            saved = _write(store, invoice, total)
        except IntegrityError:
            if customer.id is None or get_customer(store, customer.id) is not None:
                raise
            raise ChangedElsewhere(
                _("“{name}” was deleted or merged in the meantime.").format(name=clean(customer.name)),
                kept=_("The draft was not saved."),
                todo=_("Choose another customer to save it."),
            ) from None
        seen = before is not None and (before.id, before.version) == (invoice.id, invoice.version)
        _write_lines(store, saved, before if seen else None)
    return saved


def _write(store: Store, invoice: Invoice, total: Money) -> Invoice:
    """Write a draft without its lines."""
    now = store.clock()
    if invoice.id is None:
        invoice = replace(invoice, reserved=None)  # of the draft that it was copied from
        new = store.run(_insert(**_values(invoice, total), changed=now, created=now, book_status=BookStatus.DRAFT))
        write_journal(store, "created", new)
        return replace(invoice, id=new, version=1)
    if not store.run(_update(**_values(invoice, total), changed=now, id=invoice.id, version=invoice.version)):
        raise _not_saved(store, invoice.id)
    return replace(invoice, version=invoice.version + 1)


def _write_lines(store: Store, saved: Invoice, before: Invoice | None) -> None:
    known = before.lines if before is not None and before.currency == saved.currency else None
    if known is not None and store.value(_count_lines(invoice_id=saved.id, before=len(known))) != len(known):
        known = None  # another program left a gap: the places of these lines are not known
    if saved.version > 1 and (known is None or len(known) > len(saved.lines)):
        store.run(_delete_lines(invoice_id=saved.id, least=0 if known is None else len(saved.lines)))
    rows = []
    for place, line in enumerate(saved.lines):
        kept = as_kept(line, saved.currency)
        # Only of what is the same in every language it is known how it was kept.
        if known is None or known[place : place + 1] != (kept,):
            rows.append({"invoice_id": saved.id, "position": place, **dict(zip(_TEXTS, _texts(kept), strict=True))})
    store.run_many(_put_line, rows)


def copy_invoice(store: Store, invoice_id: int, today: date) -> Invoice:
    """Return a new draft, saved, with the customer and lines of another invoice. Of a credit note, it bills what that
    one credits. Of an estimate, it is another estimate."""
    return save_draft(store, copied(store, get_invoice(store, invoice_id), today))


def copied(store: Store, original: Invoice, day: date) -> Invoice:
    """Return what `copy_invoice` saves, dated `day`."""
    if original.is_credit:
        original = opposite(original)
    kind = InvoiceKind.ESTIMATE if original.is_estimate else InvoiceKind.INVOICE
    return replace(
        new_draft(store, day, with_present_vat_id(store, original.customer), kind),
        terms=original.terms,
        terms_rule=original.terms_rule,
        due=original.payment_terms.due(day),
        currency=original.currency,
        lines=original.lines,
        message=original.message,
        **{name: getattr(original, name) for name in (*ONE_LINE, *_COPIED_TERMS)},
    )


def searchable(invoice: Invoice, total: Money) -> str:
    """Everything that an invoice may be searched by (see `facturier.models.text.search_text.sought`)."""
    customer = invoice.customer
    parts = [invoice.known_number, customer.name, customer.contact, customer.email]
    parts += [getattr(invoice, name) for name in ONE_LINE]
    parts.append(total.plain())
    parts += invoice.custom.values()
    parts += [f"{line.item} {line.description}" for line in invoice.lines]
    return spread(parts)


def _values(invoice: Invoice, total: Money) -> dict[str, object]:
    customer = invoice.customer
    return {
        "customer_id": customer.id,
        "customer": customer.name,
        **{name: getattr(customer, name) for name in COPIED[1:]},
        **{name: getattr(invoice, name) for name in _TYPED},
        "rates": write_rates(invoice.rates),
        "total": total.minor,
        "folded": searchable(invoice, total),
        "sorted": fold(customer.name),
    }


def _not_saved(store: Store, invoice_id: int) -> ChangedElsewhere:
    row = store.first(
        _invoice.select(_invoice.id, _invoice.number, _invoice.book_status).where(_invoice.id == invoice_id)
    )
    if row and row[2] != BookStatus.DRAFT:
        return ChangedElsewhere(
            _("This invoice was issued as {number} in another window.").format(number=row[1]),
            kept=_("Your last changes to it were not saved."),
            todo=_("Go back and open it again to see what was sent."),
        )
    if row:
        return ChangedElsewhere(
            _("Someone else has saved this draft in the meantime."),
            kept=_("Their version is saved. Yours is still on this screen."),
            todo=_("Go back and open it again, or save yours as a new draft."),
        )
    return ChangedElsewhere(
        _("This draft was deleted in another window."),
        kept=_("What you typed is still on this screen."),
        todo=_("Save it as a new draft, or go back."),
    )


def correct_invoice(store: Store, invoice_id: int, reason: str, today: date) -> Invoice:
    """Void it and begin a draft with its customer and lines, both or neither. The draft bills the same estimate. Raises
    StoreError where it cannot be voided."""
    with store.writing():
        void_invoice(store, invoice_id, reason)
        return copy_to_correct(store, invoice_id, today)


def copy_to_correct(store: Store, invoice_id: int, today: date) -> Invoice:
    """Return a new draft, saved, that replaces an invoice. It bills the same estimate."""
    original = get_invoice(store, invoice_id)
    draft = copied(store, original, today)
    if original.kind is InvoiceKind.INVOICE:
        draft = replace(draft, source_id=original.source_id, source=original.source)
    return save_draft(store, draft)


def with_rates(store: Store, draft: Invoice, company: Company) -> Invoice:
    """Return a draft with the tax rates that apply to it: the company's on its date.

    A credit note has the rates of the invoice that it corrects. Source: ETA s. 232; an adjustment is of the tax that
    was charged. Raises NoSuchInvoice or DamagedRow if that invoice cannot be read.
    """
    if draft.kind is InvoiceKind.CREDIT_NOTE and draft.source_id is not None:
        source = get_invoice(store, draft.source_id)
        return replace(draft, rates=source.rates, per_line=source.per_line)
    return replace(draft, rates=rates_on(company.rates, draft.date), per_line=company.per_line)


def tax_drafts_again(store: Store, company: Company) -> None:
    """Apply the company's new tax rates to every draft, inside the transaction that changes them."""
    for (invoice_id,) in store.all(_invoice.select(_invoice.id).where(_invoice.book_status == BookStatus.DRAFT)):
        try:
            tax_again(store, get_invoice(store, invoice_id), company)
        except DamagedRow as error:
            store.note(error)


def tax_again(store: Store, draft: Invoice, company: Company) -> None:
    """Apply the company's tax rates to a draft, inside the caller's transaction."""
    draft = with_rates(store, draft, company)
    store.run(
        _tax_again(
            id=draft.id,
            rates=write_rates(draft.rates),
            per_line=draft.per_line,
            total=draft.total.minor,
            folded=searchable(draft, draft.total),
        )
    )
