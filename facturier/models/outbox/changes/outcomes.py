"""Record what happened to a claimed delivery: the postman reports each step and each answer of the server."""

from datetime import datetime, timedelta

from facturier.models.books.alerts import AlertKind, raise_alert
from facturier.models.books.status import State
from facturier.models.errors import LostClaim
from facturier.models.outbox.changes.change_state import change_state, claimed_delivery
from facturier.models.outbox.changes.claims import LEASE
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Claim, Delivery
from facturier.models.outbox.transitions import DeliveryEvent
from facturier.models.outbox.unwanted import unwanted
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

# The interval between two questions about a lost answer grows with the time since the loss, within these limits.
ASK_SOONEST, ASK_LATEST = timedelta(minutes=1), timedelta(days=1)
_row = tables.Delivery


def hand_over(store: Store, claim: Claim, session: str) -> Delivery:
    """Record that the message may be sent from now on. Raises LostClaim.

    This must be committed before the first byte goes to the server. A reminder or receipt that is no longer wanted, for
    example because a payment was recorded, is cancelled instead.
    """
    with store.writing():
        delivery = claimed_delivery(store, claim)
        if delivery.lease is None or delivery.lease < store.clock():
            raise LostClaim(_("This took so long that another Facturier process may have taken over."))
        problem = unwanted(store, delivery)
        if not problem:
            changes = {"session": session, "lease": store.clock() + LEASE}
            return change_state(store, delivery, DeliveryEvent.HANDED_OVER, changes)
        released = change_state(store, delivery, DeliveryEvent.RELEASED, reason=problem)
        change_state(store, released, DeliveryEvent.CANCELLED, reason=problem)
    raise LostClaim(problem, kept=_("The email was not sent."))  # outside, so that the transaction is committed


def keep_proof(store: Store, claim: Claim, proof: str) -> None:
    """Store the server's id or reply for an accepted delivery whose row can no longer be read.

    The person who resolves the delivery is shown this proof.
    """
    with store.writing():
        store.run(_row.update(server_id=proof).where(_row.id == claim.delivery_id, _row.epoch == claim.epoch))


def accepted(store: Store, claim: Claim, server_id: str, reply: str = "", thread: str = "") -> Delivery:
    """Record that the server accepted the message. Raises LostClaim if that was already recorded.

    `thread` is the server's id of the conversation that it put the message into.

    An acceptance is proof, so it counts even if another postman has taken over the claim since.
    """
    with store.writing():
        delivery = get_delivery(store, claim.delivery_id)
        changes = {"server_id": server_id, "problem": "", "thread": thread}
        return change_state(store, delivery, DeliveryEvent.ACCEPTED, changes, server_id=server_id, reply=reply)


def partly_accepted(store: Store, claim: Claim, server_id: str, refused: dict[str, str]) -> Delivery:
    """Record that the server accepted the message for some recipients. `refused` maps the others to the replies.

    A refused To raises an alert. A refused Cc or Bcc is only noted in the journal. The acceptance is proof and raises
    LostClaim as in `accepted`.
    """
    with store.writing():
        delivery = get_delivery(store, claim.delivery_id)
        problem = "; ".join(f"{address}: {reply}" for address, reply in refused.items())
        envelope = delivery.envelope
        recipients = {"to": envelope.to, "cc": envelope.cc, "bcc": envelope.bcc, "refused": [*refused]}
        changes = {"server_id": server_id, "problem": problem, "recipients": recipients}
        if any(address in refused for address in envelope.to):
            raise_alert(
                store,
                AlertKind.PARTLY_SENT,
                invoice_id=delivery.invoice_id,
                delivery_id=delivery.id,
                recipients=", ".join(refused),
                reason=problem,
            )
        return change_state(
            store, delivery, DeliveryEvent.PARTLY_ACCEPTED, changes, server_id=server_id, reason=problem
        )


def put_back(store: Store, claim: Claim, problem: str, not_before: datetime, reply: str = "") -> Delivery:
    """Record that the message was not sent and may be tried again from `not_before`. Raises LostClaim."""
    with store.writing():
        delivery = claimed_delivery(store, claim)
        fact = DeliveryEvent.RELEASED if delivery.state is State.CLAIMED else DeliveryEvent.DEFERRED
        changes = {"problem": problem, "not_before": not_before}
        return change_state(store, delivery, fact, changes, reason=problem, reply=reply)


def refused(store: Store, claim: Claim, problem: str, reply: str = "", todo: str = "") -> Delivery:
    """Record that the message was refused and not sent. Raises LostClaim.

    An alert shows `problem`, and `todo`, which says how to fix it.
    """
    with store.writing():
        delivery = claimed_delivery(store, claim)
        return change_state(store, delivery, DeliveryEvent.REFUSED, reason=problem, reply=reply, todo=todo)


def lost(store: Store, claim: Claim, problem: str, reply: str = "") -> Delivery:
    """Record that the answer was lost, so it is unknown whether the message was sent. Raises LostClaim.

    An alert asks a person to find out.
    """
    with store.writing():
        delivery = claimed_delivery(store, claim)
        changes = {"lease": store.clock() + ASK_SOONEST}
        return change_state(store, delivery, DeliveryEvent.LOST, changes, reason=problem, reply=reply)


def ask_again(store: Store, delivery: Delivery) -> bool:
    """Return whether this postman may now ask the server what happened to a delivery in doubt.

    If so, no other postman asks until the new lease ends. The leases grow up to one day.
    """
    now = store.clock()
    if delivery.lease is None or delivery.lease > now:
        return False
    wait = min(max(now - delivery.changed, ASK_SOONEST), ASK_LATEST)
    with store.writing():
        asked = _row.update(lease=now + wait)
        unasked = asked.where(_row.id == delivery.id, _row.state == State.IN_DOUBT, _row.lease == delivery.lease)
        return store.run(unasked) > 0
