"""What customers owe, and when they were last billed."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import peewee
from peewee import fn

from facturier.models.books.status import BookStatus, InvoiceKind
from facturier.models.store import tables
from facturier.models.store.store import Store

_invoice, _customer = tables.Invoice, tables.Customer


class Balance(NamedTuple):
    """What is owed in one currency, and how much of it is overdue or on invoices that were not sent, in minor units. As
    in the list of invoices, what was not sent is not overdue. A credit counts against what is owed."""

    currency: str
    owed: int
    overdue: int = 0
    not_sent: int = 0


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
    balances: dict[int, list[Balance]] = {}
    with store.reading():
        for found, *balance in store.all(_open(today, customer_id)):
            balances.setdefault(found, []).append(Balance(*balance))
        last = dict(store.all(_last(customer_id)))
    return {found: Figures(tuple(sorted(balances.get(found, ()))), last.get(found)) for found in balances.keys() | last}


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


def _last(customer_id: int | None) -> Any:
    latest = (
        _invoice.select(_invoice.date)
        .where(
            _invoice.customer_id == _customer.id,
            _invoice.book_status == BookStatus.ISSUED,
            _invoice.kind != InvoiceKind.ESTIMATE,
        )
        .order_by(_invoice.id.desc())
        .limit(1)
    )
    day = tables.Invoice.date
    found = _customer.select(
        _customer.id, fn.COALESCE(latest, "").converter(lambda text: day.python_value(text) if text else None)
    )
    return found if customer_id is None else found.where(_customer.id == customer_id)
