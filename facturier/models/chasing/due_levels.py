"""The invoices that should get a reminder today, the oldest money first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from peewee import JOIN

from facturier.models.books.reminder_rules import silence_problem
from facturier.models.books.status import DeliveryKind, InvoiceKind, State
from facturier.models.outbox.reminder_keys import read_key
from facturier.models.store import sqlite, tables
from facturier.models.store.fields import Json
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.money import Money

PAGE = 500
_invoice, _customer, _delivery = tables.Invoice, tables.Customer, tables.Delivery


@dataclass(frozen=True, slots=True)
class Reminded:
    """A reminder that was queued or sent. `days` is its level, and `at` when its state last changed."""

    days: int
    due: date
    state: State
    at: datetime


@dataclass(frozen=True, slots=True)
class Chased:
    """An invoice that should get a reminder of the level `days`. `last` is its latest reminder, also of another due
    date."""

    id: int
    number: str
    customer: str
    due: date
    balance: Money
    days: int
    last: Reminded | None

    def late(self, today: date) -> int:
        """Return the days since the due date, negative before it."""
        return (today - self.due).days


def level_due(levels: Sequence[int], due: date, today: date, used: Sequence[int]) -> int | None:
    """Return the level that an invoice should get today, or None.

    It is the highest level whose day has come, if it is above every level that was already queued or sent for this due
    date. Levels that were passed over are never sent later.
    """
    top = max((days for days in levels if days <= (today - due).days), default=None)
    return None if top is None or any(days >= top for days in used) else top


def to_chase(
    store: Store, levels: Sequence[int], today: date, *, limit: int | None = None, page: int = PAGE
) -> list[Chased]:
    """Return the invoices whose level is due, by due date, oldest first; with `limit` at most so many.

    Unsent, bounced, paid, void, disputed and promised invoices are left out, and those with reminders turned off.
    Amounts of different currencies are not compared.
    """
    with store.reading():
        found: list[Chased] = []
        for chased in _chased(store, levels, today, page):
            found.append(chased)
            if len(found) == limit:
                break
        return found


def reminders_of(store: Store, invoice_ids: Sequence[int]) -> dict[int, list[Reminded]]:
    """Return the reminders of each of these invoices that were queued or sent, oldest first. Undone ones are left
    out."""
    found: dict[int, list[Reminded]] = {}
    for _id, invoice_id, key, state, changed in store.all(_reminders(ids=[*invoice_ids])):
        if (read := read_key(key)) is not None:
            found.setdefault(invoice_id, []).append(Reminded(read.days, read.due, state, changed))
    return found


def _chased(store: Store, levels: Sequence[int], today: date, size: int) -> Iterator[Chased]:
    if not levels:
        return
    until = today - timedelta(min(levels))
    after = (date.min, 0)
    while page := store.all(_page(until=until, day=after[0], id=after[1], limit=size)):
        after = page[-1][1], page[-1][0]
        wanted = [row for row in page if not row[6] and not row[9] and not silence_problem(row[7], row[8], today)]
        reminded = reminders_of(store, [row[0] for row in wanted])
        for id_, due, number, customer, currency, balance, *_silence in wanted:
            before = reminded.get(id_, [])
            days = level_due(levels, due, today, [one.days for one in before if one.due == due])
            if days is not None:
                last = before[-1] if before else None
                yield Chased(id_, number, customer, due, Money(balance, currency), days, last)


def _pages() -> Any:
    after = (_invoice.due > slot(_invoice.due, "day")) | (
        (_invoice.due == slot(_invoice.due, "day")) & (_invoice.id > slot(_invoice.id))
    )
    return (
        _invoice.select(
            *(_invoice.id, _invoice.due, _invoice.number, _invoice.customer, _invoice.currency, _invoice.balance),
            *(_invoice.chase_off, _invoice.silent_why, _invoice.silent_until, _customer.chase_off),
        )
        .join(_customer, JOIN.LEFT_OUTER, on=_customer.id == _invoice.customer_id)
        .where(
            _invoice.stage == "owed",
            _invoice.due >= slot(_invoice.due, "day"),
            _invoice.due <= slot(_invoice.due, "until"),
            after,
            _invoice.kind == sqlite.literal(InvoiceKind.INVOICE),
            _invoice.balance > sqlite.literal(0),
        )
        .order_by(_invoice.due, _invoice.id)
        .limit(slot(_invoice.id, "limit"))
    )


_page = Prepared(_pages)
_reminders = Prepared(
    lambda: (
        _delivery.select(_delivery.id, _delivery.invoice_id, _delivery.key, _delivery.state, _delivery.changed)
        .where(
            sqlite.is_among(_delivery.invoice_id, slot(Json(), "ids")),
            _delivery.kind == sqlite.literal(DeliveryKind.REMINDER),
            _delivery.state != sqlite.literal(State.CANCELLED),
        )
        .order_by(_delivery.id)
    )
)
