"""Undo a send, cancel a delivery whose sender was removed, and settle a delivery in doubt."""

from facturier.models.books.alerts import AlertKind, raise_alert
from facturier.models.outbox.changes.change_state import change_state
from facturier.models.outbox.changes.draft_again import make_draft_again
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.transitions import DeliveryEvent
from facturier.models.store.store import Store


def cancel_delivery(store: Store, delivery_id: int) -> bool:
    """Undo a send. Return whether the invoice is a draft again, which it is if nothing was ever handed to a sender.

    Raises LostClaim if it is too late to undo.
    """
    with store.writing():
        delivery = change_state(store, get_delivery(store, delivery_id), DeliveryEvent.CANCELLED)
        return make_draft_again(store, delivery_id, delivery.invoice_id)


def withdraw(store: Store, delivery_id: int, reason: str) -> None:
    """Cancel a delivery whose sender was removed, and raise an alert. Runs inside the caller's transaction."""
    delivery = change_state(store, get_delivery(store, delivery_id), DeliveryEvent.CANCELLED, reason=reason)
    raise_alert(
        store,
        AlertKind.FAILED,
        invoice_id=delivery.invoice_id,
        delivery_id=delivery_id,
        reason=reason,
        recipients=", ".join(delivery.envelope.to),
    )


def resolve_delivery(store: Store, delivery_id: int, *, sent: bool, reason: str) -> Delivery:
    """Record what a person found out about a delivery in doubt. Raises LostClaim if it is not in doubt."""
    with store.writing():
        fact = DeliveryEvent.SAID_SENT if sent else DeliveryEvent.SAID_NOT_SENT
        return change_state(store, get_delivery(store, delivery_id), fact, reason=reason)
