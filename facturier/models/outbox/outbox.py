"""Claim deliveries and change their state. `facturier.models.outbox.queue` adds deliveries to the outbox.

Every change of state goes through `_move`: a compare-and-swap on state, owner and epoch in one UPDATE, in the same
transaction as its journal entry and alert. `facturier.models.outbox.transitions` lists the allowed changes.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from facturier.models.books.alerts import AlertKind, raise_alert, settle_alerts, settle_earlier
from facturier.models.books.journal import write_journal
from facturier.models.books.sent import SENT
from facturier.models.books.status import DeliveryKind, State
from facturier.models.errors import AlreadyBounced, DamagedRow, LostClaim, NoSuchInvoice
from facturier.models.outbox.bounces import add_bounce, not_reached_before, only_copies
from facturier.models.outbox.composition import drop_composition
from facturier.models.outbox.deliveries import UNDER_WAY, get_delivery
from facturier.models.outbox.delivery import Claim, Delivery, SenderKind, notice_detail
from facturier.models.outbox.draft_again import make_draft_again
from facturier.models.outbox.pauses import end_refused_pause
from facturier.models.outbox.schedule import Due, first_due
from facturier.models.outbox.transitions import TRANSITIONS, DeliveryEvent
from facturier.models.outbox.unwanted import unwanted
from facturier.models.store import sqlite, tables
from facturier.models.store.prepared import Prepared, slot, slots
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

# one machine: lease times are compared with this machine’s clock, so the clocks of all processes must agree.
LEASE = timedelta(minutes=5)
# The interval between two questions about a lost answer grows with the time since the loss, within these limits.
ASK_SOONEST, ASK_LATEST = timedelta(minutes=1), timedelta(days=1)

_ALERTS = {
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


def claim_next(store: Store, owner: str, sender_kinds: tuple[SenderKind, ...] = tuple(SenderKind)) -> Delivery | None:
    """Claim the next delivery that may be sent now through one of `sender_kinds`. Return None if there is none.

    A delivery may be sent once its time has come, unless its sender is paused or its connection has ended. Gmail's rate
    limit applies to all windows together. If nothing is due, this takes no lock.
    """
    if _first_now(store, sender_kinds) is None:
        return None
    with store.writing():
        due = _first_now(store, sender_kinds)
        if due is None:
            return None
        delivery_id = store.value(_next_of(way=due.sender_kind, sender=due.raw))
        assert delivery_id is not None
        try:
            delivery = get_delivery(store, delivery_id)
        except (DamagedRow, NoSuchInvoice) as error:
            _give_up(store, delivery_id, str(error))
        else:
            if problem := unwanted(store, delivery):
                _move(store, delivery, DeliveryEvent.CANCELLED, reason=problem)
                return claim_next(store, owner, sender_kinds)
            claim = {"owner": owner, "epoch": delivery.epoch + 1, "lease": store.clock() + LEASE}
            return _move(store, delivery, DeliveryEvent.CLAIMED, {**claim, "attempts": delivery.attempts + 1})
    return claim_next(store, owner, sender_kinds)


_next_of = Prepared(
    lambda: (
        _row.select(_row.id)
        .where(
            _row.state == sqlite.literal(State.QUEUED),
            _row.way == slot(_row.way),
            _row.sender == sqlite.from_raw(slot(_row.sender)),
        )
        .order_by(_row.not_before, _row.id)
        .limit(sqlite.literal(1))
    )
)


def give_up_damaged(store: Store) -> None:
    """Stop the deliveries that were claimed but can no longer be read, and raise an alert for each.

    A delivery that was being prepared was not sent. One that was being handed over may have been sent.
    """
    if all(_is_readable(store, id_) for id_, _state in store.all(_held())):
        return
    with store.writing():
        for id_, state in store.all(_held()):
            try:
                get_delivery(store, id_)
            except (DamagedRow, NoSuchInvoice) as error:
                _give_up(store, id_, str(error), may_have_left=state is State.HANDING_OVER)


_held = Prepared(lambda: _row.select(_row.id, _row.state).where(sqlite.one_of(_row.state, UNDER_WAY)))


def _is_readable(store: Store, delivery_id: int) -> bool:
    try:
        get_delivery(store, delivery_id)
    except (DamagedRow, NoSuchInvoice):
        return False
    return True


def _give_up(store: Store, delivery_id: int, reason: str, *, may_have_left: bool = False) -> None:
    """Stop a delivery whose row cannot be read, so that it does not block the others. Inside the caller's
    transaction."""
    state, fact = (State.IN_DOUBT, DeliveryEvent.LOST) if may_have_left else (State.FAILED, DeliveryEvent.REFUSED)
    proof = None
    with suppress(DamagedRow):
        proof = store.value(_row.select(_row.server_id).where(_row.id == delivery_id))
    if may_have_left and proof:
        reason = _("{reason} The server had accepted the message: {proof}").format(reason=reason, proof=proof)
    invoice = tables.Invoice
    given_up = _row.update(state=state, changed=store.clock(), problem=reason)
    store.run(given_up.where(_row.id == delivery_id))
    its_invoice = invoice.select(invoice.id).join(_row, on=_row.invoice_id == invoice.id)
    invoice_id = store.value(its_invoice.where(_row.id == delivery_id))
    raise_alert(store, _ALERTS[fact], invoice_id=invoice_id, delivery_id=delivery_id, reason=reason)
    write_journal(store, fact, invoice_id, delivery=str(delivery_id), reason=reason)


def hold_claim(store: Store, claim: Claim) -> None:
    """Extend the lease while the work continues. Raises LostClaim."""
    with store.writing():
        _change(store, _owned(store, claim), {"lease": store.clock() + LEASE})


def hand_over(store: Store, claim: Claim, session: str) -> Delivery:
    """Record that the message may be sent from now on. Raises LostClaim.

    This must be committed before the first byte goes to the server. A reminder or receipt that is no longer wanted, for
    example because a payment was recorded, is cancelled instead.
    """
    with store.writing():
        delivery = _owned(store, claim)
        if delivery.lease is None or delivery.lease < store.clock():
            raise LostClaim(_("This took so long that another Facturier process may have taken over."))
        problem = unwanted(store, delivery)
        if problem:  # committed before the error is raised
            released = _move(store, delivery, DeliveryEvent.RELEASED, reason=problem)
            _move(store, released, DeliveryEvent.CANCELLED, reason=problem)
        changes = {"session": session, "lease": store.clock() + LEASE}
        if not problem:
            return _move(store, delivery, DeliveryEvent.HANDED_OVER, changes)
    raise LostClaim(problem, kept=_("The email was not sent."))


def keep_proof(store: Store, claim: Claim, proof: str) -> None:
    """Store the server's id or reply for an accepted delivery whose row can no longer be read.

    The person who resolves the delivery is shown this proof.
    """
    with store.writing():
        store.run(_row.update(server_id=proof).where(_row.id == claim.delivery_id, _row.epoch == claim.epoch))


def accepted(store: Store, claim: Claim, server_id: str, reply: str = "") -> Delivery:
    """Record that the server accepted the message. Raises LostClaim if that was already recorded.

    An acceptance is proof, so it counts even if another postman has taken over the claim since.
    """
    with store.writing():
        delivery = get_delivery(store, claim.delivery_id)
        changes = {"server_id": server_id, "problem": ""}
        return _move(store, delivery, DeliveryEvent.ACCEPTED, changes, server_id=server_id, reply=reply)


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
        return _move(store, delivery, DeliveryEvent.PARTLY_ACCEPTED, changes, server_id=server_id, reason=problem)


def put_back(store: Store, claim: Claim, problem: str, not_before: datetime, reply: str = "") -> Delivery:
    """Record that the message was not sent and may be tried again from `not_before`. Raises LostClaim."""
    with store.writing():
        delivery = _owned(store, claim)
        fact = DeliveryEvent.RELEASED if delivery.state is State.CLAIMED else DeliveryEvent.DEFERRED
        changes = {"problem": problem, "not_before": not_before}
        return _move(store, delivery, fact, changes, reason=problem, reply=reply)


def refused(store: Store, claim: Claim, problem: str, reply: str = "", todo: str = "") -> Delivery:
    """Record that the message was refused and not sent. Raises LostClaim.

    An alert shows `problem`, and `todo`, which says how to fix it.
    """
    with store.writing():
        delivery = _owned(store, claim)
        return _move(store, delivery, DeliveryEvent.REFUSED, reason=problem, reply=reply, todo=todo)


def lost(store: Store, claim: Claim, problem: str, reply: str = "") -> Delivery:
    """Record that the answer was lost, so it is unknown whether the message was sent. Raises LostClaim.

    An alert asks a person to find out.
    """
    with store.writing():
        delivery = _owned(store, claim)
        changes = {"lease": store.clock() + ASK_SOONEST}
        return _move(store, delivery, DeliveryEvent.LOST, changes, reason=problem, reply=reply)


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


def take_over(store: Store, delivery: Delivery, owner: str) -> Claim:
    """Take an unfinished delivery over from a postman that has ended.

    Raises LostClaim if another postman was faster, or if the delivery has changed since `delivery` was read: the
    previous owner may have sent it in the meantime.
    """
    with store.writing():
        claim = {"owner": owner, "epoch": delivery.epoch + 1, "lease": store.clock() + LEASE}
        if delivery.state not in UNDER_WAY or not _change(store, delivery, claim):
            raise LostClaim(_("Another Facturier process has taken over this delivery."))
        write_journal(store, "taken_over", delivery.invoice_id, owner=delivery.owner)
        return Claim(delivery.id, owner, delivery.epoch + 1)


def cancel_delivery(store: Store, delivery_id: int) -> bool:
    """Undo a send. Return whether the invoice is a draft again, which it is if nothing was ever handed to a sender.

    Raises LostClaim if it is too late to undo.
    """
    with store.writing():
        delivery = _move(store, get_delivery(store, delivery_id), DeliveryEvent.CANCELLED)
        return make_draft_again(store, delivery_id, delivery.invoice_id)


def withdraw(store: Store, delivery_id: int, reason: str) -> None:
    """Cancel a delivery whose sender was removed, and raise an alert. Runs inside the caller's transaction."""
    delivery = _move(store, get_delivery(store, delivery_id), DeliveryEvent.CANCELLED, reason=reason)
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
        return _move(store, get_delivery(store, delivery_id), fact, reason=reason)


