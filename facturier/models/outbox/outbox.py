"""The outbox: claiming a delivery, and every change of its state. `facturier.models.outbox.queue` puts one in.

All of it goes through `_move`, a compare-and-swap on state, owner and epoch in one transaction with its journal entry
and alert. `facturier.models.outbox.transitions` says which moves there are.
"""

import json
from datetime import datetime, timedelta

from facturier.models.books.alerts import AlertKind, raise_alert, settle_alerts, settle_earlier
from facturier.models.books.journal import write_journal
from facturier.models.books.sent import SENT
from facturier.models.books.status import State
from facturier.models.errors import AlreadyBounced, DamagedRow, LostClaim, NoSuchInvoice
from facturier.models.outbox.bounces import add_bounce, not_reached_before, only_copies
from facturier.models.outbox.composition import drop_composition
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Claim, Delivery, SenderKind
from facturier.models.outbox.pauses import end_refused_pause
from facturier.models.outbox.schedule import Due, first_due
from facturier.models.outbox.transitions import TRANSITIONS, DeliveryEvent
from facturier.models.store.store import Store, instant
from facturier.models.text.i18n import _

LEASE = timedelta(minutes=5)
# A lost answer is asked for again after as long as it has been lost, between these two.
ASK_SOONEST, ASK_LATEST = timedelta(minutes=1), timedelta(days=1)

_ALERTS = {
    DeliveryEvent.REFUSED: AlertKind.FAILED,
    DeliveryEvent.LOST: AlertKind.IN_DOUBT,
    DeliveryEvent.BOUNCED: AlertKind.BOUNCED,
}


def claim_next(store: Store, owner: str, sender_kinds: tuple[SenderKind, ...] = tuple(SenderKind)) -> Delivery | None:
    """Take the next delivery that may go now by one of `ways`: not before its time, its sender not paused, its
    connection alive, and never faster than Gmail allows, whoever sends. A look at nothing to do takes no lock."""
    if _first_now(store, sender_kinds) is None:
        return None
    with store.writing():
        due = _first_now(store, sender_kinds)
        if due is None:
            return None
        row = store.row(
            "SELECT id FROM delivery WHERE state = 'queued' AND way = ? AND sender = CAST(? AS TEXT)"
            " ORDER BY not_before, id LIMIT 1",
            due.sender_kind,
            due.raw,
        )
        assert row is not None
        try:
            get_delivery(store, row[0])
        except (DamagedRow, NoSuchInvoice) as error:
            _give_up(store, row[0], str(error))
        else:
            store.write(
                "UPDATE delivery SET owner = ?, epoch = epoch + 1, lease = ?, attempts = attempts + 1 WHERE id = ?",
                owner,
                instant(store.clock() + LEASE),
                row[0],
            )
            return _move(store, get_delivery(store, row[0]), DeliveryEvent.CLAIMED)
    return claim_next(store, owner, sender_kinds)


def give_up_damaged(store: Store) -> None:
    """Stop what a postman held and nobody can read any more, its owner included; an alert says so. What was being
    prepared did not leave. What was being handed over may have."""
    held = "SELECT id, state FROM delivery WHERE state IN ('claimed', 'handing_over')"
    if all(_is_readable(store, id_) for id_, _state in store.rows(held)):
        return
    with store.writing():
        for id_, state in store.rows(held):
            try:
                get_delivery(store, id_)
            except (DamagedRow, NoSuchInvoice) as error:
                _give_up(store, id_, str(error), may_have_left=state == State.HANDING_OVER)


def _is_readable(store: Store, delivery_id: int) -> bool:
    try:
        get_delivery(store, delivery_id)
    except (DamagedRow, NoSuchInvoice):
        return False
    return True


def _give_up(store: Store, delivery_id: int, reason: str, *, may_have_left: bool = False) -> None:
    """A row of the outbox that cannot be read must not hold up the others; inside the caller's transaction."""
    state, fact = (State.IN_DOUBT, DeliveryEvent.LOST) if may_have_left else (State.FAILED, DeliveryEvent.REFUSED)
    store.write(
        "UPDATE delivery SET state = ?, changed = ?, problem = ? WHERE id = ?", state, store.now(), reason, delivery_id
    )
    row = store.row("SELECT id FROM invoice WHERE id = (SELECT invoice_id FROM delivery WHERE id = ?)", delivery_id)
    invoice_id = row[0] if row else None
    raise_alert(store, _ALERTS[fact], invoice_id=invoice_id, delivery_id=delivery_id, reason=reason)
    write_journal(store, fact, invoice_id, delivery=str(delivery_id), reason=reason)


