"""Queue a reminder, receipt or statement: its frozen message and a delivery, in one transaction.

A notice is filed under an invoice: a reminder under the invoice that it is about, a receipt under one that was paid,
and a statement under the newest one that it lists. Its key names what may be sent only once.
"""

from datetime import datetime
from typing import Any

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import OPEN, DeliveryKind, State
from facturier.models.errors import AlreadyOpen, AlreadySent, ChangedElsewhere, Unwanted
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.outbox.queue import freeze_message, is_key_used
from facturier.models.outbox.undone import undone
from facturier.models.outbox.unwanted import unwanted_notice
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot, slots
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_row = tables.Delivery


def queue_notice(
    store: Store,
    kind: DeliveryKind,
    key: str,
    invoice: Invoice,
    sender_kind: SenderKind,
    envelope: Envelope,
    subject: str,
    message: bytes,
    not_before: datetime,
    *,
    stated: int | None = None,
    automatic: bool = False,
    detail: dict[str, str] | None = None,
) -> Delivery:
    """Put a notice in the outbox. `invoice` is the one that it was made from, and `stated` the amount that it states,
    in minor units. `automatic` says that no person has asked for it. `detail` is added to the journal entry.

    Raises AlreadySent if this key was queued or sent before, AlreadyOpen if another notice of this kind is in the
    outbox for this invoice, Unwanted if it must not be sent, or if it is automatic and a person has undone it, and
    ChangedElsewhere if the invoice has changed.
    """
    assert invoice.id is not None
    assert kind is not DeliveryKind.INVOICE
    with store.writing():
        if is_key_used(store, key):
            raise AlreadySent(
                _("This email was already queued or sent."),
                kept=_("The email was not queued again."),
            )
        if store.value(_open_one(invoice_id=invoice.id, kind=kind)) is not None:
            raise AlreadyOpen(
                _("Another email of this kind is in the outbox for invoice {number}.").format(number=invoice.number),
                kept=_("The email was not queued."),
                todo=_("Wait until it has been sent, or undo the send first."),
            )
        if problem := unwanted_notice(store, kind, invoice.id, key, stated):
            raise Unwanted(problem, kept=_("Nothing was sent."))
        if automatic and undone(store, [key]):
            raise Unwanted(_("Someone undid this send."), kept=_("Nothing was sent."))
        current = get_invoice(store, invoice.id)
        if (current.version, current.paid) != (invoice.version, invoice.paid):
            raise ChangedElsewhere(
                _("Invoice {number} was changed in another window.").format(number=invoice.number),
                kept=_("Nothing was sent."),
                todo=_("Review it, then send it."),
            )
        now = store.clock()
        delivery_id = store.run(
            _insert(
                invoice_id=invoice.id,
                kind=kind,
                key=key,
                stated=stated,
                way=sender_kind,
                sender=envelope.sender,
                recipients={"to": envelope.to, "cc": envelope.cc, "bcc": envelope.bcc},
                subject=subject,
                not_before=not_before,
                queued=now,
                changed=now,
            )
        )
        freeze_message(store, delivery_id, message)
        told = {"sender": envelope.sender, "to": ", ".join(envelope.to), "delivery": str(delivery_id)}
        told |= {"automatic": "yes"} if automatic else {}
        write_journal(store, "queued", invoice.id, **told, notice=kind.value, **(detail or {}))
        return get_delivery(store, delivery_id)


def keys_used(store: Store, prefix: str) -> list[str]:
    """Return the keys that begin with this text and were queued or sent, without those that were cancelled."""
    query = _row.select(_row.key).where(
        _row.key >= prefix, _row.key < prefix + "\U0010ffff", _row.state != State.CANCELLED, _row.key.is_null(False)
    )
    return [key for (key,) in store.all(query)]


_open_one = Prepared(
    lambda: (
        _row.select(_row.id)
        .where(_row.invoice_id == slot(_row.invoice_id), _row.kind == slot(_row.kind), _row.state.in_(OPEN))
        .limit(1)
    )
)


def _insertion() -> Any:
    given = (_row.invoice_id, _row.kind, _row.key, _row.stated, _row.way, _row.sender, _row.recipients, _row.subject)
    return _row.insert({_row.state: State.QUEUED, **slots(*given, _row.not_before, _row.queued, _row.changed)})


_insert = Prepared(_insertion)