def report_bounce(store: Store, delivery_id: int, recipients: dict[str, str]) -> Delivery:
    """Record which `recipients` the message did not reach, each with the reason.

    A bounce proves that the message was sent. A later bounce of the same message adds its addresses. If only a Cc or
    Bcc was not reached, the customer has the message, so it is only noted in the journal. Raises AlreadyBounced if
    nothing is new, and LostClaim if the delivery was neither sent nor in doubt.
    """
    with store.writing():
        delivery = get_delivery(store, delivery_id)
        known = not_reached_before(store, delivery)
        news = {address: why for address, why in recipients.items() if address.casefold() not in known}
        if recipients and not news:
            raise AlreadyBounced(
                _("This bounce is already recorded: invoice {number} did not reach {addresses}.").format(
                    number=delivery.number, addresses=", ".join(recipients)
                ),
                kept=_("Nothing was changed."),
            )
        told = {
            "reason": "; ".join(f"{address}: {why}" if why else address for address, why in news.items()),
            "recipients": ", ".join(news),
        }
        if delivery.state is State.IN_DOUBT:
            delivery = resolve_delivery(store, delivery_id, sent=True, reason=_("It bounced, so it had been sent."))
        left = delivery.state in SENT
        if left and only_copies(delivery, news):
            write_journal(store, "copy_bounced", delivery.invoice_id, delivery=str(delivery_id), **told)
            return delivery
        if delivery.state is State.BOUNCED:
            return add_bounce(store, delivery, told)
        return _move(store, delivery, DeliveryEvent.BOUNCED, **told)


