"""Claim the deliveries that are due, keep claims, and take them over from a process that has ended."""

from contextlib import suppress
from datetime import timedelta

from facturier.models.books.alerts import raise_alert
from facturier.models.books.journal import write_journal
from facturier.models.books.status import State
from facturier.models.errors import DamagedRow, LostClaim, NoSuchInvoice
from facturier.models.outbox.changes.change_state import ALERTS, change_columns, change_state, claimed_delivery
from facturier.models.outbox.deliveries import UNDER_WAY, get_delivery
from facturier.models.outbox.delivery import Claim, Delivery, SenderKind
from facturier.models.outbox.schedule import Due, first_due
from facturier.models.outbox.transitions import DeliveryEvent
from facturier.models.outbox.unwanted import unwanted
from facturier.models.store import sqlite, tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

# one machine: lease times are compared with this machine’s clock, so the clocks of all processes must agree.
LEASE = timedelta(minutes=5)
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
            problem = unwanted(store, delivery)
            if not problem:
                claim = {"owner": owner, "epoch": delivery.epoch + 1, "lease": store.clock() + LEASE}
                changes = {**claim, "attempts": delivery.attempts + 1}
                return change_state(store, delivery, DeliveryEvent.CLAIMED, changes)
            change_state(store, delivery, DeliveryEvent.CANCELLED, reason=problem)
    return claim_next(store, owner, sender_kinds)


def _first_now(store: Store, sender_kinds: tuple[SenderKind, ...]) -> Due | None:
    due = first_due(store, sender_kinds)
    return due if due is not None and due.at <= store.now() else None


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


def hold_claim(store: Store, claim: Claim) -> None:
    """Extend the lease while the work continues. Raises LostClaim."""
    with store.writing():
        change_columns(store, claimed_delivery(store, claim), {"lease": store.clock() + LEASE})


def take_over(store: Store, delivery: Delivery, owner: str) -> Claim:
    """Take an unfinished delivery over from a postman that has ended.

    Raises LostClaim if another postman was faster, or if the delivery has changed since `delivery` was read: the
    previous owner may have sent it in the meantime.
    """
    with store.writing():
        claim = {"owner": owner, "epoch": delivery.epoch + 1, "lease": store.clock() + LEASE}
        if delivery.state not in UNDER_WAY or not change_columns(store, delivery, claim):
            raise LostClaim(_("Another Facturier process has taken over this delivery."))
        write_journal(store, "taken_over", delivery.invoice_id, owner=delivery.owner)
        return Claim(delivery.id, owner, delivery.epoch + 1)


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
    raise_alert(store, ALERTS[fact], invoice_id=invoice_id, delivery_id=delivery_id, reason=reason)
    write_journal(store, fact, invoice_id, delivery=str(delivery_id), reason=reason)
