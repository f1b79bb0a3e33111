"""Read deliveries, their frozen messages and their seals."""

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from peewee import fn

from facturier.models.books.sent import SENT
from facturier.models.books.status import DeliveryKind, State
from facturier.models.errors import BrokenCompany, DamagedRow, MessageNotKept, NoSuchInvoice
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.outbox.delivery_mark import MARK_HEADER, header_of, invoice_of
from facturier.models.store import sqlite, tables
from facturier.models.store.damaged_rows import addresses, damaged, reading_row
from facturier.models.store.fields import instant
from facturier.models.store.prepared import Prepared, slot, slots
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

# States in which the message may have been sent, so it can also bounce.
LEFT = (*SENT, State.IN_DOUBT)
UNDER_WAY = (State.CLAIMED, State.HANDING_OVER)
UNFINISHED = (State.QUEUED, *UNDER_WAY)
ENDED = (State.SENT, State.PARTLY_SENT, State.FAILED, State.CANCELLED, State.BOUNCED)

# one machine: this machine’s clock decides what may be sent, and what may be asked for again.
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_row, _message, _seal = tables.Delivery, tables.Message, tables.Seal
# A draft whose send was undone keeps its number.
_number = fn.COALESCE(tables.Invoice.number, tables.Invoice.reserved).converter(tables.Invoice.number.python_value)


def _select() -> Any:
    """Return a query for all deliveries. The functions below add the condition and the order."""
    invoice = tables.Invoice
    return (
        _row.select(
            *(_row.id, _row.invoice_id, _number.alias("number"), invoice.customer),
            *(_row.state, _row.epoch, _row.owner),
            *(_row.lease, _row.way, _row.sender, _row.recipients, _row.subject, _row.not_before, _row.session),
            *(_row.server_id, _row.problem, _row.attempts, _row.queued, _row.changed),
            *(_row.kind, _row.key, _row.stated, invoice.kind.alias("document")),
        )
        .join(invoice, on=invoice.id == _row.invoice_id)
        .objects(_delivery)
    )


def _delivery(*, way: SenderKind, sender: str, recipients: Any, **columns: Any) -> Delivery:
    to, cc, bcc = addresses(recipients["to"]), addresses(recipients["cc"]), addresses(recipients["bcc"])
    return Delivery(sender_kind=way, envelope=Envelope(sender, to, cc, bcc), **columns)


def _prepared(condition: Callable[[], Any], *order: Any) -> Prepared:
    return Prepared(lambda: _select().where(condition()).order_by(*order))


def get_delivery(store: Store, delivery_id: int) -> Delivery:
    """Return a delivery. Raises NoSuchInvoice or DamagedRow."""
    delivery: Delivery | None = store.first(_by_id(id=delivery_id))
    if delivery is None:
        raise NoSuchInvoice(_("This delivery does not exist."))
    return delivery


_by_id = _prepared(lambda: _row.id == slot(_row.id))


def deliveries_of(store: Store, invoice_id: int, *, strict: bool = False) -> list[Delivery]:
    """Return all deliveries of an invoice itself, oldest first. `notices_of` returns its reminders and the like.

    Damaged rows are skipped. With `strict`, a damaged row raises DamagedRow instead.
    """
    with store.reading():
        count = store.value(_count_of_invoice(invoice_id=invoice_id)) if strict else 0
        found = store.all(_of_invoice(invoice_id=invoice_id))
    if len(found) < count:
        raise damaged("delivery", f"@{invoice_id}", _("it is not known what was sent before"))
    return found


def notices_of(store: Store, invoice_id: int) -> list[Delivery]:
    """Return the reminders, receipts and statements that are filed under an invoice, oldest first."""
    return store.all(_notices_of_invoice(invoice_id=invoice_id))


_is_own = _row.kind == sqlite.literal(DeliveryKind.INVOICE)
_of_invoice = _prepared(lambda: (_row.invoice_id == slot(_row.invoice_id)) & _is_own, _row.id)
_notices_of_invoice = _prepared(lambda: (_row.invoice_id == slot(_row.invoice_id)) & ~_is_own, _row.id)
_count_of_invoice = Prepared(
    lambda: _row.select(fn.COUNT(_row.id)).where(_row.invoice_id == slot(_row.invoice_id), _is_own)
)


def sent_to(store: Store, addresses: Collection[str]) -> list[Delivery]:
    """Return the deliveries to any of `addresses` that may have been sent, latest first. Case is ignored."""
    wanted = [address.lower() for address in addresses]
    query = _select().where(
        sqlite.one_of(_row.state, LEFT), sqlite.have_any(_row.recipients, ("to", "cc", "bcc"), wanted)
    )
    return store.all(query.order_by(_row.id.desc()))


