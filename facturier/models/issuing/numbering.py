"""Invoice numbers: given when an invoice is issued, in the same transaction, unique and without gaps.

A draft whose send was undone has its number reserved: it gets that number again, and no other invoice does. A number
that was typed for one invoice is used if it is free. It does not move the series, which skips it later.
"""

import json
from dataclasses import replace
from typing import Any

from peewee import fn

from facturier.models.books.alerts import settle_unsent
from facturier.models.books.customers import remember_currency
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import BookStatus, InvoiceKind, PaymentKind
from facturier.models.drafts.creditable import check_credit
from facturier.models.drafts.drafts import searchable
from facturier.models.errors import ChangedElsewhere, NumberTaken, StoreError
from facturier.models.payments.applying import apply_to_source
from facturier.models.settings.company import Company
from facturier.models.settings.series import KINDS, Place, Series, check_start, write_series
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.setting import write_setting
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_invoice = tables.Invoice


def issue_invoice(store: Store, invoice: Invoice) -> Invoice:
    """Give a draft its number without sending it. Raises ChangedElsewhere, and StoreError if its number is used."""
    assert invoice.id is not None
    with store.writing():
        current = get_invoice(store, invoice.id)
        if current.version != invoice.version or current.book_status is not BookStatus.DRAFT:
            raise ChangedElsewhere(_("This invoice was changed in another window."), kept=_("It was not issued."))
        give_number(store, current, current.number_with(read_company(store)))
        return get_invoice(store, invoice.id)


def give_number(store: Store, draft: Invoice, number: str) -> None:
    """Give a draft the number that it gets now: the one reserved for it, its own, or the next one.

    Raises NumberTaken if that is not `number`, because another invoice got it, and StoreError if it is used.
    """
    if draft.kind is InvoiceKind.RECURRING:
        raise StoreError(_("This is the template of recurring invoices."), kept=_("It cannot be issued or sent."))
    company = read_company(store)
    if number != draft.number_with(company):
        raise NumberTaken(
            _("Number {number} has been used in the meantime.").format(number=number),
            kept=_("Nothing was sent."),
            todo=_("Review the invoice, then send it."),
        )
    if draft.is_credit:
        check_credit(store, draft)
    if draft.reserved is None:
        _check_free(store, draft, number)
    store.run(
        _invoice.update(
            number=number,
            reserved=None,
            book_status=BookStatus.ISSUED,
            folded=searchable(replace(draft, number=number), draft.total),
            version=_invoice.version + 1,
            changed=store.clock(),
        ).where(_invoice.id == draft.id)
    )
    if draft.reserved is None:
        _move_on(store, company, number)
    remember_currency(store, draft.customer.id, draft.currency, company.currency)
    if (deposit := draft.deposit_received) and not draft.is_estimate:
        row = {"invoice_id": draft.id, "date": draft.date, "amount": deposit, "method": "", "kind": PaymentKind.DEPOSIT}
        store.run(tables.Payment.insert(row))
    settle_unsent(store, draft.id)
    write_journal(store, "issued", draft.id, number=number)
    if draft.is_credit and draft.source_id is not None:
        write_journal(store, "credited", draft.source_id, amount=(-draft.total).plain(), note=number)
        apply_to_source(store, get_invoice(store, draft.id or 0))
    elif draft.kind is InvoiceKind.INVOICE and draft.source_id is not None:
        write_journal(store, "estimate_billed", draft.source_id, amount=draft.total.plain(), other=number)


def _check_free(store: Store, draft: Invoice, number: str) -> None:
    kept = _("The invoice was not issued.")
    if not draft.own_number:
        if is_taken(store, number):
            raise StoreError(
                _("Number {number} is already used.").format(number=number),
                kept=kept,
                todo=_("Change the next number in Settings, under Sales."),
            )
        return
    check_start(number)
    if is_taken(store, number):
        raise StoreError(
            _("Number {number} is already used.").format(number=number),
            kept=kept,
            todo=_("Change or remove the number that was typed for this invoice."),
        )


def _move_on(store: Store, company: Company, number: str) -> None:
    """Set the next number of every series in which `number` was the next, inside the transaction that gave it."""
    changed = company
    for kind in KINDS:
        series = company.series_of(kind)
        place = series.find(number)
        if place is not None and place.n == series.next.get(place.period, 1):
            changed = changed.with_series(kind, next_free(store, series, place.period))
    if changed is not company:
        save_series(store, changed)


def next_free(store: Store, series: Series, period: str) -> Series:
    """Return the series with the first free number from the next one of a period on."""
    n = series.next.get(period, 1)
    while is_taken(store, series.at(Place(period, n))):
        n += 1
    return series.continued(Place(period, n))


def save_series(store: Store, company: Company) -> None:
    """Save the series of a company, inside the caller's transaction."""
    write_setting(store, "series", json.dumps(write_series(company.series), ensure_ascii=False))


def _holder() -> Any:
    return _invoice.select(_invoice.id).where(
        (_invoice.number == slot(_invoice.number)) | (_invoice.reserved == slot(_invoice.number))
    )


_having = Prepared(_holder)


def any_issued(store: Store, customer_id: int | None = None) -> bool:
    """Whether an invoice, or one of this customer, has a number yet."""
    invoice = tables.Invoice
    found = (
        invoice.select(invoice.id).where(invoice.number.is_null(False), invoice.kind != InvoiceKind.ESTIMATE).limit(1)
    )
    return store.value(found if customer_id is None else found.where(invoice.customer_id == customer_id)) is not None


def is_taken(store: Store, number: str) -> bool:
    """Whether an invoice has this number, or has it reserved."""
    return store.value(_having(number=number)) is not None


def continue_series(store: Store, series: Series) -> Series:
    """Return a series with a new pattern, whose next numbers come after those that are used already."""
    used = sorted(place for number in all_numbers(store) if (place := series.find(number)) is not None)
    for period, n in used:
        if n == series.next.get(period, 1):
            series = series.continued(Place(period, n + 1))
    return series


def all_numbers(store: Store) -> list[str]:
    """Return all numbers that invoices have, or have reserved."""
    number = fn.COALESCE(_invoice.number, _invoice.reserved)
    return [found for _id, found in store.all(_invoice.select(_invoice.id, number).where(number.is_null(False)))]
