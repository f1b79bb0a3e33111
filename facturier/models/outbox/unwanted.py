"""Why a queued reminder, receipt or statement must not be sent any more.

The transactions that queue, claim and hand over a notice ask here, so a payment that is recorded a second before stops
a reminder.
"""

import re

from facturier.models.books.reminder_rules import reminder_problem
from facturier.models.books.status import DeliveryKind, State
from facturier.models.errors import DamagedRow
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.reminder_keys import highest, read_key
from facturier.models.store import sqlite, tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.money import Money

RECEIPT_KEY = "receipt:{id}"
_RECEIPT = re.compile(r"receipt:([1-9]\d{0,17})(?=:|$)")


def unwanted(store: Store, delivery: Delivery) -> str:
    """Return the reason as a sentence, or an empty text if the delivery may be sent.

    What cannot be checked because a row is damaged is not sent, and does not block the outbox.
    """
    try:
        return unwanted_notice(store, delivery.kind, delivery.invoice_id, delivery.key, delivery.stated)
    except DamagedRow as error:
        store.note(error)
        return str(error)


def unwanted_notice(store: Store, kind: DeliveryKind, invoice_id: int, key: str | None, stated: int | None) -> str:
    """Return why a notice with this key, which states this amount, must not be sent, or an empty text."""
    if kind is DeliveryKind.REMINDER:
        return reminder_problem(store, invoice_id, stated) or _level_problem(store, invoice_id, key)
    if kind is DeliveryKind.RECEIPT:
        return _receipt_problem(store, key or "", stated)
    return ""


def _level_problem(store: Store, invoice_id: int, key: str | None) -> str:
    """Return why the level of a reminder must not be sent: for each due date, the levels only go up."""
    own = read_key(key)
    if own is None:
        return ""
    if store.value(_due(id=invoice_id)) != own.due:
        return _("The due date has changed since this reminder was written.")
    used = highest((other for _id, other in store.all(_reminders(invoice_id=invoice_id))), own.due)
    if used is not None and used > own.days:
        return _("A reminder of a higher level was already queued or sent for this invoice.")
    return ""


def _receipt_problem(store: Store, key: str, stated: int | None) -> str:
    named = _RECEIPT.match(key)
    found = store.first(_payment(id=int(named[1]))) if named is not None else None
    if found is None:
        return _("This payment was removed.")
    _id, amount, currency = found
    if amount != stated:
        return _("The payment was changed. It is {amount} now.").format(amount=Money(amount, currency).plain())
    return ""


_due = Prepared(lambda: tables.Invoice.select(tables.Invoice.due).where(tables.Invoice.id == slot(tables.Invoice.id)))
_delivery = tables.Delivery
_reminders = Prepared(
    lambda: _delivery.select(_delivery.id, _delivery.key).where(
        _delivery.invoice_id == slot(_delivery.invoice_id),
        _delivery.kind == sqlite.literal(DeliveryKind.REMINDER),
        _delivery.state != sqlite.literal(State.CANCELLED),
        _delivery.key.is_null(False),
    )
)
_row = tables.CustomerPayment
_payment = Prepared(lambda: _row.select(_row.id, _row.amount, _row.currency).where(_row.id == slot(_row.id)))
