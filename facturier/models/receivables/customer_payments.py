"""Lists of what customers paid."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from peewee import fn

from facturier.models.books.invoice import Payment
from facturier.models.books.status import PaymentKind
from facturier.models.payments.customer_payment import CustomerPayment, find_payments, get_payment
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.money import Money

_row, _part, _invoice = tables.CustomerPayment, tables.Payment, tables.Invoice
_MOST = 1_000  # payments that are shown, and whose methods are suggested
_SUGGESTED = 50


class PaymentOf(NamedTuple):
    """A row of the payments of a customer: one payment with the invoices that it paid, or a credit or write-off.

    `id` is the id of a customer payment, or below zero that of a payment of one invoice. `numbers` are the invoices.
    `rest` is what is not allocated. Amounts are in minor units.
    """

    id: int
    invoice_id: int | None
    numbers: str
    date: date
    amount: int
    currency: str
    method: str
    kind: PaymentKind
    reference: str
    rest: int = 0


def payments_of_customer(store: Store, customer_id: int, limit: int = _MOST) -> list[PaymentOf]:
    """Return the payments of a customer, the latest first, with the credits and write-offs of their invoices."""
    with store.reading():
        whole = find_payments(store, _row.customer_id == customer_id, limit=limit)
        found = rows_of(store, whole)
        others = (
            _part.select(
                *(_part.id, _part.invoice_id, fn.COALESCE(_invoice.number, "").alias("numbers"), _part.date),
                *(_part.amount, _invoice.currency, _part.method, _part.kind, _part.reference),
            )
            .join(_invoice, on=(_part.invoice_id == _invoice.id))
            .where(_invoice.customer_id == customer_id, _part.customer_payment_id.is_null())
            .order_by(_part.date.desc(), _part.id.desc())
            .limit(limit)
        )
        found += [one._replace(id=-one.id) for one in store.all(others.objects(PaymentOf))]
    return sorted(found, key=lambda one: (str(one.date), abs(one.id)), reverse=True)[:limit]


def rows_of(store: Store, payments: Sequence[CustomerPayment]) -> list[PaymentOf]:
    """Return payments as rows of a list."""
    numbers = numbers_of(store, {part.invoice_id for payment in payments for part in payment.parts})
    return [
        PaymentOf(
            payment.id,
            next((part.invoice_id for part in payment.parts), None),
            ", ".join(numbers.get(invoice_id, "") for invoice_id in payment.allocation),
            *(payment.date, payment.amount, payment.currency, payment.method, PaymentKind.PAYMENT),
            payment.reference,
            payment.rest,
        )
        for payment in payments
    ]


def all_payments(store: Store, limit: int = _MOST, customer_id: int | None = None) -> list[CustomerPayment]:
    """Return what customers paid, the latest first, or what one of them paid."""
    whose = _row.id.is_null(False) if customer_id is None else _row.customer_id == customer_id
    return find_payments(store, whose, limit=limit)


def numbers_of(store: Store, invoice_ids: set[int]) -> dict[int, str]:
    """Return the numbers of invoices by their ids."""
    ids, numbers = sorted(invoice_ids), {}
    for start in range(0, len(ids), 500):
        found = _invoice.select(_invoice.id, fn.COALESCE(_invoice.number, ""))
        numbers.update(dict(store.all(found.where(_invoice.id.in_(ids[start : start + 500])))))
    return numbers


def whole_payment_of(store: Store, part: Payment) -> CustomerPayment | None:
    """Return the payment that this is a part of, or None for credits, write-offs and payments of earlier versions."""
    return None if part.customer_payment_id is None else get_payment(store, part.customer_payment_id)


def used_before(store: Store, column: str) -> list[str]:
    """Return the methods (`method`) or accounts (`account`) of the latest payments, the most frequent first."""
    field, newest = getattr(_part, column), tables.Payment.alias()
    recent = _part.id > newest.select(fn.COALESCE(fn.MAX(newest.id), 0) - _MOST)
    found = _part.select(field, fn.COUNT(1)).where(recent, field != "").group_by(field)
    return [text for text, _count in store.all(found.order_by(fn.COUNT(1).desc(), field).limit(_SUGGESTED))]


def last_used(store: Store) -> tuple[str, str]:
    """Return the method and the account of the payment that was recorded last, or empty strings: several payments of
    one bank statement are often recorded together."""
    found = store.all(_row.select(_row.method, _row.account).order_by(_row.id.desc()).limit(1))
    return (str(found[0][0]), str(found[0][1])) if found else ("", "")


def payment_object(payment: CustomerPayment, numbers: Mapping[int, str]) -> dict[str, object]:
    """Return a payment as it is written for programs."""
    return {
        "id": payment.id,
        "customer_id": payment.customer_id,
        "date": payment.date.isoformat(),
        "currency": payment.currency,
        "amount": payment.amount,
        "amount_text": Money(payment.amount, payment.currency).plain(),
        "method": payment.method,
        "reference": payment.reference,
        "account": payment.account,
        "note": payment.note,
        "key": payment.key,
        "invoices": [
            {"id": invoice_id, "number": numbers.get(invoice_id, ""), "amount": amount}
            for invoice_id, amount in payment.allocation.items()
        ],
        "credit": payment.rest,
    }
