"""The customers with a balance, and when each got the last statement of account."""

import re
from datetime import date, datetime
from typing import NamedTuple

from facturier.models.books.sent import SENT
from facturier.models.books.status import OPEN, DeliveryKind, State
from facturier.models.customers.customer_list import customer_rows
from facturier.models.customers.figures import read_figures
from facturier.models.store import sqlite, tables
from facturier.models.store.store import Store
from facturier.models.text.search_text import fold

_row = tables.Delivery
_PREFIX = "statement:"
_KEY = re.compile(r"statement:([1-9]\d{0,17}):([^:]+):")


class Account(NamedTuple):
    """What a customer owes in one currency, in minor units. `sent` is when the last statement was sent, and `queued` is
    the delivery of the one that is in the outbox."""

    customer_id: int
    name: str
    email: str
    currency: str
    owed: int
    overdue: int
    sent: datetime | None = None
    queued: int | None = None


def open_accounts(store: Store, today: date) -> list[Account]:
    """Return the accounts with a balance, by name. A customer who is owed money has one, too.

    It takes as long as `read_figures`: call it off the screen's thread.
    """
    with store.reading():
        figures = read_figures(store, today)
        owing = [(found, balance) for found, own in figures.items() for balance in own.balances if balance.owed]
        names = {row.id: row for row in customer_rows(store, [found for found, _balance in owing])}
        sent, queued = _statements(store)
    accounts = [
        Account(
            *(found, names[found].name, names[found].email, balance.currency, balance.owed, balance.overdue),
            *(sent.get((found, balance.currency)), queued.get((found, balance.currency))),
        )
        for found, balance in owing
        if found in names
    ]
    return sorted(accounts, key=lambda account: (fold(account.name), account.customer_id, account.currency))


def tries_of(store: Store, key: str) -> list[State]:
    """Return the states of the deliveries of a statement, by its key, without cancelled ones."""
    cancelled = _row.state != sqlite.literal(State.CANCELLED)
    again = (_row.key >= f"{key}:", _row.key < f"{key};")
    keys = (_row.key == key) | (again[0] & again[1])
    found = _row.select(_row.id, _row.state).where(_row.key.is_null(False), cancelled, keys).order_by(_row.id)
    return [state for _id, state in store.all(found)]


def _statements(store: Store) -> tuple[dict[tuple[int, str], datetime], dict[tuple[int, str], int]]:
    """Return when each customer got the last statement in each currency, and which are in the outbox."""
    cancelled = _row.state != sqlite.literal(State.CANCELLED)  # as in the index over keys
    rows = _row.select(_row.id, _row.key, _row.state, _row.changed).where(
        _row.key >= _PREFIX, _row.key < _PREFIX[:-1] + ";", _row.key.is_null(False), cancelled
    )
    sent: dict[tuple[int, str], datetime] = {}
    queued: dict[tuple[int, str], int] = {}
    for found, key, state, changed in store.all(rows.where(_row.kind == DeliveryKind.STATEMENT)):
        named = _KEY.match(key)
        if named is None:
            continue
        account = int(named[1]), named[2]
        if state in SENT:
            sent[account] = max(changed, sent.get(account, changed))
        elif state in OPEN:
            queued[account] = found
    return sent, queued