def marked(store: Store, mark: str) -> Delivery | None:
    """Return the delivery whose frozen message has this mark, or None if there is none that may have been sent."""
    return _with_header(store, MARK_HEADER, mark, _row.invoice_id == invoice_of(mark))


def with_message_id(store: Store, message_id: str) -> Delivery | None:
    """Return the latest delivery with this Message-ID that may have been sent, or None.

    This searches all messages, so use it only for mail that gives no other clue.
    """
    return _with_header(store, "Message-ID", message_id)


def _with_header(store: Store, name: str, value: str, *conditions: Any) -> Delivery | None:
    """Return the latest delivery with this header in its frozen message that may have been sent, or None."""
    query = (
        _select()
        .join_from(_row, _message, on=_message.delivery_id == _row.id)
        .where(*conditions, sqlite.one_of(_row.state, LEFT), sqlite.contains(_message.bytes, value.encode()))
        .order_by(_row.id.desc())
    )
    return next((one for one in store.all(query) if frozen_header(store, one.id, name) == value), None)


def frozen_header(store: Store, delivery_id: int, name: str) -> str:
    """Return a header of a delivery's frozen message, or an empty text if there is none."""
    message = store.value(_message.select(_message.bytes).where(_message.delivery_id == delivery_id))
    return header_of(message, name) if message is not None else ""


def thread_of(store: Store, delivery: Delivery) -> str:
    """Return the server's id of the conversation that a reminder belongs to, or an empty text.

    It is the conversation of the latest email about the invoice that the same address sent with the same subject. If
    that email failed or is in doubt, the reminder starts a conversation of its own: the id may be the reason.
    """
    if delivery.kind is not DeliveryKind.REMINDER:
        return ""
    before = store.first(
        _row.select(_row.id, _row.state, _row.thread)
        .where(
            _row.invoice_id == delivery.invoice_id,
            _row.id < delivery.id,
            _row.kind.in_((DeliveryKind.INVOICE, DeliveryKind.REMINDER)),
            _row.way == delivery.sender_kind,
            _row.sender == delivery.envelope.sender,
            _row.subject == delivery.subject,
            _row.state != State.CANCELLED,
        )
        .order_by(_row.id.desc())
        .limit(1)
    )
    return before[2] if before is not None and before[1] in _ACCEPTED else ""


_ACCEPTED = (State.SENT, State.PARTLY_SENT, State.BOUNCED)


def unfinished(store: Store) -> list[Delivery]:
    """Return the outbox: all queued, claimed and handed-over deliveries that are not finished, in sending order."""
    return store.all(_unfinished())


_unfinished = _prepared(lambda: sqlite.one_of(_row.state, UNFINISHED), _row.not_before, _row.id)


def under_way(store: Store) -> list[Delivery]:
    """Return the deliveries that postmen are working on, or were working on when they ended."""
    return store.all(_under_way())


_under_way = _prepared(lambda: sqlite.one_of(_row.state, UNDER_WAY), _row.id)


def in_doubt(store: Store) -> list[Delivery]:
    """Return the deliveries whose answer was lost, oldest first."""
    return store.all(_in_doubt())


_in_doubt = _prepared(lambda: _row.state == sqlite.literal(State.IN_DOUBT), _row.id)


def answers_due(store: Store) -> list[Delivery]:
    """Return the deliveries in doubt for which it is time to ask the server again (see `outbox.ask_again`)."""
    return store.all(_answers_due(lease=store.clock()))


_answers_due = _prepared(
    lambda: (_row.state == sqlite.literal(State.IN_DOUBT)) & (_row.session != "") & (_row.lease <= slot(_row.lease)),
    _row.lease,
)


def any_waiting(store: Store, delivery_ids: Collection[int]) -> bool:
    """Return whether any of these deliveries is still queued, so that its send can be undone."""
    query = _row.select(_row.id).where(_row.id.in_([*delivery_ids]), _row.state == State.QUEUED)
    return store.first(query.limit(1)) is not None


def leaving_soon(store: Store, seconds: int) -> list[Delivery]:
    """Return the deliveries that were just queued and will be sent within `seconds`, so the send can be undone."""
    now = store.clock()
    return store.all(_first_tries(after=now, until=now + timedelta(seconds=seconds)))


_first_tries = _prepared(
    lambda: (
        (_row.state == sqlite.literal(State.QUEUED))
        & (_row.attempts == 0)
        & (_row.not_before > slot(_row.not_before, "after"))
        & (_row.not_before <= slot(_row.not_before, "until"))
    ),
    _row.not_before,
    _row.id,
)