def hold_claim(store: Store, claim: Claim) -> None:
    """Lengthen the lease while the work goes on. Raises LostClaim."""
    with store.writing():
        _owned(store, claim)
        store.write("UPDATE delivery SET lease = ? WHERE id = ?", instant(store.clock() + LEASE), claim.delivery_id)


def hand_over(store: Store, claim: Claim, session: str) -> Delivery:
    """From here on it may leave. Committed before the first byte that could make it. Raises LostClaim."""
    with store.writing():
        delivery = _owned(store, claim)
        if delivery.lease is None or delivery.lease < store.clock():
            raise LostClaim(_("This took so long that another Facturier process may have taken over."))
        store.write(
            "UPDATE delivery SET session = ?, lease = ? WHERE id = ?",
            session,
            instant(store.clock() + LEASE),
            delivery.id,
        )
        return _move(store, delivery, DeliveryEvent.HANDED_OVER)


def accepted(store: Store, claim: Claim, server_id: str, reply: str = "") -> Delivery:
    """The server took it: a proof, whoever has given this claim up since. Raises LostClaim where that is no news."""
    with store.writing():
        delivery = get_delivery(store, claim.delivery_id)
        store.write("UPDATE delivery SET server_id = ?, problem = '' WHERE id = ?", server_id, delivery.id)
        return _move(store, delivery, DeliveryEvent.ACCEPTED, server_id=server_id, reply=reply)


def partly_accepted(store: Store, claim: Claim, server_id: str, refused: dict[str, str]) -> Delivery:
    """The server took it for some and refused others, which `refused` maps to its words. A refused To is an alert; a
    refused Cc or Bcc only a notice in the journal. A proof, and raises LostClaim, as `accepted`."""
    with store.writing():
        delivery = get_delivery(store, claim.delivery_id)
        problem = "; ".join(f"{address}: {reply}" for address, reply in refused.items())
        store.write(
            "UPDATE delivery SET server_id = ?, problem = ?, recipients = json_set(recipients, '$.refused', json(?))"
            " WHERE id = ?",
            server_id,
            problem,
            json.dumps(list(refused)),
            delivery.id,
        )
        if any(address in refused for address in delivery.envelope.to):
            raise_alert(
                store,
                AlertKind.PARTLY_SENT,
                invoice_id=delivery.invoice_id,
                delivery_id=delivery.id,
                recipients=", ".join(refused),
                reason=problem,
            )
        return _move(store, delivery, DeliveryEvent.PARTLY_ACCEPTED, server_id=server_id, reason=problem)


def put_back(store: Store, claim: Claim, problem: str, not_before: datetime, reply: str = "") -> Delivery:
    """It did not leave and may be tried again from `not_before` on. Raises LostClaim."""
    with store.writing():
        delivery = _owned(store, claim)
        fact = DeliveryEvent.RELEASED if delivery.state is State.CLAIMED else DeliveryEvent.DEFERRED
        store.write(
            "UPDATE delivery SET problem = ?, not_before = ?, session = '' WHERE id = ?",
            problem,
            instant(not_before),
            delivery.id,
        )
        return _move(store, delivery, fact, reason=problem, reply=reply)


def refused(store: Store, claim: Claim, problem: str, reply: str = "") -> Delivery:
    """A clear refusal: it did not leave. Raises an alert. Raises LostClaim."""
    with store.writing():
        delivery = _owned(store, claim)
        return _move(store, delivery, DeliveryEvent.REFUSED, reason=problem, reply=reply)


def lost(store: Store, claim: Claim, problem: str, reply: str = "") -> Delivery:
    """The answer was lost: nobody can know. Raises an alert. Raises LostClaim."""
    with store.writing():
        delivery = _owned(store, claim)
        store.write("UPDATE delivery SET lease = ? WHERE id = ?", instant(store.clock() + ASK_SOONEST), delivery.id)
        return _move(store, delivery, DeliveryEvent.LOST, reason=problem, reply=reply)


def ask_again(store: Store, delivery: Delivery) -> bool:
    """Whether this postman is the one to ask now what became of a delivery in doubt. Nobody else is until its new lease
    ends: soon at first, then ever later, up to a day."""
    now = store.clock()
    if delivery.lease is None or delivery.lease > now:
        return False
    wait = min(max(now - delivery.changed, ASK_SOONEST), ASK_LATEST)
    with store.writing():
        taken = store.write(
            "UPDATE delivery SET lease = ? WHERE id = ? AND state = 'in_doubt' AND lease = ?",
            instant(now + wait),
            delivery.id,
            instant(delivery.lease),
        )
        return taken > 0


