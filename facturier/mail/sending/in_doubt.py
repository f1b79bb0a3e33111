"""A delivery in doubt: what its session says now, and the word of a person who looked."""

from facturier.mail.senders.access import blocker
from facturier.mail.senders.registry import sender_type
from facturier.mail.senders.senders import Senders
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.outbox.deliveries import get_delivery, message_of
from facturier.models.outbox.delivery import Claim, Delivery
from facturier.models.outbox.outbox import accepted, resolve_delivery
from facturier.models.text.i18n import _


def resolve(ws: Workspace, delivery_id: int, *, sent: bool, reason: str) -> Delivery:
    """A person says what became of it, and how they know. Raises VaultError where they may not send themselves,
    LostClaim if it is no longer in doubt."""
    if found := blocker(ws, get_delivery(ws.store, delivery_id).sender_kind):
        raise found
    return resolve_delivery(ws.store, delivery_id, sent=sent, reason=reason)


def query_session(ws: Workspace, delivery: Delivery) -> str:
    """What the upload session says at this moment, in a sentence; empty once it has proved that the message was sent,
    which settles it. Only asks: nothing can leave by it."""
    company = ws.company()
    known = sender_type(delivery.sender_kind, company)
    if not delivery.session or not (known.can_query_status or company.practice):  # the demo company's folder can
        return _("This sender cannot be asked about a message later.")
    if found := blocker(ws, delivery.sender_kind, company):
        return str(found)
    try:
        message = message_of(ws.store, delivery.id)
        sender = Senders(ws).for_delivery(delivery, message)
        # As it is kept now: it was encrypted again if a member has been removed meanwhile.
        session = get_delivery(ws.store, delivery.id).session or delivery.session
        receipt = sender.ask(session, message)
    except FacturierError as error:
        return error.happened
    if receipt is None:
        return _("According to the upload session, the message has not been sent so far.")
    claim = Claim(delivery.id, delivery.owner, delivery.epoch)
    accepted(ws.store, claim, receipt.server_id, receipt.reply)
    return ""
