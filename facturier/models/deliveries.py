"""Deliveries: read them, and the frozen messages that they carry."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from facturier.models.clean import from_json
from facturier.models.delivery import Delivery, Envelope, Way
from facturier.models.errors import BrokenCompany, NoSuchInvoice
from facturier.models.language import _
from facturier.models.status import State
from facturier.models.store import Store, instant

_SELECT = (
    "SELECT delivery.id, invoice_id, number, customer, state, epoch, owner, lease, way, sender, recipients, subject,"
    " not_before, session, server_id, problem, attempts, queued, delivery.changed"
    " FROM delivery JOIN invoice ON invoice.id = delivery.invoice_id"
)

_LEFT = "state IN ('sent', 'partly_sent', 'in_doubt', 'bounced')"


def get_delivery(store: Store, delivery_id: int) -> Delivery:
    row = store.row(f"{_SELECT} WHERE delivery.id = ?", delivery_id)
    if row is None:
        raise NoSuchInvoice(_("There is no such delivery."))
    return _delivery(row)


def deliveries_of(store: Store, invoice_id: int) -> list[Delivery]:
    """All deliveries of an invoice, oldest first."""
    return [_delivery(row) for row in store.rows(f"{_SELECT} WHERE invoice_id = ? ORDER BY delivery.id", invoice_id)]


def find_delivery(
    store: Store, recipients: Collection[str], *, message_id: str = "", subject: str = ""
) -> Delivery | None:
    """The latest delivery that may have left with a message, by its Message-ID, else by its whole subject: what a
    bounce tells. A subject is only a clue: it must have gone to one of the `recipients`, and for one invoice only."""
    if message_id:
        found = store.row(
            f"{_SELECT} JOIN message ON message.delivery_id = delivery.id"
            f" WHERE instr(message.bytes, ?) > 0 AND {_LEFT} ORDER BY delivery.id DESC LIMIT 1",
            message_id.encode(),
        )
        if found:
            return _delivery(found)
    if not subject:
        return None
    failed = {address.casefold() for address in recipients}
    same = [
        _delivery(row) for row in store.rows(f"{_SELECT} WHERE subject = ? AND {_LEFT} ORDER BY delivery.id", subject)
    ]
    same = [one for one in same if failed & {address.casefold() for address in one.envelope.recipients}]
    return same[-1] if len({one.invoice_id for one in same}) == 1 else None


def unfinished(store: Store) -> list[Delivery]:
    """The outbox: everything queued, claimed or being handed over, in the order in which it goes."""
    return [
        _delivery(row)
        for row in store.rows(
            f"{_SELECT} WHERE state IN ('queued', 'claimed', 'handing_over') ORDER BY not_before, delivery.id"
        )
    ]


def under_way(store: Store) -> list[Delivery]:
    """What postmen hold at this moment, or held when they ended."""
    return [_delivery(row) for row in store.rows(f"{_SELECT} WHERE state IN ('claimed', 'handing_over')")]


def in_doubt(store: Store) -> list[Delivery]:
    """Deliveries whose answer was lost, oldest first."""
    return [_delivery(row) for row in store.rows(f"{_SELECT} WHERE state = 'in_doubt' ORDER BY delivery.id")]


def answers_due(store: Store) -> list[Delivery]:
    """Deliveries in doubt whose answer may be asked for again by now (see `outbox.ask_again`)."""
    return [
        _delivery(row)
        for row in store.rows(
            f"{_SELECT} WHERE state = 'in_doubt' AND session != '' AND lease <= ? ORDER BY lease", store.now()
        )
    ]


def leaving_soon(store: Store, seconds: int) -> list[Delivery]:
    """What was put in the outbox just now and may leave within so many seconds: it can still be taken back."""
    now = store.clock()
    found = store.rows(
        f"{_SELECT} WHERE state = 'queued' AND attempts = 0 AND not_before > ? AND not_before <= ?"
        " ORDER BY not_before, delivery.id",
        instant(now),
        instant(now + timedelta(seconds=seconds)),
    )
    return [_delivery(row) for row in found]


def leaving_by(store: Store, until: datetime) -> list[Delivery]:
    """What waits for its first try and may leave by then, the first one first; nothing while the outbox is paused, and
    nothing from a sender that is paused or whose connection is over."""
    from facturier.models.due import dues

    with store.reading():
        senders = {(due.way, due.sender) for due in dues(store, tuple(Way)) if due.at <= instant(until)}
    if not senders:
        return []
    found = store.rows(
        f"{_SELECT} WHERE state = 'queued' AND attempts = 0 AND not_before <= ? ORDER BY not_before, delivery.id",
        instant(until),
    )
    waiting = [_delivery(row) for row in found]
    return [delivery for delivery in waiting if (delivery.way, delivery.envelope.sender) in senders]


def ended_since(store: Store, since: datetime, limit: int) -> list[Delivery]:
    """Deliveries that ended since then, the last one first."""
    found = store.rows(
        f"{_SELECT} WHERE state IN ('sent', 'partly_sent', 'failed', 'cancelled', 'bounced') AND delivery.changed >= ?"
        " ORDER BY delivery.changed DESC LIMIT ?",
        instant(since),
        limit,
    )
    return [_delivery(row) for row in found]


def refused_of(store: Store, delivery_id: int) -> tuple[str, ...]:
    """The recipients that the server would not take, while it took others; none for any other delivery."""
    row = store.row("SELECT json_extract(recipients, '$.refused') FROM delivery WHERE id = ?", delivery_id)
    return tuple(from_json(row[0])) if row and row[0] else ()


def message_of(store: Store, delivery_id: int) -> bytes:
    """The frozen message, checked against its SHA-256. Raises BrokenCompany if it is not what was frozen."""
    import hashlib

    row = store.row("SELECT bytes, sha256 FROM message WHERE delivery_id = ?", delivery_id)
    if row is None or hashlib.sha256(row[0]).hexdigest() != row[1]:
        raise BrokenCompany(
            _("The message kept for this delivery is damaged."),
            kept=_("It was not sent."),
            todo=_("Send the invoice again."),
        )
    return bytes(row[0])


def _delivery(row: tuple[Any, ...]) -> Delivery:
    id_, invoice_id, number, customer, state, epoch, owner, lease, way, sender, recipients, subject, *rest = row
    not_before, session, server_id, problem, attempts, queued, changed = rest
    people = from_json(recipients)
    return Delivery(
        id=id_,
        invoice_id=invoice_id,
        number=number,
        customer=customer,
        state=State(state),
        epoch=epoch,
        owner=owner,
        lease=datetime.fromisoformat(lease) if lease else None,
        way=Way(way),
        envelope=Envelope(sender, tuple(people["to"]), tuple(people["cc"]), tuple(people["bcc"])),
        subject=subject,
        not_before=datetime.fromisoformat(not_before),
        session=session,
        server_id=server_id,
        problem=problem,
        attempts=attempts,
        queued=datetime.fromisoformat(queued),
        changed=datetime.fromisoformat(changed),
    )