def take_over(store: Store, delivery: Delivery, owner: str) -> Claim:
    """Take an unfinished delivery from a postman that is gone. Raises LostClaim if another one was faster, or if that
    one has gone on since it was looked at: what it may have done by then is another matter."""
    with store.writing():
        touched = store.write(
            "UPDATE delivery SET owner = ?, epoch = epoch + 1, lease = ? WHERE id = ? AND epoch = ? AND owner = ?"
            " AND state = ? AND state IN ('claimed', 'handing_over')",
            owner,
            instant(store.clock() + LEASE),
            delivery.id,
            delivery.epoch,
            delivery.owner,
            delivery.state,
        )
        if not touched:
            raise LostClaim(_("Another Facturier process has taken over this delivery."))
        write_journal(store, "taken_over", delivery.invoice_id, owner=delivery.owner)
        return Claim(delivery.id, owner, delivery.epoch + 1)


def cancel_delivery(store: Store, delivery_id: int) -> Delivery:
    """A person took it back. Raises LostClaim when it is too late for that."""
    with store.writing():
        return _move(store, get_delivery(store, delivery_id), DeliveryEvent.CANCELLED)


def withdraw(store: Store, delivery_id: int, reason: str) -> None:
    """Its way out is gone, so it is taken back; an alert says so, inside the caller's transaction."""
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
    """A person says what became of a delivery in doubt. Raises LostClaim if it is in none."""
    with store.writing():
        fact = DeliveryEvent.SAID_SENT if sent else DeliveryEvent.SAID_NOT_SENT
        return _move(store, get_delivery(store, delivery_id), fact, reason=reason)


def report_bounce(store: Store, delivery_id: int, recipients: dict[str, str]) -> Delivery:
    """A person reports whom it did not reach and why: proof enough that it had left. A later bounce of the same message
    adds its addresses. Where only a Cc or Bcc was not reached, the customer has it, and the journal alone says so.
    Raises AlreadyBounced if all of it is known, LostClaim if it was neither sent nor in doubt."""
    with store.writing():
        delivery = get_delivery(store, delivery_id)
        known = not_reached_before(store, delivery)
        news = {address: why for address, why in recipients.items() if address.casefold() not in known}
        if recipients and not news:
            raise AlreadyBounced(
                _("It is already recorded that invoice {number} did not reach {addresses}.").format(
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
    """The claimed delivery, if the claim still holds."""
    delivery = get_delivery(store, claim.delivery_id)
    held = delivery.state in (State.CLAIMED, State.HANDING_OVER)
    if not held or delivery.owner != claim.owner or delivery.epoch != claim.epoch:
        raise LostClaim(_("Another Facturier process has taken over this delivery."))
    return delivery


def _first_now(store: Store, sender_kinds: tuple[SenderKind, ...]) -> Due | None:
    due = first_due(store, sender_kinds)
    return due if due is not None and due.at <= store.now() else None


def _move(store: Store, delivery: Delivery, fact: DeliveryEvent, **evidence: str) -> Delivery:
    state = TRANSITIONS.get((delivery.state, fact))
    if state is None or not store.write(
        # A session is asked as long as its delivery is under way or in doubt. Its address is a secret: not kept longer.
        "UPDATE delivery SET state = ?, changed = ?, session = iif(?, session, '') WHERE id = ? AND state = ?",
        state,
        store.now(),
        state in (State.HANDING_OVER, State.IN_DOUBT),
        delivery.id,
        delivery.state,
    ):
        raise LostClaim(
            _("This delivery has changed in the meantime."),
            kept=_("Nothing was changed."),
            todo=_("Open the invoice to see what happened."),
        )
    write_journal(store, fact, delivery.invoice_id, delivery=str(delivery.id), **evidence)
    if delivery.state in (State.IN_DOUBT, State.FAILED):
        for kind in (AlertKind.IN_DOUBT, AlertKind.FAILED):
            settle_alerts(store, kind, delivery_id=delivery.id)
    if delivery.state is State.FAILED:
        recipients = ", ".join(delivery.envelope.to)
        invoice_id = delivery.invoice_id
        raise_alert(
            store, AlertKind.LEFT_AFTER_ALL, invoice_id=invoice_id, delivery_id=delivery.id, recipients=recipients
        )
    if state is State.SENT:
        drop_composition(store, delivery.invoice_id)
        settle_earlier(store, delivery.invoice_id, delivery.id)
    if fact in (DeliveryEvent.ACCEPTED, DeliveryEvent.PARTLY_ACCEPTED):
        end_refused_pause(store, delivery.envelope.sender)
    if fact in _ALERTS:
        reason = evidence["reason"]
        store.write("UPDATE delivery SET problem = ? WHERE id = ?", reason, delivery.id)
        raise_alert(
            store,
            _ALERTS[fact],
            invoice_id=delivery.invoice_id,
            delivery_id=delivery.id,
            reason=reason,
            recipients=evidence.get("recipients") or ", ".join(delivery.envelope.to),
        )
    return get_delivery(store, delivery.id)