def _owned(store: Store, claim: Claim) -> Delivery:
    """Return the claimed delivery. Raises LostClaim if the claim is no longer valid."""
    delivery = get_delivery(store, claim.delivery_id)
    if delivery.state not in UNDER_WAY or delivery.owner != claim.owner or delivery.epoch != claim.epoch:
        raise LostClaim(_("Another Facturier process has taken over this delivery."))
    return delivery


def _first_now(store: Store, sender_kinds: tuple[SenderKind, ...]) -> Due | None:
    due = first_due(store, sender_kinds)
    return due if due is not None and due.at <= store.now() else None


@cache
def _update(columns: tuple[str, ...], compared: tuple[str, ...]) -> Prepared:
    fields = [getattr(_row, name) for name in columns]
    seen = [getattr(_row, name) == slot(getattr(_row, name), f"seen_{name}") for name in compared]
    return Prepared(lambda: _row.update(slots(*fields)).where(_row.id == slot(_row.id), *seen))


def _change(store: Store, delivery: Delivery, changes: dict[str, Any], *, by_holder: bool = True) -> bool:
    """Change columns of a delivery if its state and claim are still as in `delivery`. Return whether they were.

    The epoch increases with every claim. `by_holder` also compares the owner, so another program that changes the owner
    in the file stops the holder. A proof that the message was sent is recorded without this comparison.
    """
    compared = ("state", "owner", "epoch") if by_holder else ("state", "epoch")
    seen = {f"seen_{name}": getattr(delivery, name) for name in compared}
    return store.run(_update(tuple(changes), compared)(id=delivery.id, **seen, **changes)) > 0


def _move(
    store: Store, delivery: Delivery, fact: DeliveryEvent, changes: dict[str, Any] | None = None, /, **evidence: str
) -> Delivery:
    """Change the state together with other columns in one UPDATE. Raises LostClaim if the delivery has changed."""
    state = TRANSITIONS.get((delivery.state, fact))
    changes = {"state": state, "changed": store.clock(), **(changes or {})}
    if state not in (State.HANDING_OVER, State.IN_DOUBT):
        # Its address is a secret, so it is kept only while the server can still be asked about the delivery.
        changes["session"] = ""
    if fact in _ALERTS:
        changes["problem"] = " ".join(filter(None, (evidence["reason"], evidence.get("todo"))))
    if state is None or not _change(store, delivery, changes, by_holder=fact in _BY_HOLDER):
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
    if fact in _ALERTS:
        reason = evidence["reason"]
        raise_alert(
            store,
            _ALERTS[fact],
            invoice_id=delivery.invoice_id,
            delivery_id=delivery.id,
            reason=reason,
            recipients=evidence.get("recipients") or ", ".join(delivery.envelope.to),
            **({"todo": evidence["todo"]} if evidence.get("todo") else {}),
            **notice_detail(delivery),
        )
    return get_delivery(store, delivery.id)
