"""Change the state of a delivery. `facturier.models.outbox.transitions` lists the allowed changes.

Every change goes through `change_state`: a compare-and-swap on state, owner and epoch in one UPDATE, in the same
transaction as its journal entry and alert.
"""

from functools import cache
from typing import Any

from facturier.models.books.alerts import AlertKind, raise_alert, settle_alerts, settle_earlier
from facturier.models.books.journal import write_journal
from facturier.models.books.status import DeliveryKind, State
from facturier.models.errors import LostClaim
from facturier.models.outbox.composition import drop_composition
from facturier.models.outbox.deliveries import UNDER_WAY, get_delivery
from facturier.models.outbox.delivery import Claim, Delivery, notice_detail
from facturier.models.outbox.pauses import end_refused_pause
from facturier.models.outbox.transitions import TRANSITIONS, DeliveryEvent
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot, slots
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

ALERTS = {
    DeliveryEvent.REFUSED: AlertKind.FAILED,
    DeliveryEvent.LOST: AlertKind.IN_DOUBT,
    DeliveryEvent.BOUNCED: AlertKind.BOUNCED,
}
# Events that only the holder of the claim can report.
_BY_HOLDER = {
    DeliveryEvent.HANDED_OVER,
    DeliveryEvent.RELEASED,
    DeliveryEvent.DEFERRED,
    DeliveryEvent.REFUSED,
    DeliveryEvent.LOST,
}
_row = tables.Delivery


def change_state(
    store: Store, delivery: Delivery, fact: DeliveryEvent, changes: dict[str, Any] | None = None, /, **evidence: str
) -> Delivery:
    """Change the state together with other columns in one UPDATE. Raises LostClaim if the delivery has changed."""
    state = TRANSITIONS.get((delivery.state, fact))
    changes = {"state": state, "changed": store.clock(), **(changes or {})}
    if state not in (State.HANDING_OVER, State.IN_DOUBT):
        # Its address is a secret, so it is kept only while the server can still be asked about the delivery.
        changes["session"] = ""
    if fact in ALERTS:
        changes["problem"] = " ".join(filter(None, (evidence["reason"], evidence.get("todo"))))
    if state is None or not change_columns(store, delivery, changes, by_holder=fact in _BY_HOLDER):
        raise LostClaim(
            _("This delivery has changed in the meantime."),
            kept=_("Nothing was changed."),
            todo=_("Open the invoice to see what happened."),
        )
    evidence |= notice_detail(delivery)
    write_journal(store, fact, delivery.invoice_id, delivery=str(delivery.id), **evidence)
    if delivery.state in (State.IN_DOUBT, State.FAILED):
        for kind in (AlertKind.IN_DOUBT, AlertKind.FAILED):
            settle_alerts(store, kind, delivery_id=delivery.id)
    if delivery.state is State.FAILED:
        recipients = ", ".join(delivery.envelope.to)
        invoice_id = delivery.invoice_id
        raise_alert(
            store,
            AlertKind.LEFT_AFTER_ALL,
            invoice_id=invoice_id,
            delivery_id=delivery.id,
            recipients=recipients,
            **notice_detail(delivery),
        )
    if state is State.SENT:
        if delivery.kind is DeliveryKind.INVOICE:
            drop_composition(store, delivery.invoice_id)
        settle_earlier(store, delivery.invoice_id, delivery.id, delivery.kind)
    if fact in (DeliveryEvent.ACCEPTED, DeliveryEvent.PARTLY_ACCEPTED):
        end_refused_pause(store, delivery.envelope.sender)
    if fact in ALERTS:
        reason = evidence["reason"]
        raise_alert(
            store,
            ALERTS[fact],
            invoice_id=delivery.invoice_id,
            delivery_id=delivery.id,
            reason=reason,
            recipients=evidence.get("recipients") or ", ".join(delivery.envelope.to),
            **({"todo": evidence["todo"]} if evidence.get("todo") else {}),
            **notice_detail(delivery),
        )
    return get_delivery(store, delivery.id)


def change_columns(store: Store, delivery: Delivery, changes: dict[str, Any], *, by_holder: bool = True) -> bool:
    """Change columns of a delivery if its state and claim are still as in `delivery`. Return whether they were.

    The epoch increases with every claim. `by_holder` also compares the owner, so another program that changes the owner
    in the file stops the holder. A proof that the message was sent is recorded without this comparison.
    """
    compared = ("state", "owner", "epoch") if by_holder else ("state", "epoch")
    seen = {f"seen_{name}": getattr(delivery, name) for name in compared}
    return store.run(_update(tuple(changes), compared)(id=delivery.id, **seen, **changes)) > 0


@cache
def _update(columns: tuple[str, ...], compared: tuple[str, ...]) -> Prepared:
    fields = [getattr(_row, name) for name in columns]
    seen = [getattr(_row, name) == slot(getattr(_row, name), f"seen_{name}") for name in compared]
    return Prepared(lambda: _row.update(slots(*fields)).where(_row.id == slot(_row.id), *seen))


def claimed_delivery(store: Store, claim: Claim) -> Delivery:
    """Return the claimed delivery. Raises LostClaim if the claim is no longer valid."""
    delivery = get_delivery(store, claim.delivery_id)
    if delivery.state not in UNDER_WAY or delivery.owner != claim.owner or delivery.epoch != claim.epoch:
        raise LostClaim(_("Another Facturier process has taken over this delivery."))
    return delivery
