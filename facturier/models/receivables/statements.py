"""Statements of account of a customer in one currency: the open items, or the activity of a period.

Drafts and void invoices do not count. A credit note that is not used up and a payment that is not allocated count
against what is owed. A credit that was applied to an invoice changes nothing, so a period does not show it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from datetime import date as Day
from enum import StrEnum
from typing import Any, NamedTuple

from peewee import fn

from facturier.models.books.status import BookStatus, InvoiceKind, PaymentKind
from facturier.models.errors import InputError
from facturier.models.store import sqlite, tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_invoice, _payment, _received = tables.Invoice, tables.Payment, tables.CustomerPayment
# The last day of each bucket but the last, in days after the due date.
_BUCKETS = (0, 30, 60, 90)


class EntryKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    REFUND = "refund"
    DEPOSIT = "deposit"
    CREDIT = "credit"
    WRITE_OFF = "write_off"


class Entry(NamedTuple):
    """A line of a statement, with amounts in minor units.

    `total` is what the document or payment adds to what is owed: negative for a credit note and a payment. `balance` is
    what is open of it, or in a period the sum up to and including it. `number` is that of the document, or those of the
    documents that were paid. `note` is the method and reference of a payment. `late` is the number of days since the
    due date of an invoice, else 0. `unsent` is set if the customer does not have the invoice, as far as is known.
    """

    kind: EntryKind
    date: Day
    total: int
    balance: int
    number: str = ""
    due: Day | None = None
    note: str = ""
    late: int = 0
    invoice_id: int | None = None
    unsent: bool = False


class Aging(NamedTuple):
    """What is owed by days after the due date, and `credits`, which are negative. They add up to what is owed."""

    not_due: int = 0
    days_1_30: int = 0
    days_31_60: int = 0
    days_61_90: int = 0
    over_90: int = 0
    credits: int = 0

    @property
    def overdue(self) -> int:
        return self.days_1_30 + self.days_31_60 + self.days_61_90 + self.over_90


@dataclass(frozen=True, slots=True)
class Statement:
    """What a customer owes on `day`, in minor units of `currency`.

    `first` and `last` are the days of a period, or None for open items. `opening` is what was owed before the period.
    `filed` is the newest invoice that it lists, or else the customer's newest; None if the customer has no invoice.
    """

    customer_id: int
    currency: str
    day: date
    first: date | None
    last: date | None
    opening: int
    entries: tuple[Entry, ...]
    closing: int
    aging: Aging
    filed: int | None

    @property
    def is_open(self) -> bool:
        """Whether it lists the open items, not a period."""
        return self.last is None

    @property
    def key(self) -> str:
        """What may be sent only once a day."""
        days = "open" if self.first is None or self.last is None else f"{self.first}..{self.last}"
        return f"{statement_prefix(self.customer_id, self.currency)}{days}:{self.day}"


def statement_prefix(customer_id: int, currency: str) -> str:
    """Return how the keys of all statements of a customer in a currency begin."""
    return f"statement:{customer_id}:{currency}:"


def statement_about(key: str | None) -> tuple[int, str] | None:
    """Return the customer and the currency of a statement with this key, or None if it is not such a key."""
    found = re.match(r"statement:([1-9]\d{0,17}):([A-Z]{3}):", key or "")
    return (int(found[1]), found[2]) if found else None


def make_statement(
    store: Store, customer_id: int, currency: str, day: date, period: tuple[date, date] | None = None
) -> Statement:
    """Return a customer's statement: the open items, or the activity of a period (first and last day).

    `day` is the date of the statement, by which items are overdue. Raises InputError if the period ends before it
    begins.
    """
    with store.reading():
        if period is None:
            return open_items(store, customer_id, currency, day)
        return activity(store, customer_id, currency, day, *period)


def open_items(store: Store, customer_id: int, currency: str, day: date) -> Statement:
    """Return the statement of everything that is open, whatever its date."""
    bills = _bills(customer_id, currency).where(_invoice.balance != sqlite.literal(0))
    entries = [_bill_entry(*row, day=day) for row in store.all(bills)]
    paid = _payments_received(customer_id, currency).where(_received.allocated != _received.amount)
    entries += [
        _received_entry(on, amount, allocated - amount, method, reference, numbers)
        for on, amount, allocated, method, reference, numbers in _with_numbers(store, paid)
    ]
    entries = _in_order(entries)
    closing = sum(entry.balance for entry in entries)
    filed = _newest(store, customer_id, currency, entries)
    return Statement(customer_id, currency, day, None, None, 0, tuple(entries), closing, _aging(entries), filed)


def activity(store: Store, customer_id: int, currency: str, day: date, first: date, last: date) -> Statement:
    """Return the statement of what happened from `first` to `last`, both included. Raises InputError."""
    if last < first:
        raise InputError(_("The period ends before it begins."))
    bills, paid, received = _movements(customer_id, currency)
    opening = (
        _sum(store, bills, _invoice.total, _invoice.date < first)
        - _sum(store, paid, _payment.amount, _payment.date < first)
        - _sum(store, received, _received.amount, _received.date < first)
    )
    entries = [_bill_entry(*row, day=day) for row in store.all(bills.where(_invoice.date.between(first, last)))]
    entries += [_payment_entry(*row[1:]) for row in store.all(paid.where(_payment.date.between(first, last)))]
    entries += [
        _received_entry(on, amount, 0, method, reference, numbers)
        for on, amount, _allocated, method, reference, numbers in _with_numbers(
            store, received.where(_received.date.between(first, last))
        )
    ]
    running, listed = opening, []
    for entry in _in_order(entries):
        running += entry.total
        listed.append(entry._replace(balance=running))
    filed = _newest(store, customer_id, currency, listed)
    return Statement(customer_id, currency, day, first, last, opening, tuple(listed), running, Aging(), filed)


def currencies(store: Store, customer_id: int) -> list[str]:
    """Return the currencies in which a customer has issued invoices or has paid, in alphabetical order."""
    billed = _invoice.select(_invoice.currency).where(_invoice.customer_id == customer_id, _issued()).distinct()
    paid = _received.select(_received.currency).where(_received.customer_id == customer_id).distinct()
    with store.reading():
        return sorted({currency for query in (billed, paid) for (currency,) in store.all(query)})


def _issued() -> Any:
    # Written into the SQL, so that SQLite uses the index over open invoices.
    issued = _invoice.book_status == sqlite.literal(BookStatus.ISSUED)
    return issued & _invoice.kind.in_((InvoiceKind.INVOICE, InvoiceKind.CREDIT_NOTE))


def _bills(customer_id: int, currency: str) -> Any:
    return (
        _invoice.select(
            *(_invoice.id, _invoice.kind, _invoice.number, _invoice.date, _invoice.due),
            *(_invoice.total, _invoice.balance, _invoice.stage),
        )
        .where(_invoice.currency == currency, _invoice.customer_id == customer_id, _issued())
        .order_by(_invoice.id)
    )


def _payments_received(customer_id: int, currency: str) -> Any:
    found = _received.select(
        *(_received.id, _received.date, _received.amount, _received.allocated, _received.method, _received.reference)
    ).where(_received.customer_id == customer_id, _received.currency == currency)
    return found.order_by(_received.id)


def _with_numbers(store: Store, received: Any) -> list[tuple[date, int, int, str, str, str]]:
    """Return payments: date, amount, allocated amount, method and reference, and the numbers of what they paid."""
    rows = store.all(received)
    parts = (
        _payment.select(_payment.customer_payment_id, _invoice.number)
        .join(_invoice, on=_invoice.id == _payment.invoice_id)
        .where(_payment.customer_payment_id << received.select(_received.id).order_by())
        .order_by(_payment.id)
    )
    numbers: dict[int, dict[str, None]] = {}
    for found, number in store.all(parts):
        numbers.setdefault(found, {})[number] = None
    return [(*rest, ", ".join(numbers.get(found, ()))) for found, *rest in rows]


def _movements(customer_id: int, currency: str) -> tuple[Any, Any, Any]:
    """Return the queries for all that changes what is owed: documents, payments of one document, and payments of the
    customer. The parts of a payment and both sides of a credit that was applied are left out."""
    applied = (_payment.kind == PaymentKind.CREDIT) & _payment.other_id.is_null(False)
    paid = (
        _payment.select(
            *(_payment.id, _payment.kind, _payment.date, _payment.amount, _payment.method, _payment.reference),
            _invoice.number,
        )
        .join(_invoice, on=_invoice.id == _payment.invoice_id)
        .where(_invoice.currency == currency, _invoice.customer_id == customer_id, _issued())
        .where(_payment.customer_payment_id.is_null(), ~applied)
        .order_by(_payment.id)
    )
    return _bills(customer_id, currency), paid, _payments_received(customer_id, currency)


def _sum(store: Store, query: Any, amount: Any, condition: Any) -> int:
    return int(store.value(query.select(fn.SUM(amount).converter(None)).where(condition).order_by()) or 0)


def _bill_entry(
    found: int, kind: InvoiceKind, number: str, on: date, due: date, total: int, balance: int, stage: str, *, day: date
) -> Entry:
    is_credit = kind is InvoiceKind.CREDIT_NOTE
    late = max((day - due).days, 0) if balance > 0 and not is_credit else 0
    entry = EntryKind.CREDIT_NOTE if is_credit else EntryKind.INVOICE
    made = Entry(entry, on, total, balance, number, None if is_credit else due, late=late, invoice_id=found)
    return made._replace(unsent=stage == "unsent")


def _payment_entry(kind: PaymentKind, on: date, amount: int, method: str, reference: str, number: str) -> Entry:
    named = EntryKind(kind) if kind is not PaymentKind.PAYMENT else _payment_kind(amount)
    return Entry(named, on, -amount, 0, number, note=_note(method, reference))


def _received_entry(on: date, amount: int, balance: int, method: str, reference: str, numbers: str) -> Entry:
    return Entry(_payment_kind(amount), on, -amount, balance, numbers, note=_note(method, reference))


def _payment_kind(amount: int) -> EntryKind:
    return EntryKind.REFUND if amount < 0 else EntryKind.PAYMENT


def _note(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Sort by date, documents before payments of the same day. Of several alike, the first one made comes first."""
    return sorted(entries, key=lambda entry: (entry.date, entry.invoice_id is None))


def _aging(entries: Iterable[Entry]) -> Aging:
    sums = [0] * (len(_BUCKETS) + 2)
    for entry in entries:
        is_credit = entry.balance < 0
        sums[-1 if is_credit else sum(entry.late > most for most in _BUCKETS)] += entry.balance
    return Aging(*sums)


def _newest(store: Store, customer_id: int, currency: str, entries: Iterable[Entry]) -> int | None:
    listed = [(entry.date, entry.invoice_id) for entry in entries if entry.invoice_id is not None]
    if listed:
        return max(listed)[1]
    mine = _invoice.select(_invoice.id).where(_invoice.customer_id == customer_id, _issued())
    newest = mine.order_by((_invoice.currency == currency).desc(), _invoice.date.desc(), _invoice.id.desc())
    found: int | None = store.value(newest.limit(1))
    return found
