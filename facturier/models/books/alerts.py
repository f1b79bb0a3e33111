"""Alerts: what a person must deal with. They stand until someone does, or until their cause is gone."""

from typing import TYPE_CHECKING, Any

from peewee import JOIN, fn

from facturier.models.books.alert_kind import AlertKind as AlertKind
from facturier.models.books.journal import write_journal
from facturier.models.books.sent import sent_beside
from facturier.models.books.status import DeliveryKind, InvoiceKind
from facturier.models.errors import DamagedRow
from facturier.models.store import tables
from facturier.models.store.damaged_rows import instant_of
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store

if TYPE_CHECKING:
    from facturier.models.books.invoice import Alert


# What asks for sending it again: over once a later delivery of the same invoice is accepted, or the invoice is void.
SENT_AGAIN = (AlertKind.FAILED, AlertKind.PARTLY_SENT, AlertKind.BOUNCED, AlertKind.STOPPED)

_alert = tables.Alert
_open = _alert.dealt.is_null()


def raise_alert(
    store: Store, kind: AlertKind, *, invoice_id: int | None = None, delivery_id: int | None = None, **detail: str
) -> None:
    """Raise an alert inside the transaction of its cause; once, however often the cause is met."""
    raised = store.clock()
    new = _alert.insert(kind=kind, invoice_id=invoice_id, delivery_id=delivery_id, detail=detail, raised=raised)
    # Without its target: Peewee cannot name the index that makes an open alert unique, which is over expressions.
    store.run(new.on_conflict(action="NOTHING"))


def add_to_alert(store: Store, kind: AlertKind, invoice_id: int, delivery_id: int, detail: dict[str, str]) -> None:
    """The cause of an alert has grown: add each detail to what the open alert says, or raise a new one; inside the
    transaction that found it."""
    separators = {"recipients": ", "}
    this = _alert.select(_alert.id).where(_alert.kind == kind, _alert.delivery_id == delivery_id, _open)
    alert_id = store.value(this)
    if alert_id is None:
        raise_alert(store, kind, invoice_id=invoice_id, delivery_id=delivery_id, **detail)
        return
    said: dict[str, str] = {}
    try:
        said = store.first(_alert.select(_alert.id, _alert.detail).where(_alert.id == alert_id))[1]
    except DamagedRow as error:
        store.note(error)
    grown = {
        name: separators.get(name, "; ").join(filter(None, (said.get(name, ""), text))) for name, text in detail.items()
    }
    store.run(_alert.update(detail=said | grown).where(_alert.id == alert_id))


def open_alerts(store: Store, invoice_id: int | None = None) -> "list[Alert]":
    """The open alerts, oldest first: all, or those of one invoice."""
    return store.all(_all_open() if invoice_id is None else _open_of(invoice_id=invoice_id))


def _alerts() -> Any:
    invoice = tables.Invoice
    return (
        _alert.select(
            _alert.id,
            _alert.kind,
            _alert.raised,
            _alert.invoice_id,
            invoice.number,
            fn.COALESCE(invoice.kind, InvoiceKind.INVOICE.value).converter(InvoiceKind).alias("document"),
            _alert.delivery_id,
            _alert.detail,
            sent_beside().alias("sent"),
        )
        .join(invoice, JOIN.LEFT_OUTER, on=invoice.id == _alert.invoice_id)
        .where(_open)
        .order_by(_alert.id)
        .objects(_read)
    )


def _read(*, sent: str | None, **columns: Any) -> "Alert":
    from facturier.models.books.invoice import Alert

    return Alert(**columns, sent=instant_of(sent) if sent else None)


_all_open = Prepared(_alerts)
_open_of = Prepared(lambda: _alerts().where(_alert.invoice_id == slot(_alert.invoice_id)))
_count = Prepared(lambda: _alert.select(fn.COUNT(_alert.id)).where(_open))


def count_alerts(store: Store) -> int:
    return int(store.value(_count()))


def close_alert(store: Store, alert_id: int) -> str | None:
    """A person dismisses an alert, inside the caller's transaction; the history says who. Returns the address that it
    was about if its sender had been refused, so that somebody ends the pause. Nothing happens the second time."""
    address = _alert.detail.part("address")
    found = store.first(
        _alert.select(_alert.id, _alert.kind, _alert.invoice_id, address).where(_alert.id == alert_id, _open)
    )
    if found is None:
        return None
    _id, kind, invoice_id, sender = found
    store.run(_deal(store).where(_alert.id == alert_id))
    write_journal(store, "alert_dealt", invoice_id, alert=kind)
    return sender if kind is AlertKind.TURNED_AWAY else None


def _deal(store: Store) -> Any:
    return _alert.update(dealt=store.clock(), dealt_by=store.user)


def settle_alerts(store: Store, kind: AlertKind, *, delivery_id: int | None = None) -> None:
    """The cause is gone: take the alert down, inside the transaction that removed it."""
    store.run(_deal(store).where(_alert.kind == kind, _alert.delivery_id == delivery_id, _open))


def stopped_only(store: Store, delivery_id: int) -> None:
    """Whether it left is not known, whatever the alert about it says so far; inside the transaction that stopped it."""
    store.run(
        _alert.update(kind=AlertKind.STOPPED).where(
            _alert.delivery_id == delivery_id, _alert.kind == AlertKind.FAILED, _open
        )
    )


def settle_voided(store: Store, invoice_id: int) -> None:
    """A void invoice is not sent again, so nothing asks for that any more; inside the transaction that voids it."""
    store.run(_deal(store).where(_alert.invoice_id == invoice_id, _alert.kind.in_(SENT_AGAIN), _open))


def settle_sent_by_hand(store: Store, invoice_id: int) -> None:
    """The customer has it without email, so it need not be sent again; inside the transaction that records it."""
    for alert_id, kind in store.all(_asking(invoice_id=invoice_id)):
        store.run(_deal(store).where(_alert.id == alert_id))
        write_journal(store, "alert_settled", invoice_id, alert=kind)


def settle_unsent(store: Store, invoice_id: int | None) -> None:
    """Settle the alert that a recurring invoice remained a draft, inside the transaction that issues it."""
    kind = AlertKind.RECURRING_UNSENT
    store.run(_deal(store).where(_alert.invoice_id == invoice_id, _alert.kind == kind, _open))


_asking = Prepared(
    lambda: _alert.select(_alert.id, _alert.kind).where(
        _alert.invoice_id == slot(_alert.invoice_id), _alert.kind.in_(SENT_AGAIN), _open
    )
)
_earlier = Prepared(
    lambda: _alert.select(_alert.id, _alert.kind).where(
        _alert.invoice_id == slot(_alert.invoice_id),
        _alert.delivery_id < slot(_alert.delivery_id),
        _alert.delivery_id.in_(
            tables.Delivery.select(tables.Delivery.id).where(
                tables.Delivery.invoice_id == slot(_alert.invoice_id),
                tables.Delivery.kind == slot(tables.Delivery.kind),
            )
        ),
        _alert.kind.in_(SENT_AGAIN),
        _open,
    )
)


def settle_earlier(store: Store, invoice_id: int, delivery_id: int, of: DeliveryKind) -> None:
    """Settle the alerts of the earlier deliveries of an invoice, because a later one of the same kind was accepted.

    Runs inside the transaction of the acceptance, and writes the journal.
    """
    for alert_id, kind in store.all(_earlier(invoice_id=invoice_id, delivery_id=delivery_id, kind=of)):
        store.run(_deal(store).where(_alert.id == alert_id))
        write_journal(store, "alert_settled", invoice_id, alert=kind, delivery=str(delivery_id))
