"""What customers owe, and when they were last billed."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import peewee
from peewee import fn

from facturier.models.books.status import BookStatus, InvoiceKind
from facturier.models.store import tables
from facturier.models.store.store import Store

_invoice, _customer, _paid = tables.Invoice, tables.Customer, tables.CustomerPayment
_BILLED = (InvoiceKind.INVOICE, InvoiceKind.CREDIT_NOTE)
_NEWEST = 10  # of the invoices of a customer, among which the last one is looked for


class Balance(NamedTuple):
    """What is owed in one currency, and how much of it is overdue or on invoices that were not sent, in minor units. As
    in the list of invoices, what was not sent is not overdue. Credits count against what is owed: credit notes, and
    `credit`, which was paid and is not allocated to invoices."""

    currency: str
    owed: int
    overdue: int = 0
    not_sent: int = 0
    credit: int = 0


class Figures(NamedTuple):
    """`last` is the date of the last invoice that was issued."""

    balances: tuple[Balance, ...] = ()
    last: date | None = None

    def of(self, currency: str) -> Balance:
        """What is owed in this currency."""
        return next((balance for balance in self.balances if balance.currency == currency), Balance(currency, 0))


def read_figures(store: Store, today: date, customer_id: int | None = None) -> Mapping[int, Figures]:
    """Return the figures of every customer that has any, or of this one.

    Open invoices are found by their stage, which takes a quarter of a second among a million invoices: by their
    customer it would take longer for one page of large customers. Call it off the screen's thread.
    """
    balances: dict[int, dict[str, Balance]] = {}
    with store.reading():
        for found, *balance in store.all(_open(today, customer_id)):
            balances.setdefault(found, {})[balance[0]] = Balance(*balance)
        for found, currency, credit in store.all(_credit(customer_id)):
            own = balances.setdefault(found, {})
            before = own.get(currency, Balance(currency, 0))
            own[currency] = before._replace(owed=before.owed - credit, credit=credit)
        last = dict(store.all(_last(customer_id)))
    return {
        found: Figures(tuple(sorted(balances.get(found, {}).values())), last.get(found))
        for found in balances.keys() | last
    }


def read_balance(store: Store, customer_id: int, currency: str) -> Balance:
    """Return what a customer owes in a currency, without the overdue and unsent parts: fast also among a million
    invoices."""
    whose = _invoice.customer_id == customer_id, _invoice.currency == currency
    open_ = _invoice.book_status == BookStatus.ISSUED, _invoice.balance != 0, _invoice.kind << _BILLED
    owed = store.value(_invoice.select(fn.COALESCE(fn.SUM(_invoice.balance), 0).converter(int)).where(*whose, *open_))
    credit = next((row[2] for row in store.all(_credit(customer_id)) if row[1] == currency), 0)
    return Balance(currency, owed - credit, credit=credit)


def _open(today: date, customer_id: int | None) -> Any:
    stage, balance = _invoice.stage, _invoice.balance
    # A void invoice and a draft owe nothing. A paid one with a negative balance is a credit, or was overpaid.
    is_open = (stage << ("owed", "unsent")) | ((stage << ("paid", "paid_unsent")) & (balance < 0))
    late = peewee.Case(None, [((stage == "owed") & (_invoice.due < today), balance)], 0)
    customer = _invoice.customer_id + 0  # keeps SQLite from the index over customers, see `read_figures`
    whose = customer.is_null(False) if customer_id is None else customer == customer_id
    not_sent = peewee.Case(None, [(stage == "unsent", balance)], 0)
    sums = (fn.SUM(amount).converter(int) for amount in (balance, late, not_sent))
    found = _invoice.select(_invoice.customer_id, _invoice.currency, *sums)
    return found.where(is_open, whose).group_by(_invoice.customer_id, _invoice.currency)


def _credit(customer_id: int | None) -> Any:
    rest = _paid.amount - _paid.allocated
    whose = _paid.customer_id.is_null(False) if customer_id is None else _paid.customer_id == customer_id
    found = _paid.select(_paid.customer_id, _paid.currency, fn.SUM(rest).converter(int))
    return found.where(_paid.allocated != _paid.amount, whose).group_by(_paid.customer_id, _paid.currency)


def _last(customer_id: int | None) -> Any:
    # The latest date among those that were created last: an invoice may be dated back. To look at all of them would
    # take seconds among a million.
    newest = (
        _invoice.select(_invoice.date)
        .where(
            _invoice.customer_id == _customer.id,
            _invoice.book_status == BookStatus.ISSUED,
            _invoice.kind != InvoiceKind.ESTIMATE,
        )
        .order_by(_invoice.id.desc())
        .limit(_NEWEST)
        .alias("newest")
    )
    latest = peewee.Select(from_list=[newest], columns=[fn.MAX(newest.c.date)])
    day = tables.Invoice.date
    found = _customer.select(
        _customer.id, fn.COALESCE(latest, "").converter(lambda text: day.python_value(text) if text else None)
    )
    return found if customer_id is None else found.where(_customer.id == customer_id)
