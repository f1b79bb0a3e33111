"""Record that a message did not reach some of its recipients."""

from collections.abc import Iterable

from facturier.models.books.alerts import AlertKind, add_to_alert
from facturier.models.books.journal import read_journal, write_journal
from facturier.models.books.sent import SENT
from facturier.models.books.status import State
from facturier.models.errors import AlreadyBounced
from facturier.models.outbox.changes.change_state import change_state
from facturier.models.outbox.changes.resolving import resolve_delivery
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Delivery, notice_detail
from facturier.models.outbox.transitions import DeliveryEvent
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _


def report_bounce(store: Store, delivery_id: int, recipients: dict[str, str]) -> Delivery:
    """Record which `recipients` the message did not reach, each with the reason.

    A bounce proves that the message was sent. A later bounce of the same message adds its addresses. If only a Cc or
    Bcc was not reached, the customer has the message, so it is only noted in the journal. Raises AlreadyBounced if
    nothing is new, and LostClaim if the delivery was neither sent nor in doubt.
    """
    with store.writing():
        delivery = get_delivery(store, delivery_id)
        known = _not_reached_before(store, delivery)
        news = {address: why for address, why in recipients.items() if address.casefold() not in known}
        if recipients and not news:
            raise AlreadyBounced(
                _("This bounce is already recorded: {document} did not reach {addresses}.").format(
                    document=delivery.called, addresses=", ".join(recipients)
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
        if left and _only_copies(delivery, news):
            told |= notice_detail(delivery)
            write_journal(store, "copy_bounced", delivery.invoice_id, delivery=str(delivery_id), **told)
            return delivery
        if delivery.state is State.BOUNCED:
            return _add_bounce(store, delivery, told)
        return change_state(store, delivery, DeliveryEvent.BOUNCED, **told)


def _not_reached_before(store: Store, delivery: Delivery) -> frozenset[str]:
    """Return the recipients that bounces of a delivery have named so far, case-folded. They come from the journal."""
    found: set[str] = set()
    for entry in read_journal(store, delivery.invoice_id):
        if entry.kind not in ("bounced", "copy_bounced") or entry.detail.get("delivery") != str(delivery.id):
            continue
        if recipients := entry.detail.get("recipients"):
            found.update(address.casefold() for address in recipients.split(", "))
        else:  # 0.1.0 wrote the addresses of copies only into the reason: `a@b.example: 550 …; c@d.example: …`
            reason = f"; {entry.detail.get('reason', '')}".casefold()
            found.update(one.casefold() for one in delivery.envelope.recipients if f"; {one.casefold()}: " in reason)
    return frozenset(found)


def _add_bounce(store: Store, delivery: Delivery, told: dict[str, str]) -> Delivery:
    """Record further addresses that a bounced delivery did not reach. Runs inside the transaction of the report."""
    detail = told | notice_detail(delivery)
    write_journal(store, DeliveryEvent.BOUNCED, delivery.invoice_id, delivery=str(delivery.id), **detail)
    problem = "; ".join(filter(None, (delivery.problem, told["reason"])))
    row = tables.Delivery
    store.run(row.update(problem=problem, changed=store.clock()).where(row.id == delivery.id))
    add_to_alert(store, AlertKind.BOUNCED, delivery.invoice_id, delivery.id, told)
    return get_delivery(store, delivery.id)


def _only_copies(delivery: Delivery, addresses: Iterable[str]) -> bool:
    first = {address.casefold() for address in delivery.envelope.to}
    copies = {address.casefold() for address in (*delivery.envelope.cc, *delivery.envelope.bcc)} - first
    return all(address.casefold() in copies for address in addresses)
