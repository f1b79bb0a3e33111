"""Reminders whose sending a person has undone: they are not sent automatically again."""

from collections.abc import Collection

from facturier.models.books.status import DeliveryKind, State
from facturier.models.outbox.transitions import DeliveryEvent
from facturier.models.store import tables
from facturier.models.store.store import Store

_delivery, _journal = tables.Delivery, tables.Journal


def undone(store: Store, keys: Collection[str]) -> set[str]:
    """Return those of these keys of reminders whose sending a person has undone. A person must send them again."""
    wanted = [*keys]
    found = set()
    for start in range(0, len(wanted), 500):
        cancelled = (
            _delivery.select(_delivery.key, _journal.detail.part("reason"))
            .join(_journal, on=_journal.invoice_id == _delivery.invoice_id)
            .where(
                _delivery.kind == DeliveryKind.REMINDER,
                _delivery.state == State.CANCELLED,
                _delivery.key.in_(wanted[start : start + 500]),
                _journal.kind == DeliveryEvent.CANCELLED,
                _journal.detail.part("delivery") == _delivery.id.cast("TEXT"),
            )
        )
        # Cancelled with a reason means that the program did it, for example because the balance had changed.
        found |= {key for key, reason in store.all(cancelled) if reason is None}
    return found
