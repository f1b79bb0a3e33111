"""The exchange rates of documents in other currencies: the newest that was entered, and one for an issued document.

An issued document without a rate cannot be in the tax reports. So it can get one later, once. The customer’s copy does
not change.
"""

from datetime import date as Day
from datetime import timedelta
from typing import NamedTuple

from peewee import fn

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import BookStatus, InvoiceKind
from facturier.models.errors import ChangedElsewhere, InputError, StoreError
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.decimals import plain, read_decimal
from facturier.models.text.i18n import _

RECENT = timedelta(days=31)  # a rate that is older is not used for another document
_ISSUED = ("unsent", "owed", "paid", "paid_unsent")
_KINDS = (InvoiceKind.INVOICE, InvoiceKind.CREDIT_NOTE)

_invoice, _journal = tables.Invoice, tables.Journal


class NotedRate(NamedTuple):
    """A rate that a person entered, as decimal text, with the date and number of its document."""

    rate: str
    day: Day
    number: str


def newest_rate(store: Store, currency: str, day: Day) -> NotedRate | None:
    """Return the newest rate of this currency that a person entered for an issued invoice of the month up to `day`;
    None if there is none. A credit note has the rate of its invoice, which may be much older."""
    taken = _journal.select(_journal.id).where(  # by a schedule, from its template or from another invoice
        _journal.invoice_id == _invoice.id,
        _journal.kind == "recurring",
        _journal.detail.part("rate") == _invoice.exchange_rate,
    )
    found = (
        _invoice.select(_invoice.exchange_rate, _invoice.date, _invoice.number)
        .where(
            _invoice.stage.in_(_ISSUED),
            _invoice.kind == InvoiceKind.INVOICE,
            _invoice.date.between(day - RECENT, day),
            _invoice.currency == currency,
            _invoice.exchange_rate != "",
            ~fn.EXISTS(taken),
        )
        .order_by(_invoice.date.desc(), _invoice.id.desc())
        .limit(1)
    )
    row = store.first(found)
    return None if row is None else NotedRate(*row)


def lacks_rate(invoice: Invoice, home: str) -> bool:
    """Return whether this is an issued document in another currency than `home`, the company's, without a rate."""
    issued = invoice.book_status is BookStatus.ISSUED and invoice.kind in _KINDS
    return issued and invoice.currency != home and not invoice.exchange_rate


def set_rate(store: Store, invoice_id: int, rate: str) -> Invoice:
    """Record the exchange rate, as decimal text, of an issued document that has none. Return the document.

    Raises InputError if it is not a number above zero, and StoreError if the document has a rate or needs none.
    """
    number = read_decimal(rate)
    if number <= 0:
        raise InputError(_("Enter a number greater than zero."))
    with store.writing():
        invoice = get_invoice(store, invoice_id)
        if not lacks_rate(invoice, read_company(store).currency):
            raise StoreError(_refusal(invoice), kept=_("Nothing was changed."))
        _write(store, invoice_id, plain(number))
        write_journal(store, "rate_set", invoice_id, rate=plain(number))
        return get_invoice(store, invoice_id)


def remove_rate(store: Store, noted: Invoice) -> Invoice:
    """Undo `set_rate`. `noted` is what it returned. Raises ChangedElsewhere if the document was changed since."""
    assert noted.id is not None
    with store.writing():
        if get_invoice(store, noted.id).version != noted.version:
            raise ChangedElsewhere(
                _("This cannot be undone: something was done with this invoice since."), kept=_("Nothing was changed.")
            )
        _write(store, noted.id, "")
        write_journal(store, "rate_removed", noted.id, rate=noted.exchange_rate)
        return get_invoice(store, noted.id)


def _refusal(invoice: Invoice) -> str:
    if invoice.kind not in _KINDS or invoice.book_status is not BookStatus.ISSUED:
        return _("{ref} is not an issued invoice or credit note.").format(ref=invoice.ref)
    if invoice.exchange_rate:
        return _("{ref} already has an exchange rate.").format(ref=invoice.ref)
    return _("{ref} is in the company’s currency.").format(ref=invoice.ref)


def _write(store: Store, invoice_id: int, rate: str) -> None:
    changed = {"exchange_rate": rate, "version": _invoice.version + 1, "changed": store.clock()}
    store.run(_invoice.update(**changed).where(_invoice.id == invoice_id))
