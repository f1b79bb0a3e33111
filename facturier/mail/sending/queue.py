"""Put a prepared message in the outbox, or cancel it."""

import contextlib
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from typing import NamedTuple

from facturier.mail.errors import Refused, VaultError
from facturier.mail.senders.access import needs_membership
from facturier.mail.sending.compose import first_composition, is_unchanged
from facturier.mail.sending.prepare import Prepared, prepare
from facturier.mail.vault.schedule_approval import record_sent
from facturier.mail.vault.seal import make_seal
from facturier.mail.vault.trust import member_secrets, remember_cancelled
from facturier.mail.workspace import Workspace
from facturier.models.books.status import State
from facturier.models.errors import DamagedRow, LostClaim, NoSuchInvoice, NumberTaken, StoreError
from facturier.models.outbox.changes.resolving import cancel_delivery
from facturier.models.outbox.composition import drop_composition, keep_composition
from facturier.models.outbox.deliveries import get_delivery, write_seal
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.queue import queue_delivery
from facturier.models.settings.company import Company
from facturier.models.text.i18n import _

_TRIES = 3


class Period(NamedTuple):
    """The period of a schedule that an invoice is for. It is sent automatically at most once."""

    schedule_id: int
    day: date

    @property
    def key(self) -> str:
        return f"recurring:{self.schedule_id}:{self.day.isoformat()}"


def queue(
    ws: Workspace,
    prepared: Prepared,
    *,
    not_before: datetime | None = None,
    as_seen: bool = False,
    period: Period | None = None,
) -> Delivery:
    """Put a message in the outbox, to be sent at `not_before`, or after the company's undo time.

    If another window has used the number in the meantime, the message is created again with the next number. With
    `as_seen`, a person has seen the message with its number, and NumberTaken is raised instead. `period` is given if no
    person has asked for it. Raises Refused if there is an error among the findings, or if this period was sent before,
    and ChangedElsewhere, AlreadyOpen or AlreadySent from the outbox.
    """
    with ws.store.reading():  # one connection for all of it
        company = ws.company()
        when = not_before or ws.clock() + timedelta(seconds=company.undo)
        for _try in range(_TRIES):
            if not prepared.ready:
                raise Refused(
                    _("This message cannot be sent yet."),
                    todo=" ".join(finding.text for finding in prepared.findings if finding.level == "error"),
                )
            try:
                return _queue(ws, company, prepared, when, period)
            except NumberTaken:  # another window issued an invoice, and the number is part of the message
                if as_seen:
                    raise
                assert prepared.invoice.id is not None
                seen = prepared
                prepared = prepare(ws, prepared.invoice.id, prepared.composition, sent=not_before)
                if _without_number(prepared) != _without_number(seen):
                    raise
    raise StoreError(
        _("Other windows are issuing invoices right now."),
        kept=_("Nothing was sent."),
        todo=_("Send the invoice again."),
    )


def cancel(ws: Workspace, delivery: Delivery) -> bool:
    """Cancel a delivery. It is then never sent from here, even if somebody puts it back in the outbox.

    Return whether its invoice is a draft again (see `cancel_delivery`). Raises LostClaim if sending has started, and
    NoSuchInvoice if the draft was deleted since.
    """
    draft_again = cancel_delivery(ws.store, delivery.id, delivery.invoice_id)
    with contextlib.suppress(VaultError, StoreError):  # the delivery is cancelled anyway
        remember_cancelled(ws, delivery.id)
    return draft_again


def cancel_all(ws: Workspace, deliveries: Iterable[Delivery]) -> int:
    """Cancel several deliveries. Return how many were not cancelled because sending had started.

    One that someone else has cancelled in the meantime counts as cancelled, and so does one whose draft is deleted.
    """
    late = 0
    for delivery in deliveries:
        with contextlib.suppress(NoSuchInvoice, DamagedRow):  # the others are cancelled anyway
            try:
                cancel(ws, delivery)
            except LostClaim:
                late += get_delivery(ws.store, delivery.id).state is not State.CANCELLED
    return late


def _queue(ws: Workspace, company: Company, prepared: Prepared, when: datetime, period: Period | None) -> Delivery:
    sender_kind = prepared.composition.sender_kind
    guarded = needs_membership(ws, sender_kind, company)
    if guarded:
        member_secrets(ws)  # asks for a passphrase before the company is locked
    recorded = guarded and period is not None
    with ws.keys.vault.whole() if recorded else nullcontext(), ws.store.writing():
        ws.store.check_schema()
        key = ws.keys.vault.read().seal_key if guarded else ""
        delivery = queue_delivery(
            ws.store,
            prepared.invoice,
            prepared.number,
            sender_kind,
            prepared.envelope,
            prepared.subject,
            prepared.message,
            when,
            key=period.key if period else None,
        )
        if recorded and period:
            record_sent(ws, *period)
        assert prepared.invoice.id is not None
        if key:  # the seal covers what was prepared, not what the file says now
            whole = delivery.id, prepared.invoice.id, sender_kind, prepared.envelope, prepared.message
            write_seal(ws.store, delivery.id, make_seal(key, *whole, when))
        _keep_typed(ws, company, prepared.invoice.id, prepared)
        return delivery


def _keep_typed(ws: Workspace, company: Company, invoice_id: int, prepared: Prepared) -> None:
    """Store the composition for a person who undoes the send, or sends again after a refusal.

    If the person changed nothing, nothing is stored, and the next preview starts with the templates as they are then.
    """
    typed = prepared.composition
    if is_unchanged(typed, first_composition(prepared.invoice, company, typed.sender_kind)):
        drop_composition(ws.store, invoice_id)
    else:
        keep_composition(ws.store, invoice_id, typed)


def _without_number(prepared: Prepared) -> tuple[object, ...]:
    """Return everything, except the number, that determines what a person was shown."""
    return prepared.invoice, prepared.envelope, prepared.company.without_next_numbers()
