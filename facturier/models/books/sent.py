"""Whether an invoice was sent, when, and with which message. Everybody who needs to know asks here.

A delivery is one attempt. What became of the last attempt is not what became of the invoice: a copy that fails later
does not undo that the customer has it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from peewee import Case, fn

from facturier.models.books.status import DeliveryKind, State
from facturier.models.store import sqlite, tables
from facturier.models.store.fields import Json
from facturier.models.store.prepared import Prepared, slot

if TYPE_CHECKING:
    from facturier.models.outbox.delivery import Delivery
    from facturier.models.store.store import Store

# A server accepted it. This includes invoices that bounced later: they were sent.
SENT = (State.SENT, State.PARTLY_SENT, State.BOUNCED)
# How the journal tells of an acceptance: see `facturier.models.outbox.transitions.Fact`.
_ACCEPTANCES = ("accepted", "partly_accepted", "said_sent")

_invoice, _delivery, _alert, _journal = tables.Invoice, tables.Delivery, tables.Alert, tables.Journal
# A reminder that was sent does not send the invoice.
_is_own = _delivery.kind == sqlite.literal(DeliveryKind.INVOICE)


def state_to_customer() -> Any:
    """The state of an invoice on its way to the customer, as a column of a query on `Invoice`, whose own column has the
    state of the last attempt. While something is under way, that is it; else the best that was reached."""
    ended = (State.PARTLY_SENT, State.FAILED, State.CANCELLED, State.BOUNCED)
    best = Case(_delivery.state, [(State.SENT.value, 1), (State.PARTLY_SENT.value, 2)], 3)
    reached = (
        _delivery.select(_delivery.state)
        .where(_delivery.invoice_id == _invoice.id, _is_own, _delivery.state.in_(SENT))
        .order_by(best)
        .limit(1)
    )
    last = _invoice.delivery
    return Case(None, [(last.in_(ended), fn.COALESCE(reached, last))], last)


def sent_beside() -> Any:
    """When the invoice of an alert was sent by another delivery than the alert's, as a column of a query on `Alert`."""
    another = _alert.delivery_id.is_null() | (_delivery.id != _alert.delivery_id)
    took = _delivery.state.in_((State.SENT, State.PARTLY_SENT))
    return _delivery.select(fn.MAX(_delivery.changed)).where(
        _delivery.invoice_id == _alert.invoice_id, _is_own, another, took
    )


def last_sent(deliveries: "Sequence[Delivery]") -> "Delivery | None":
    """Of an invoice's deliveries, oldest first, the last that a server took: what the customer has."""
    return next((delivery for delivery in reversed(deliveries) if delivery.state in SENT), None)


_one_sent = Prepared(
    lambda: (
        _delivery.select(_delivery.id)
        .where(_delivery.invoice_id == slot(_delivery.invoice_id), _is_own, _delivery.state.in_(SENT))
        .limit(1)
    )
)


def was_sent(store: "Store", invoice_id: int) -> bool:
    """Whether an invoice was sent, to anyone."""
    return store.value(_one_sent(invoice_id=invoice_id)) is not None


_last_acceptances = Prepared(
    lambda: (
        _journal.select(_journal.invoice_id, fn.MAX(_journal.at).converter(_journal.at.python_value))
        .where(
            sqlite.is_among(_journal.invoice_id, slot(Json(), "ids")),
            _journal.kind.in_(_ACCEPTANCES),
            _journal.detail.part("notice").is_null(),
        )
        .group_by(_journal.invoice_id)
    )
)


def when_sent(store: "Store", invoice_ids: Collection[int]) -> dict[int, datetime]:
    """Return when each of these invoices was last sent, without those that were never sent."""
    return dict(store.all(_last_acceptances(ids=[*invoice_ids])))
