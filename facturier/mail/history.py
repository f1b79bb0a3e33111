"""What the deliveries of an invoice so far say about sending it now."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from facturier.mail.checks import Finding
from facturier.models.composition import Composition
from facturier.models.deliveries import refused_of
from facturier.models.delivery import Delivery
from facturier.models.language import _
from facturier.models.sent import SENT
from facturier.models.status import OPEN, State
from facturier.models.store import Store


def reached(store: Store, deliveries: Sequence[Delivery]) -> tuple[str, ...]:
    """The addresses that the invoice has been sent to; without those that the server refused."""
    found: dict[str, None] = {}
    for delivery in deliveries:
        if delivery.state in SENT:
            refused = refused_of(store, delivery.id) if delivery.state is State.PARTLY_SENT else ()
            found.update(dict.fromkeys(address for address in delivery.envelope.recipients if address not in refused))
    return tuple(found)


def for_refused(composition: Composition, delivery: Delivery, refused: Collection[str]) -> Composition:
    """The same, to those only whom the server refused. Somebody stands in To in any case."""
    to, cc, bcc = (
        [address for address in addresses if address in refused]
        for addresses in (delivery.envelope.to, delivery.envelope.cc, delivery.envelope.bcc)
    )
    if not to:
        to, cc = cc, []
    if not to:
        to, bcc = bcc[:1], bcc[1:]
    return replace(composition, to=", ".join(to), cc=", ".join(cc), bcc=", ".join(bcc))


def unfinished_finding(deliveries: Sequence[Delivery]) -> Finding | None:
    """The delivery that must end before another one may begin."""
    last = next((delivery for delivery in reversed(deliveries) if delivery.state in OPEN), None)
    if last is None:
        return None
    if last.state is State.IN_DOUBT:
        text = _("Nobody knows yet whether invoice {number} was sent. Say so first: open the invoice.")
    elif last.state is State.QUEUED:
        text = _("Invoice {number} is in the outbox already. To send it another way, take it back first.")
    else:
        text = _("Invoice {number} is being sent at this moment.")
    return Finding("error", "document", text.format(number=last.number))
