"""The outbox: queueing a delivery, claiming it, and every change of its state.

All of it goes through `_move`, a compare-and-swap on state, owner and epoch in one transaction with its journal entry
and alert. `facturier.models.transitions` says which moves there are.
"""

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta

import peewee

from facturier.models.alerts import AlertKind, raise_alert, settle_alerts
from facturier.models.composition import drop_composition
from facturier.models.deliveries import get_delivery
from facturier.models.delivery import Claim, Delivery, Envelope, Way
from facturier.models.drafts import searchable
from facturier.models.errors import AlreadyOpen, ChangedElsewhere, LostClaim, NumberTaken
from facturier.models.invoice import Invoice
from facturier.models.invoices import get_invoice
from facturier.models.journal import write_journal
from facturier.models.language import _
from facturier.models.settings import read_company, take_number, write_rates
from facturier.models.status import Standing, State
from facturier.models.store import Store, instant
from facturier.models.transitions import TRANSITIONS, Fact

LEASE = timedelta(minutes=5)
# Gmail allows 6,000 units a minute to a user, and a send costs 100 ("Usage limits", Gmail API): 60, with some to spare
# for the company's other programs.
GMAIL_A_MINUTE = 50

_ALERTS = {
    Fact.REFUSED: AlertKind.FAILED,
    Fact.LOST: AlertKind.IN_DOUBT,
    Fact.BOUNCED: AlertKind.BOUNCED,
}


def queue_delivery(
    store: Store,
    invoice: Invoice,
    number: str,
    way: Way,
    envelope: Envelope,
    subject: str,
    message: bytes,
    not_before: datetime,
) -> Delivery:
    """Put a message in the outbox: number, frozen message, delivery and journal entry, all or nothing.

    `invoice` and `number` are what the message was made from. Raises ChangedElsewhere if the invoice was saved since,
    NumberTaken if the number was given to another one (make the message again), AlreadyOpen if the invoice has an
    unfinished delivery.
    """
    assert invoice.id is not None
    with store.writing():
        now = store.now()
        stands = get_invoice(store, invoice.id)
        if stands.version != invoice.version:
            raise ChangedElsewhere(
                _("This invoice was changed in another window."),
                kept=_("Nothing was sent."),
                todo=_("Look at it again, then send it."),
            )
        if stands.standing is Standing.DRAFT:
            _issue(store, stands, number)
        elif stands.number != number:
            raise NumberTaken(_("This invoice has number {number}.").format(number=stands.number))
        try:
            delivery_id = store.insert(
                "INSERT INTO delivery (invoice_id, state, way, sender, recipients, subject, not_before, queued,"
                " changed) VALUES (?, 'queued', ?, ?, ?, ?, ?, ?, ?)",
                invoice.id,
                way,
                envelope.sender,
                json.dumps({"to": envelope.to, "cc": envelope.cc, "bcc": envelope.bcc}),
                subject,
                instant(not_before),
                now,
                now,
            )
        except peewee.IntegrityError:
            raise AlreadyOpen(
                _("Invoice {number} is in the outbox already.").format(number=number),
                kept=_("It was not queued a second time."),
                todo=_("Wait until it has been sent, or take it back first."),
            ) from None
        store.insert(
            "INSERT INTO message (delivery_id, sha256, bytes) VALUES (?, ?, ?)",
            delivery_id,
            hashlib.sha256(message).hexdigest(),
            message,
        )
        drop_composition(store, invoice.id)
        write_journal(
            store, "queued", invoice.id, sender=envelope.sender, to=", ".join(envelope.to), delivery=str(delivery_id)
        )
        return get_delivery(store, delivery_id)


def issue_invoice(store: Store, invoice: Invoice) -> Invoice:
    """Give a draft its number without sending it. Raises ChangedElsewhere."""
    assert invoice.id is not None
    with store.writing():
        stands = get_invoice(store, invoice.id)
        if stands.version != invoice.version or stands.standing is not Standing.DRAFT:
            raise ChangedElsewhere(_("This invoice was changed in another window."), kept=_("It was not issued."))
        _issue(store, stands, read_company(store).number)
        return get_invoice(store, invoice.id)


