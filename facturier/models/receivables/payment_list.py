"""The list of all payments, and its search."""

import functools
import operator
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from peewee import Case, Value, fn

from facturier.models.books.status import PaymentKind
from facturier.models.errors import InputError
from facturier.models.listing.conditions import check_search
from facturier.models.payments.customer_payment import find_payments
from facturier.models.receivables.customer_payments import PaymentOf, rows_of
from facturier.models.store import sqlite, tables
from facturier.models.store.store import Store
from facturier.models.text.money import digits, parse_amount
from facturier.models.text.search_text import fold, sought

MOST = 1_000  # payments that are listed
_row, _part, _invoice, _customer = tables.CustomerPayment, tables.Payment, tables.Invoice, tables.Customer


class ListedPayment(NamedTuple):
    """`id` is that of the payment."""

    id: int
    payment: PaymentOf
    customer_id: int | None
    customer: str


def listed_payments(
    store: Store, text: str = "", limit: int = MOST, customer_id: int | None = None
) -> list[ListedPayment]:
    """Return what customers paid, or one of them, the latest first, deposits included.

    Each word of `text` is looked for in the customer, the method, the reference, the account, the note, the amount and
    the invoice numbers, as the list of invoices does it. Call it off the screen's thread: among a million payments it
    takes a second. Raises InputError if the text is too long.
    """
    check_search(text)
    words = [word for word in text.split() if fold(word).strip()]
    with store.reading():
        currencies = _currencies(store) if words else []
        found = [
            *_whole(store, words, currencies, limit, customer_id),
            *_parts(store, words, currencies, limit, customer_id),
        ]
    return sorted(found, key=lambda one: (str(one.payment.date), abs(one.id)), reverse=True)[:limit]


def _whole(
    store: Store, words: list[str], currencies: list[str], limit: int, customer_id: int | None
) -> list[ListedPayment]:
    of_number = _part.select(_part.customer_payment_id).join(_invoice, on=(_part.invoice_id == _invoice.id))
    conditions: list[Any] = [] if customer_id is None else [_row.customer_id == customer_id]
    for word in words:
        conditions.append(
            _row.customer_id.in_(_named(word))
            | _row.id.in_(of_number.where(_numbered(word), _part.customer_payment_id.is_null(False)))
            | _has_amount_or_text(_row, _row.currency, _row.note, word, currencies)
        )
    if conditions:
        # An expression instead of the column: through the index of the dates, reading all rows takes ten times as long.
        latest = fn.LOWER(_row.date).desc()
        matching = _row.select(_row.id).where(*conditions).order_by(latest, _row.id.desc()).limit(limit)
        conditions = [_row.id.in_([number for (number,) in store.all(matching)])]
    found = find_payments(store, *(conditions or [_row.id.is_null(False)]), limit=limit)
    names = _names(store, {payment.customer_id for payment in found if payment.customer_id is not None})
    return [
        ListedPayment(row.id, row, payment.customer_id, names.get(payment.customer_id or 0, ""))
        for row, payment in zip(rows_of(store, found), found, strict=True)
    ]


def _parts(
    store: Store, words: list[str], currencies: list[str], limit: int, customer_id: int | None
) -> list[ListedPayment]:
    """Return deposits, and payments of earlier versions, which are of one invoice."""
    query = (
        _part.select(
            *(_part.id, _part.invoice_id, fn.COALESCE(_invoice.number, ""), _part.date, _part.amount),
            *(_invoice.currency, _part.method, _part.kind, _part.reference, _invoice.customer_id, _invoice.customer),
        )
        .join(_invoice, on=(_part.invoice_id == _invoice.id))
        .where(_part.customer_payment_id.is_null(), _part.kind << (PaymentKind.PAYMENT, PaymentKind.DEPOSIT))
        .order_by(_part.date.desc(), _part.id.desc())
        .limit(limit)
    )
    if customer_id is not None:
        query = query.where(_invoice.customer_id == customer_id)
    for word in words:
        query = query.where(
            _invoice.customer_id.in_(_named(word))
            | sqlite.contains(_invoice.sorted, fold(word))  # the name on the invoice, which is the one in the list
            | _numbered(word)
            | _has_amount_or_text(_part, _invoice.currency, "", word, currencies)
        )
    return [
        ListedPayment(-number, PaymentOf(-number, *payment), customer_id, customer)
        for number, *payment, customer_id, customer in store.all(query)
    ]


def _currencies(store: Store) -> list[str]:
    """Return the currencies of all payments, and possibly others."""
    found = {code for (code,) in store.all(_row.select(_row.currency).distinct())}
    return sorted(found.union(code for (code,) in store.all(tables.Tally.select(tables.Tally.currency).distinct())))


def _has_amount_or_text(table: Any, currency: Any, note: Any, word: str, currencies: Sequence[str]) -> Any:
    """Return the condition that a payment has a word in its texts or its amount, or is of the amount that was typed, in
    one of the currencies."""
    parts = (table.method, table.reference, table.account, note)
    amount = _amount(table.amount, currency, currencies)
    condition = functools.reduce(operator.and_, (_contains_any(parts, amount, forms) for forms in sought(word)))
    for code in currencies:
        try:
            minor = abs(parse_amount(word, code))
        except InputError:
            continue
        condition = (currency == code) & (table.amount << (minor, -minor)) | condition
    return condition


def _spaced(parts: Iterable[Any]) -> Any:
    """Return texts as one, with a space before each word."""
    together: Any = Value("")
    for part in parts:
        together = together.concat(" ").concat(part)
    return fn.replace(together, "\n", " ")  # notes have several lines


def _amount(minor: Any, currency: Any, currencies: Sequence[str]) -> Any:
    """Return an amount as decimal text, with a space before it."""
    text = sqlite.decimal_text(minor, 2)
    if others := [code for code in currencies if digits(code) != 2]:
        text = Case(currency, [(code, sqlite.decimal_text(minor, digits(code))) for code in others], text)
    return Value(" ").concat(text)


def _contains_any(parts: Sequence[Any], amount: Any, forms: Sequence[str]) -> Any:
    """Return the condition that a payment has one of the forms from `sought`."""
    conditions = []
    # A short word is found at the start of a word. One space precedes it here, not two as in the index of the invoices.
    for form in dict.fromkeys(f" {form.lstrip()}" if form.startswith(" ") else form for form in forms):
        # To fold each text takes long, and so do the amounts: only where it makes a difference.
        letters = any(letter.isalpha() for letter in form)
        conditions.append(sqlite.contains(_spaced(map(sqlite.folded, parts) if letters else parts), form))
        if not letters:
            conditions.append(sqlite.contains(amount, form))
    return functools.reduce(operator.or_, conditions)


def _numbered(word: str) -> Any:
    return _invoice.number << (word, word.upper())


def _named(word: str) -> Any:
    return _customer.select(_customer.id).where(sqlite.contains(_customer.folded, fold(word)))


def _names(store: Store, ids: set[int]) -> dict[int, str]:
    known, names = sorted(ids), {}
    for start in range(0, len(known), 500):
        found = _customer.select(_customer.id, _customer.name).where(_customer.id.in_(known[start : start + 500]))
        names.update(dict(store.all(found)))
    return names
