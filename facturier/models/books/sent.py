"""Whether an invoice was sent, when, and with which message. Everybody who needs to know asks here.

A delivery is one attempt. What became of the last attempt is not what became of the invoice: a copy that fails later
does not undo that the customer has it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from facturier.models.books.status import State
from facturier.models.store.damaged_rows import each, instant_of

if TYPE_CHECKING:
    from facturier.models.outbox.delivery import Delivery
    from facturier.models.store.store import Store

# A server took it. A bounce came back later: it was sent all the same.
SENT = (State.SENT, State.PARTLY_SENT, State.BOUNCED)
_IN_SENT = "('sent', 'partly_sent', 'bounced')"
# How the journal tells of an acceptance: see `facturier.models.outbox.transitions.Fact`.
_ACCEPTANCES = "('accepted', 'partly_accepted', 'said_sent')"

# The state of an invoice on its way to the customer, as SQL over a row of `invoice`, whose column has that of the last
# attempt. While something is under way, that is it; else the best that was reached.
STATE = (
    "CASE WHEN invoice.delivery IN ('partly_sent', 'failed', 'cancelled', 'bounced') THEN coalesce("
    f"(SELECT state FROM delivery WHERE delivery.invoice_id = invoice.id AND state IN {_IN_SENT}"
    " ORDER BY CASE state WHEN 'sent' THEN 1 WHEN 'partly_sent' THEN 2 ELSE 3 END LIMIT 1), invoice.delivery)"
    " ELSE invoice.delivery END"
)
# When the invoice of an alert was sent by another delivery than the alert's, as SQL over a row of `alert`.
SENT_BESIDE = (
    "(SELECT max(delivery.changed) FROM delivery WHERE delivery.invoice_id = alert.invoice_id"
    " AND delivery.id IS NOT alert.delivery_id AND delivery.state IN ('sent', 'partly_sent'))"
)


def last_sent(deliveries: "Sequence[Delivery]") -> "Delivery | None":
    """Of an invoice's deliveries, oldest first, the last that a server took: what the customer has."""
    return next((delivery for delivery in reversed(deliveries) if delivery.state in SENT), None)


def was_sent(store: "Store", invoice_id: int) -> bool:
    """Whether an invoice was sent, to anyone."""
    found = store.row(f"SELECT 1 FROM delivery WHERE invoice_id = ? AND state IN {_IN_SENT} LIMIT 1", invoice_id)
    return found is not None


def when_sent(store: "Store", invoice_ids: Collection[int]) -> dict[int, datetime]:
    """When each of these invoices was sent last; those that were not are left out."""
    import json

    found = store.rows(
        f"SELECT invoice_id, max(at) FROM journal WHERE invoice_id IN (SELECT value FROM json_each(?))"
        f" AND kind IN {_ACCEPTANCES} GROUP BY invoice_id",
        json.dumps([*invoice_ids]),
    )
    return dict(each(store, "journal", found, lambda row: (row[0], instant_of(row[1]))))