def leaving_by(store: Store, until: datetime) -> list[Delivery]:
    """Return the deliveries that have not been tried yet and may be sent by `until`, earliest first.

    Return none while the outbox is paused, and none from a sender that is paused or whose connection has ended.
    """
    from facturier.models.outbox.schedule import dues

    with store.reading():
        senders = {(due.sender_kind, due.sender) for due in dues(store, tuple(SenderKind)) if due.at <= instant(until)}
    if not senders:
        return []
    waiting = store.all(_first_tries(after=_LONG_AGO, until=until))
    return [delivery for delivery in waiting if (delivery.sender_kind, delivery.envelope.sender) in senders]


def ended_since(store: Store, since: datetime, limit: int) -> list[Delivery]:
    """Return up to `limit` deliveries that ended at `since` or later, latest first."""
    return store.all(_ended_since(changed=since, limit=limit))


_ended_since = Prepared(
    lambda: (
        _select()
        .where(sqlite.one_of(_row.state, ENDED), _row.changed >= slot(_row.changed))
        .order_by(_row.changed.desc())
        .limit(slot(_row.id, "limit"))
    )
)


def refused_of(store: Store, delivery_id: int) -> tuple[str, ...]:
    """Return the recipients that the server refused while it accepted others. Empty for all other deliveries."""
    found = store.first(_row.select(_row.id, _row.recipients).where(_row.id == delivery_id))
    with reading_row("delivery", delivery_id):
        return addresses(found[1].get("refused", [])) if found else ()


def message_of(store: Store, delivery_id: int) -> bytes:
    """Return the frozen message, checked against its SHA-256. Raises BrokenCompany if it has changed, and
    MessageNotKept if there is none."""
    import hashlib

    if store.make_message is not None:
        store.make_message(delivery_id)
    found = None
    with suppress(DamagedRow):
        found = store.first(_frozen(delivery_id=delivery_id))
        if found is None:
            raise MessageNotKept(
                _("This company file does not have the message of this delivery."),
                kept=_("The company was imported: its deliveries came without their messages."),
                todo=_("The file that it was exported from has the message."),
            )
    if found is None or hashlib.sha256(found[1]).hexdigest() != found[2]:
        raise BrokenCompany(
            _("The message saved for this delivery is damaged."),
            kept=_("The message was not sent."),
            todo=_("Send the invoice again."),
        )
    message: bytes = found[1]
    return message


_frozen = Prepared(
    lambda: _message.select(_message.delivery_id, _message.bytes, _message.sha256).where(
        _message.delivery_id == slot(_message.delivery_id)
    )
)


def has_message(store: Store, delivery_id: int) -> bool:
    """Return whether a delivery has a frozen message. Only in the demo company can it have none."""
    return store.value(_message.select(_message.delivery_id).where(_message.delivery_id == delivery_id)) is not None


class Seal(NamedTuple):
    """The seal of a delivery.

    `token` is random and identifies the delivery after it was handed over. `not_before` is the earliest send time, as
    the store writes it. Both are empty in seals of version 0.1.0.
    """

    mark: bytes
    token: str
    not_before: str

    @property
    def time(self) -> datetime:
        """The earliest send time. Raises ValueError if `not_before` is not a time; in a valid seal, it always is."""
        return datetime.fromisoformat(self.not_before)


def write_seal(store: Store, delivery_id: int, seal: Seal) -> None:
    """Write the seal of a delivery, inside the caller's transaction. It replaces an earlier seal."""
    store.run(_write_seal(delivery_id=delivery_id, **seal._asdict()))


_write_seal = Prepared(
    lambda: _seal.insert(slots(_seal.delivery_id, _seal.mark, _seal.token, _seal.not_before)).on_conflict(
        conflict_target=[_seal.delivery_id], preserve=[_seal.mark, _seal.token, _seal.not_before]
    )
)


def read_seal(store: Store, delivery_id: int) -> Seal | None:
    found = store.first(_read_seal(delivery_id=delivery_id))
    return Seal(*found[1:]) if found else None


_read_seal = Prepared(
    lambda: _seal.select(_seal.delivery_id, _seal.mark, _seal.token, _seal.not_before).where(
        _seal.delivery_id == slot(_seal.delivery_id)
    )
)


def ended_tokens(store: Store, since: datetime) -> list[str]:
    """Return the tokens of deliveries that ended at `since` or later. None of these may be sent again."""
    ended = (
        _seal.select(_seal.token)
        .join(_row, on=_row.id == _seal.delivery_id)
        .where(_seal.token != "", sqlite.one_of(_row.state, ENDED), _row.changed >= since)
    )
    return [token for (token,) in store.all(ended)]
