"""Record that a message did not reach some of its recipients. `outbox.report_bounce` is the entry point."""

from collections.abc import Iterable

from facturier.models.books.alerts import AlertKind, add_to_alert
from facturier.models.books.journal import read_journal, write_journal
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.transitions import DeliveryEvent
from facturier.models.store import tables
from facturier.models.store.store import Store


def not_reached_before(store: Store, delivery: Delivery) -> frozenset[str]:
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


def add_bounce(store: Store, delivery: Delivery, told: dict[str, str]) -> Delivery:
    """Record further addresses that a bounced delivery did not reach. Runs inside the transaction of the report."""
    write_journal(store, DeliveryEvent.BOUNCED, delivery.invoice_id, delivery=str(delivery.id), **told)
    problem = "; ".join(filter(None, (delivery.problem, told["reason"])))
    row = tables.Delivery
    store.run(row.update(problem=problem, changed=store.clock()).where(row.id == delivery.id))
    add_to_alert(store, AlertKind.BOUNCED, delivery.invoice_id, delivery.id, told)
    return get_delivery(store, delivery.id)


def only_copies(delivery: Delivery, addresses: Iterable[str]) -> bool:
    first = {address.casefold() for address in delivery.envelope.to}
    copies = {address.casefold() for address in (*delivery.envelope.cc, *delivery.envelope.bcc)} - first
    return all(address.casefold() in copies for address in addresses)
