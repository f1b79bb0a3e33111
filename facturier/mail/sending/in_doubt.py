"""Find out what happened to a delivery in doubt: ask its upload session, or record what a person found."""

from facturier.mail.senders.access import blocker
from facturier.mail.senders.registry import sender_type
from facturier.mail.senders.senders import Senders
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.outbox.changes.outcomes import accepted
from facturier.models.outbox.changes.resolving import resolve_delivery
from facturier.models.outbox.deliveries import get_delivery, message_of
from facturier.models.outbox.delivery import Claim, Delivery
from facturier.models.text.i18n import _


def resolve(ws: Workspace, delivery_id: int, *, sent: bool, reason: str) -> Delivery:
    """Record what a person found out, and how they know. Raises VaultError if they are not allowed to send
    themselves, and LostClaim if the delivery is no longer in doubt."""
    if found := blocker(ws, get_delivery(ws.store, delivery_id).sender_kind):
        raise found
    return resolve_delivery(ws.store, delivery_id, sent=sent, reason=reason)


def query_session(ws: Workspace, delivery: Delivery) -> str:
    """Return a sentence with what the upload session says now.

    Return an empty text if the session proves that the message was sent; this is then recorded. Only asks, so nothing
    can be sent.
    """
    company = ws.company()
    known = sender_type(delivery.sender_kind, company)
    # The demo company always sends to a folder, which can be asked, whatever its settings are.
    if not delivery.session or not (known.can_query_status or company.practice):
        return _("This sender cannot be asked about a message later.")
    if found := blocker(ws, delivery.sender_kind, company):
        return str(found)
    try:
        message = message_of(ws.store, delivery.id)
        sender = Senders(ws).for_delivery(delivery, message)
        # Read again, because the session was encrypted with a new key if a member was removed in the meantime.
        session = get_delivery(ws.store, delivery.id).session or delivery.session
        receipt = sender.ask(session, message)
    except FacturierError as error:
        return error.happened
    if receipt is None:
        return _("According to the upload session, the message has not been sent so far.")
    claim = Claim(delivery.id, delivery.owner, delivery.epoch)
    accepted(ws.store, claim, receipt.server_id, receipt.reply, receipt.thread)
    return ""
