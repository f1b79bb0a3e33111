"""Queue an invoice: it gets its number, its frozen message and a delivery, all in one transaction."""

import hashlib
from datetime import datetime
from typing import Any

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.sent import was_sent
from facturier.models.books.status import OPEN, BookStatus, State
from facturier.models.errors import AlreadyOpen, AlreadySent, ChangedElsewhere, NumberTaken, StoreError
from facturier.models.issuing.numbering import give_number
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot, slots
from facturier.models.store.store import Store
from facturier.models.text.i18n import _


def queue_delivery(
    store: Store,
    invoice: Invoice,
    number: str,
    sender_kind: SenderKind,
    envelope: Envelope,
    subject: str,
    message: bytes | None,
    not_before: datetime,
    *,
    key: str | None = None,
) -> Delivery:
    """Put a message in the outbox: number, frozen message, delivery and journal entry, all or nothing.

    `invoice` and `number` are those that the message was made from. `message` is None only in the demo company (see
    `Store.make_message`). `key` names what may be sent only once. Raises ChangedElsewhere if the invoice was saved or
    queued since, NumberTaken if it would now get another number (make the message again), AlreadyOpen if it has an
    unfinished delivery, AlreadySent if the key was used before, and StoreError if it is void.
    """
    assert invoice.id is not None
    with store.writing():
        now = store.clock()
        current = get_invoice(store, invoice.id)
        if current.delivery in OPEN:
            raise AlreadyOpen(
                _("{document} is already in the outbox.").format(document=current.called_first),
                kept=_("It was not queued a second time."),
                todo=_("Wait until it has been sent, or undo the send first."),
            )
        if current.version != invoice.version:
            raise ChangedElsewhere(
                _("This invoice was changed or sent in another window."),
                kept=_("Nothing was sent."),
                todo=_("Review it, then send it."),
            )
        if current.book_status is BookStatus.VOID:
            raise StoreError(
                _("{document} is void.").format(document=current.called_first),
                kept=_("Nothing was sent."),
                todo=_("Create a new invoice."),
            )
        if key is not None and is_key_used(store, key):
            raise AlreadySent(
                _("This email was already queued or sent."),
                kept=_("The email was not queued again."),
            )
        gave_number = current.book_status is BookStatus.DRAFT
        if gave_number:
            give_number(store, current, number)
        elif current.number != number:
            raise NumberTaken(_("This invoice has number {number}.").format(number=current.number))
        delivery_id = store.run(
            _insert(
                invoice_id=invoice.id,
                way=sender_kind,
                sender=envelope.sender,
                recipients={"to": envelope.to, "cc": envelope.cc, "bcc": envelope.bcc},
                subject=subject,
                not_before=not_before,
                gave_number=gave_number,
                key=key,
                queued=now,
                changed=now,
            )
        )
        # Another message made from the same version must not be queued too, so the version increases.
        store.run(_next_version(id=invoice.id))
        if message is not None:
            freeze_message(store, delivery_id, message)
        write_journal(
            store,
            "queued_again" if was_sent(store, invoice.id) else "queued",
            invoice.id,
            sender=envelope.sender,
            to=", ".join(envelope.to),
            delivery=str(delivery_id),
        )
        return get_delivery(store, delivery_id)


def is_key_used(store: Store, key: str) -> bool:
    """Return whether something with this key was queued or sent, and not cancelled."""
    return store.value(_with_key(key=key)) is not None


def freeze_message(store: Store, delivery_id: int, message: bytes) -> None:
    """Store the final message of a delivery, inside the caller's transaction. It cannot be changed later."""
    store.run(_freeze(delivery_id=delivery_id, sha256=hashlib.sha256(message).hexdigest(), bytes=message))


def _insertion() -> Any:
    row = tables.Delivery
    given = (row.invoice_id, row.way, row.sender, row.recipients, row.subject, row.not_before, row.gave_number, row.key)
    return row.insert({row.state: State.QUEUED, **slots(*given, row.queued, row.changed)})


_insert = Prepared(_insertion)
_with_key = Prepared(
    lambda: (
        tables.Delivery.select(tables.Delivery.id)
        .where(tables.Delivery.key == slot(tables.Delivery.key), tables.Delivery.state != State.CANCELLED)
        .limit(1)
    )
)
_freeze = Prepared(
    lambda: tables.Message.insert(slots(tables.Message.delivery_id, tables.Message.sha256, tables.Message.bytes))
)
_next_version = Prepared(
    lambda: tables.Invoice.update(version=tables.Invoice.version + 1).where(
        tables.Invoice.id == slot(tables.Invoice.id)
    )
)
