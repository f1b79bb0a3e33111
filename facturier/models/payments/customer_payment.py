"""What a customer paid at once: its parts on invoices, and the rest, which is the customer's credit.

A part reduces the balance of its invoice and never exceeds it. What is not allocated counts against what the customer
owes (`facturier.models.customers.figures`). A negative payment is a refund of credit, or of what was paid for invoices.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from facturier.models.books.invoice import Payment
from facturier.models.errors import StoreError
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_part, _row = tables.Payment, tables.CustomerPayment


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPayment:
    """What a customer paid at once, or got back if `amount` is negative; amounts in minor units.

    `parts` are its payments of invoices. `account` is where the money was deposited. `key` was given by a script.
    """

    id: int = 0
    customer_id: int | None = None
    date: date
    currency: str
    amount: int
    method: str = ""
    reference: str = ""
    account: str = ""
    note: str = ""
    key: str | None = None
    parts: tuple[Payment, ...] = ()

    @property
    def allocated(self) -> int:
        return sum(part.amount for part in self.parts)

    @property
    def rest(self) -> int:
        """What is not allocated: the customer's credit."""
        return self.amount - self.allocated

    @property
    def allocation(self) -> dict[int, int]:
        """The amount on each invoice, by its id."""
        amounts: dict[int, int] = {}
        for part in self.parts:
            amounts[part.invoice_id] = amounts.get(part.invoice_id, 0) + part.amount
        return amounts


def payment_with_key(store: Store, key: str) -> CustomerPayment | None:
    found = store.value(_row.select(_row.id).where(_row.key == key))
    return None if found is None else get_payment(store, found)


def get_payment(store: Store, payment_id: int) -> CustomerPayment:
    """Raises StoreError if the payment is gone."""
    found = store.first(_payments().where(_row.id == payment_id))
    if found is None:
        raise StoreError(
            _("This payment no longer exists."),
            kept=_("Nothing was changed."),
            todo=_("Someone else may have removed it. Check the invoice."),
        )
    return with_parts(store, [found])[0]


def with_parts(store: Store, payments: Sequence[CustomerPayment]) -> list[CustomerPayment]:
    """Return the payments with their parts."""
    parts: dict[int, list[Payment]] = {}
    ids = [payment.id for payment in payments]
    for start in range(0, len(ids), 500):
        some = _part.customer_payment_id.in_(ids[start : start + 500])
        for part in store.all(parts_query().where(some).order_by(_part.id)):
            parts.setdefault(part.customer_payment_id, []).append(part)
    return [replace(payment, parts=tuple(parts.get(payment.id, ()))) for payment in payments]


def _payments() -> Any:
    return _row.select(
        *(_row.id, _row.customer_id, _row.date, _row.currency, _row.amount, _row.method, _row.reference),
        *(_row.account, _row.note, _row.key),
    ).objects(CustomerPayment)


def parts_query() -> Any:
    """Select payments of invoices as `Payment`."""
    return _part.select(
        *(_part.id, _part.invoice_id, _part.date, _part.amount, _part.method, _part.kind),
        *(_part.reference, _part.account, _part.other_id, _part.customer_payment_id),
    ).objects(Payment)


def find_payments(store: Store, *conditions: Any, limit: int) -> list[CustomerPayment]:
    """Return payments with their parts, the latest first."""
    query = _payments().where(*conditions).order_by(_row.date.desc(), _row.id.desc()).limit(limit)
    return with_parts(store, store.all(query))