def claim_next(store: Store, owner: str, ways: tuple[Way, ...] = tuple(Way)) -> Delivery | None:
    """Take the next delivery that may go now by one of `ways`: not before its time, its sender not paused, its
    connection alive, and never faster than Gmail allows, whoever sends."""
    with store.writing():
        now = store.now()
        row = store.row(
            "SELECT delivery.id FROM delivery WHERE state = 'queued' AND not_before <= ?"
            " AND NOT EXISTS (SELECT 1 FROM pause WHERE pause.sender = delivery.sender AND until > ?)"
            " AND (way != 'gmail' OR EXISTS (SELECT 1 FROM connection WHERE over = '' AND address = delivery.sender))"
            " AND (way != 'gmail' OR ? > (SELECT count(*) FROM delivery AS other WHERE other.sender = delivery.sender"
            "      AND other.changed > ? AND other.state NOT IN ('queued', 'cancelled')))"
            f" AND way IN ({', '.join('?' * len(ways))})"
            " ORDER BY not_before, delivery.id LIMIT 1",
            now,
            now,
            GMAIL_A_MINUTE,
            instant(store.clock() - timedelta(minutes=1)),
            *ways,
        )
        if row is None:
            return None
        lease = instant(store.clock() + LEASE)
        store.write(
            "UPDATE delivery SET owner = ?, epoch = epoch + 1, lease = ?, attempts = attempts + 1 WHERE id = ?",
            owner,
            lease,
            row[0],
        )
        delivery = get_delivery(store, row[0])
        return _move(store, delivery, Fact.CLAIMED)


def hold_claim(store: Store, claim: Claim) -> None:
    """Lengthen the lease while the work goes on. Raises LostClaim."""
    with store.writing():
        _owned(store, claim)
        store.write("UPDATE delivery SET lease = ? WHERE id = ?", instant(store.clock() + LEASE), claim.delivery_id)


def hand_over(store: Store, claim: Claim, session: str) -> Delivery:
    """From here on it may leave. Committed before the first byte that could make it. Raises LostClaim."""
    with store.writing():
        delivery = _owned(store, claim)
        if delivery.lease is None or delivery.lease < store.clock():
            raise LostClaim(_("This took so long that another postman may have taken it over."))
        store.write(
            "UPDATE delivery SET session = ?, lease = ? WHERE id = ?",
            session,
            instant(store.clock() + LEASE),
            delivery.id,
        )
        return _move(store, delivery, Fact.HANDED_OVER)


def accepted(store: Store, claim: Claim, server_id: str, reply: str = "") -> Delivery:
    """The server took it. Raises LostClaim."""
    with store.writing():
        delivery = _owned(store, claim)
        store.write("UPDATE delivery SET server_id = ?, problem = '' WHERE id = ?", server_id, delivery.id)
        return _move(store, delivery, Fact.ACCEPTED, server_id=server_id, reply=reply)


def partly_accepted(store: Store, claim: Claim, server_id: str, refused: dict[str, str]) -> Delivery:
    """The server took it for some and refused others, which `refused` maps to its words. A refused To is an alert; a
    refused Cc or Bcc only a notice in the journal. Raises LostClaim."""
    with store.writing():
        delivery = _owned(store, claim)
        problem = "; ".join(f"{address}: {reply}" for address, reply in refused.items())
        store.write("UPDATE delivery SET server_id = ?, problem = ? WHERE id = ?", server_id, problem, delivery.id)
        if any(address in refused for address in delivery.envelope.to):
            raise_alert(
                store,
                AlertKind.PARTLY_SENT,
                invoice_id=delivery.invoice_id,
                delivery_id=delivery.id,
                recipients=", ".join(refused),
                reason=problem,
            )
        return _move(store, delivery, Fact.PARTLY_ACCEPTED, server_id=server_id, reason=problem)


def put_back(store: Store, claim: Claim, problem: str, not_before: datetime, reply: str = "") -> Delivery:
    """It did not leave and may be tried again from `not_before` on. Raises LostClaim."""
    with store.writing():
        delivery = _owned(store, claim)
        fact = Fact.RELEASED if delivery.state is State.CLAIMED else Fact.DEFERRED
        store.write(
            "UPDATE delivery SET problem = ?, not_before = ?, session = '' WHERE id = ?",
            problem,
            instant(not_before),
            delivery.id,
        )
        return _move(store, delivery, fact, reason=problem, reply=reply)


def refused(store: Store, claim: Claim, problem: str, reply: str = "") -> Delivery:
    """A clear refusal: it did not leave. Raises an alert. Raises LostClaim."""
    with store.writing():
        delivery = _owned(store, claim)
        return _move(store, delivery, Fact.REFUSED, reason=problem, reply=reply)


def lost(store: Store, claim: Claim, problem: str, reply: str = "") -> Delivery:
    """The answer was lost: nobody can know. Raises an alert. Raises LostClaim."""
    with store.writing():
        delivery = _owned(store, claim)
        return _move(store, delivery, Fact.LOST, reason=problem, reply=reply)


def pause_sender(store: Store, sender: str, until: datetime, reason: str) -> None:
    """Everything from this address waits until then."""
    with store.writing():
        store.write(
            "INSERT INTO pause (sender, until, reason) VALUES (?, ?, ?)"
            " ON CONFLICT (sender) DO UPDATE SET until = max(until, excluded.until), reason = excluded.reason",
            sender,
            instant(until),
            reason,
        )


