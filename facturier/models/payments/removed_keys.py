"""The keys of payments that a person has removed. They stay used, so that a script that repeats its call does not book
the payment again."""

from datetime import date, datetime
from typing import NamedTuple

from facturier.models.errors import StoreError
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.dates.dates import day_text
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money

_row = tables.RemovedPayment


class Removed(NamedTuple):
    """A payment that was removed. `amount` is in minor units."""

    key: str
    date: date
    currency: str
    amount: int
    removed: datetime


class PaymentRemoved(StoreError):
    """The key belongs to a payment that was removed."""

    def __init__(self, payment: Removed) -> None:
        super().__init__(
            _("The payment with the key “{key}” was removed on {day}: {amount} on {date}.").format(
                key=payment.key,
                day=day_text(payment.removed.astimezone().date(), spoken()),
                amount=Money(payment.amount, payment.currency).plain(),
                date=day_text(payment.date, spoken()),
            ),
            kept=_("It was not recorded again."),
            todo=_("To record it anyway, use another key."),
        )
        self.payment = payment


def check_key(store: Store, key: str) -> None:
    """Raises PaymentRemoved if the key belongs to a payment that was removed."""
    columns = (_row.key, _row.date, _row.currency, _row.amount, _row.removed)
    found = store.first(_row.select(*columns).where(_row.key == key))
    if found is not None:
        raise PaymentRemoved(Removed(*found))


def keep_key(store: Store, key: str, day: date, amount: Money) -> None:
    """Keep the key of a payment that is removed, inside the caller's transaction."""
    store.run(_row.insert(key=key, date=day, currency=amount.currency, amount=amount.minor, removed=store.clock()))


def free_key(store: Store, key: str) -> None:
    """Let a payment have its key again, because a person undoes its removal. Inside the caller's transaction."""
    store.run(_row.delete().where(_row.key == key))
