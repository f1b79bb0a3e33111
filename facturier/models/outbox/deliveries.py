"""Deliveries: read them, and the frozen messages that they carry."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from facturier.models.books.sent import SENT
from facturier.models.books.status import State
from facturier.models.errors import BrokenCompany, NoSuchInvoice
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.outbox.delivery_mark import MARK_HEADER, header_of, invoice_of
from facturier.models.store.damaged_rows import addresses, damaged, each, instant_of, reading_row, text, whole
from facturier.models.store.store import Store, instant
from facturier.models.text.clean import from_json
from facturier.models.text.i18n import _

_SELECT = (
    "SELECT delivery.id, invoice_id, number, customer, state, epoch, owner, lease, way, sender, recipients, subject,"
    " not_before, session, server_id, problem, attempts, queued, delivery.changed"
    " FROM delivery JOIN invoice ON invoice.id = delivery.invoice_id"
)

_COUNT = 1 << 53  # more claims and attempts than can be, and less than SQLite could not count on from
# What may have left, so that it can come back.
LEFT = (*SENT, State.IN_DOUBT)
_LEFT = "state IN ('sent', 'partly_sent', 'in_doubt', 'bounced')"


def get_delivery(store: Store, delivery_id: int) -> Delivery:
    """Raises NoSuchInvoice, DamagedRow."""
    row = store.row(f"{_SELECT} WHERE delivery.id = ?", delivery_id)
    if row is None:
        raise NoSuchInvoice(_("This delivery does not exist."))
    with reading_row("delivery", delivery_id):
        return _delivery(row)


def deliveries_of(store: Store, invoice_id: int, *, strict: bool = False) -> list[Delivery]:
    """All deliveries of an invoice, oldest first. With `strict`, none is left out. Raises DamagedRow then."""
    rows = store.rows(f"{_SELECT} WHERE invoice_id = ? ORDER BY delivery.id", invoice_id)
    found = _deliveries(store, rows)
    if strict and len(found) < len(rows):
        raise damaged("delivery", f"@{invoice_id}", _("what was sent before is not known"))
    return found


def sent_to(store: Store, addresses: Collection[str]) -> list[Delivery]:
    """Deliveries that may have been sent, to one of `addresses` at least, the latest first. Case does not matter."""
    wanted = json.dumps([address.lower() for address in addresses])
    recipients = "CASE WHEN json_valid(recipients) THEN recipients ELSE '{}' END"  # another program may have written it
    kinds = " UNION ALL ".join(
        f"SELECT 1 FROM json_each({recipients}, '$.{kind}') AS one"
        " WHERE lower(one.value) IN (SELECT value FROM json_each(?1))"
        for kind in ("to", "cc", "bcc")
    )
    found = store.rows(f"{_SELECT} WHERE {_LEFT} AND EXISTS ({kinds}) ORDER BY delivery.id DESC", wanted)
    return _deliveries(store, found)


def marked(store: Store, mark: str) -> Delivery | None:
    """The delivery whose frozen message carries this mark, if it may have been sent."""
    return _with_header(store, MARK_HEADER, mark, "invoice_id = ?", invoice_of(mark))


def with_message_id(store: Store, message_id: str) -> Delivery | None:
    """The latest delivery that may have been sent with this Message-ID. It looks into every message: for a mail that
    gives no other clue."""
    return _with_header(store, "Message-ID", message_id, "true")


def _with_header(store: Store, name: str, value: str, condition: str, *values: int) -> Delivery | None:
    """The latest delivery that may have been sent whose frozen message has this header. `instr` knows no patterns."""
    found = store.rows(
        f"{_SELECT} JOIN message ON message.delivery_id = delivery.id"
        f" WHERE {condition} AND {_LEFT} AND instr(message.bytes, ?) > 0 ORDER BY delivery.id DESC",
        *values,
        value.encode(),
    )
    return next((one for one in _deliveries(store, found) if frozen_header(store, one.id, name) == value), None)


def frozen_header(store: Store, delivery_id: int, name: str) -> str:
    """A header of the frozen message of a delivery; empty where there is none."""
    row = store.row("SELECT bytes FROM message WHERE delivery_id = ?", delivery_id)
    return header_of(bytes(row[0]), name) if row else ""


def unfinished(store: Store) -> list[Delivery]:
    """The outbox: everything queued, claimed or being handed over, in the order in which it goes."""
    return _deliveries(
        store,
        store.rows(f"{_SELECT} WHERE state IN ('queued', 'claimed', 'handing_over') ORDER BY not_before, delivery.id"),
    )


def under_way(store: Store) -> list[Delivery]:
    """What postmen hold at this moment, or held when they ended."""
    return _deliveries(store, store.rows(f"{_SELECT} WHERE state IN ('claimed', 'handing_over')"))


def in_doubt(store: Store) -> list[Delivery]:
    """Deliveries whose answer was lost, oldest first."""
    return _deliveries(store, store.rows(f"{_SELECT} WHERE state = 'in_doubt' ORDER BY delivery.id"))


def answers_due(store: Store) -> list[Delivery]:
    """Deliveries in doubt whose answer may be asked for again by now (see `outbox.ask_again`)."""
    return _deliveries(
        store,
        store.rows(f"{_SELECT} WHERE state = 'in_doubt' AND session != '' AND lease <= ? ORDER BY lease", store.now()),
    )


def leaving_soon(store: Store, seconds: int) -> list[Delivery]:
    """What was put in the outbox just now and may leave within so many seconds: it can still be taken back."""
    now = store.clock()
    found = store.rows(
        f"{_SELECT} WHERE state = 'queued' AND attempts = 0 AND not_before > ? AND not_before <= ?"
        " ORDER BY not_before, delivery.id",
        instant(now),
        instant(now + timedelta(seconds=seconds)),
    )
    return _deliveries(store, found)


def leaving_by(store: Store, until: datetime) -> list[Delivery]:
    """What waits for its first try and may leave by then, the first one first; nothing while the outbox is paused, and
    nothing from a sender that is paused or whose connection is over."""
    from facturier.models.outbox.schedule import dues

    with store.reading():
        senders = {(due.sender_kind, due.sender) for due in dues(store, tuple(SenderKind)) if due.at <= instant(until)}
    if not senders:
        return []
    found = store.rows(
        f"{_SELECT} WHERE state = 'queued' AND attempts = 0 AND not_before <= ? ORDER BY not_before, delivery.id",
        instant(until),
    )
    waiting = _deliveries(store, found)
    return [delivery for delivery in waiting if (delivery.sender_kind, delivery.envelope.sender) in senders]


def ended_since(store: Store, since: datetime, limit: int) -> list[Delivery]:
    """Deliveries that ended since then, the last one first."""
    found = store.rows(
        f"{_SELECT} WHERE state IN ('sent', 'partly_sent', 'failed', 'cancelled', 'bounced') AND delivery.changed >= ?"
        " ORDER BY delivery.changed DESC LIMIT ?",
        instant(since),
        limit,
    )
    return _deliveries(store, found)


def refused_of(store: Store, delivery_id: int) -> tuple[str, ...]:
    """The recipients that the server would not take, while it took others; none for any other delivery."""
    row = store.row("SELECT recipients FROM delivery WHERE id = ?", delivery_id)
    with reading_row("delivery", delivery_id):
        return addresses(from_json(row[0]).get("refused", [])) if row else ()


def message_of(store: Store, delivery_id: int) -> bytes:
    """The frozen message, checked against its SHA-256. Raises BrokenCompany if it is not what was frozen."""
    import hashlib

    row = store.row("SELECT bytes, sha256 FROM message WHERE delivery_id = ?", delivery_id)
    if row is None or not isinstance(row[0], bytes) or hashlib.sha256(row[0]).hexdigest() != row[1]:
        raise BrokenCompany(
            _("The message kept for this delivery is damaged."),
            kept=_("The message was not sent."),
            todo=_("Send the invoice again."),
        )
    return row[0]


def _deliveries(store: Store, rows: Iterable[tuple[Any, ...]]) -> list[Delivery]:
    return each(store, "delivery", rows, _delivery)


def _delivery(row: tuple[Any, ...]) -> Delivery:
    id_, invoice_id, number, customer, state, epoch, owner, lease, sender_kind, sender, recipients, subject, *rest = row
    not_before, session, server_id, problem, attempts, queued, changed = rest
    people = from_json(recipients)
    return Delivery(
        id=id_,
        invoice_id=invoice_id,
        number=number,
        customer=customer,
        state=State(state),
        epoch=whole(epoch, 0, _COUNT),
        owner=owner,
        lease=instant_of(lease) if lease else None,
        sender_kind=SenderKind(sender_kind),
        envelope=Envelope(text(sender), addresses(people["to"]), addresses(people["cc"]), addresses(people["bcc"])),
        subject=subject,
        not_before=instant_of(not_before),
        session=session,
        server_id=server_id,
        problem=problem,
        attempts=whole(attempts, 0, _COUNT),
        queued=instant_of(queued),
        changed=instant_of(changed),
    )


class Seal(NamedTuple):
    """`token` is random: what this delivery is known by once it was handed over. `not_before` is when it may leave, as
    the store writes it. Both are empty in the seals of version 0.1.0."""

    mark: bytes
    token: str
    not_before: str

    @property
    def time(self) -> datetime:
        """Raises ValueError where somebody wrote no time there; a seal that is right has one."""
        return datetime.fromisoformat(self.not_before)


def write_seal(store: Store, delivery_id: int, seal: Seal) -> None:
    """Inside the caller's transaction; in place of the one that it had."""
    store.write(
        "INSERT OR REPLACE INTO seal (delivery_id, mark, token, not_before) VALUES (?, ?, ?, ?)", delivery_id, *seal
    )


def read_seal(store: Store, delivery_id: int) -> Seal | None:
    row = store.row("SELECT mark, token, not_before FROM seal WHERE delivery_id = ?", delivery_id)
    return Seal(bytes(row[0]), str(row[1]), str(row[2])) if row else None


def ended_tokens(store: Store, since: datetime) -> list[str]:
    """The tokens of deliveries that ended since then: none of them may leave again."""
    rows = store.rows(
        "SELECT token FROM delivery JOIN seal ON seal.delivery_id = delivery.id"
        " WHERE state IN ('sent', 'partly_sent', 'failed', 'cancelled', 'bounced') AND delivery.changed >= ?",
        instant(since),
    )
    return [token for (token,) in rows if token]
