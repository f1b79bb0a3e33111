"""Create the sender for each delivery."""

from dataclasses import replace

from facturier.mail.errors import Refused
from facturier.mail.senders.access import needs_membership
from facturier.mail.senders.default import checked_default
from facturier.mail.senders.protocol import Sender
from facturier.mail.senders.registry import sender_type
from facturier.mail.senders.sealed import SealedSender
from facturier.mail.senders.sender_type import SendContext
from facturier.mail.vault.permission import refusal, remember
from facturier.mail.vault.trust import checked_seal, handed_over, member_secrets
from facturier.mail.workspace import Workspace
from facturier.models.outbox.deliveries import thread_of
from facturier.models.outbox.delivery import Delivery
from facturier.models.text.i18n import _


class Senders:
    """Keeps the connected sender, which has an access token, between deliveries until the key is locked."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._before: Sender | None = None
        ws.keys.when_locked(self)

    def forget(self) -> None:
        """Forget the access token."""
        self._before = None

    def for_delivery(self, delivery: Delivery, message: bytes) -> Sender:
        """Return the sender of a delivery with this message.

        Raises Refused if there is no such sender any more, or if nobody who may send has queued the delivery;
        CompanyCopy if an older file has replaced the company since the round began; and VaultError if this person may
        not use the sender.
        """
        ws = self._ws
        company = ws.company()
        if (refused := refusal(ws, company)) is not None:
            raise refused
        remember(ws, company)  # records that the delivery was claimed, to recognize an older file later
        guarded = needs_membership(ws, delivery.sender_kind, company)
        secrets = member_secrets(ws) if guarded else None
        context = SendContext(ws, company, ws.connection(), secrets, before=self._before)
        if secrets is None or not secrets.members:
            return self._sender(context, delivery)
        seal = checked_seal(ws.store, secrets, delivery, message)
        return SealedSender(self._sender(context, delivery), seal, handed_over(ws), ws.clock)

    def _sender(self, context: SendContext, delivery: Delivery) -> Sender:
        address = delivery.envelope.sender
        if delivery.sender_kind.connected:
            context = replace(context, thread=thread_of(self._ws.store, delivery))
            self._before = sender_type(delivery.sender_kind, context.company).create(context, address)
            return self._before
        sender = checked_default(context)
        if sender.address != address:  # the frozen message has the old address in From
            raise Refused(
                _("The default sender has changed from {address} to {now}.").format(
                    address=address, now=sender.address
                ),
                kept=_("Nothing was sent."),
                todo=_("Send the invoice again."),
            )
        return sender