def take_over(store: Store, delivery: Delivery, owner: str) -> Claim:
    """Take an unfinished delivery from a postman that is provably gone. Raises LostClaim if another one was faster."""
    with store.writing():
        touched = store.write(
            "UPDATE delivery SET owner = ?, epoch = epoch + 1, lease = ? WHERE id = ? AND epoch = ? AND owner = ?"
            " AND state IN ('claimed', 'handing_over')",
            owner,
            instant(store.clock() + LEASE),
            delivery.id,
            delivery.epoch,
            delivery.owner,
        )
        if not touched:
            raise LostClaim(_("Another postman has taken this delivery over."))
        write_journal(store, "taken_over", delivery.invoice_id, owner=delivery.owner)
        return Claim(delivery.id, owner, delivery.epoch + 1)


def cancel_delivery(store: Store, delivery_id: int) -> Delivery:
    """A person took it back. Raises LostClaim when it is too late for that."""
    with store.writing():
        return _move(store, get_delivery(store, delivery_id), Fact.CANCELLED)


def withdraw(store: Store, delivery_id: int, reason: str) -> Delivery:
    """Its way out is gone, so it is taken back; an alert says so, inside the caller's transaction."""
    delivery = _move(store, get_delivery(store, delivery_id), Fact.CANCELLED, reason=reason)
    raise_alert(
        store,
        AlertKind.FAILED,
        invoice_id=delivery.invoice_id,
        delivery_id=delivery_id,
        reason=reason,
        recipients=", ".join(delivery.envelope.to),
    )
    return delivery


def resolve_delivery(store: Store, delivery_id: int, *, sent: bool, reason: str, server_id: str = "") -> Delivery:
    """A person, or the upload session, says what became of a delivery in doubt. Raises LostClaim if it is in none."""
    with store.writing():
        delivery = get_delivery(store, delivery_id)
        if server_id:
            store.write("UPDATE delivery SET server_id = ? WHERE id = ?", server_id, delivery_id)
        fact = Fact.SAID_SENT if sent else Fact.SAID_NOT_SENT
        moved = _move(store, delivery, fact, reason=reason, server_id=server_id)
        settle_alerts(store, AlertKind.IN_DOUBT, delivery_id=delivery_id)
        return moved


def report_bounce(store: Store, delivery_id: int, recipients: dict[str, str]) -> Delivery:
    """A person reports that it came back, for whom and why. Raises LostClaim if it was not sent."""
    with store.writing():
        reason = "; ".join(f"{address}: {why}" for address, why in recipients.items())
        return _move(store, get_delivery(store, delivery_id), Fact.BOUNCED, reason=reason)


def _issue(store: Store, draft: Invoice, number: str) -> None:
    company = read_company(store)
    if number != company.number:
        raise NumberTaken(_("Number {number} has been given meanwhile.").format(number=number))
    issued = replace(draft, number=number, standing=Standing.ISSUED)
    store.write(
        "UPDATE invoice SET number = ?, standing = 'issued', folded = ?, rates = ?, version = version + 1, changed = ?"
        " WHERE id = ?",
        number,
        searchable(issued),
        json.dumps(write_rates(issued.rates)),
        store.now(),
        draft.id,
    )
    take_number(store, company)
    write_journal(store, "issued", draft.id, number=number)


def _owned(store: Store, claim: Claim) -> Delivery:
    """The claimed delivery, if the claim still holds."""
    delivery = get_delivery(store, claim.delivery_id)
    if delivery.owner != claim.owner or delivery.epoch != claim.epoch:
        raise LostClaim(_("Another postman has taken this delivery over."))
    return delivery


def _move(store: Store, delivery: Delivery, fact: Fact, **evidence: str) -> Delivery:
    state = TRANSITIONS.get((delivery.state, fact))
    if state is None or not store.write(
        "UPDATE delivery SET state = ?, changed = ? WHERE id = ? AND state = ?",
        state,
        store.now(),
        delivery.id,
        delivery.state,
    ):
        raise LostClaim(_("This delivery has gone on meanwhile: it is now {state}.").format(state=delivery.state))
    write_journal(store, fact, delivery.invoice_id, delivery=str(delivery.id), **evidence)
    if fact in _ALERTS:
        reason = evidence.get("reason", "")
        store.write("UPDATE delivery SET problem = ? WHERE id = ?", reason, delivery.id)
        raise_alert(
            store,
            _ALERTS[fact],
            invoice_id=delivery.invoice_id,
            delivery_id=delivery.id,
            reason=reason,
            recipients=", ".join(delivery.envelope.to),
        )
    return get_delivery(store, delivery.id)
