"""Undo a send, cancel a delivery whose sender was removed, and settle a delivery in doubt."""

from facturier.models.books.alerts import AlertKind, raise_alert
from facturier.models.errors import NoSuchInvoice
from facturier.models.outbox.changes.change_state import change_state
from facturier.models.outbox.changes.draft_again import make_draft_again
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.transitions import DeliveryEvent
from facturier.models.store.store import Store
from facturier.models.text.i18n import _


def cancel_delivery(store: Store, delivery_id: int, invoice_id: int | None = None) -> bool:
    """Undo a send. Return whether the invoice is a draft again, which it is if nothing was ever handed to a sender.

    `invoice_id` is the invoice that the caller saw: SQLite may give the id of a delivery again whose draft was deleted.
    Raises NoSuchInvoice if there is no such delivery any more, and LostClaim if it is too late to undo.
    """
    with store.writing():
        found = get_delivery(store, delivery_id)
        if invoice_id not in (None, found.invoice_id):
            raise NoSuchInvoice(_("This draft was deleted in another window."), kept=_("Nothing was changed."))
        delivery = change_state(store, found, DeliveryEvent.CANCELLED)
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
