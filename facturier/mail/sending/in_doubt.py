"""A delivery in doubt: what its session says now, and the word of a person who looked."""

from facturier.mail.workspace import Desk
from facturier.models.errors import FacturierError
from facturier.models.outbox.deliveries import get_delivery, message_of
from facturier.models.outbox.delivery import Claim, Delivery
from facturier.models.outbox.outbox import accepted, resolve_delivery
from facturier.models.text.i18n import _


def resolve(desk: Desk, delivery_id: int, *, sent: bool, reason: str) -> Delivery:
    """A person says what became of it, and how they know. Raises VaultError where they may not send themselves,
    LostClaim where it is in doubt no more."""
    if barrier := desk.barrier(get_delivery(desk.store, delivery_id).way):
        raise barrier
    return resolve_delivery(desk.store, delivery_id, sent=sent, reason=reason)


def ask_session(desk: Desk, delivery: Delivery) -> str:
    """What the upload session says at this moment, in a sentence; empty once it has proved that the message was sent,
    which settles it. Only asks: nothing can leave by it."""
    if not delivery.session:
        return _("A mail server cannot be asked about a message later.")
    if barrier := desk.barrier(delivery.way):
        return str(barrier)
    try:
        message = message_of(desk.store, delivery.id)
        sender = desk.sender_for(delivery, message)
        # As it is kept now: it was encrypted again if a member has been removed meanwhile.
        session = get_delivery(desk.store, delivery.id).session or delivery.session
        receipt = sender.ask(session, message)
    except FacturierError as error:
        return error.happened
    if receipt is None:
        return _("The session says that the message has not been sent so far.")
    claim = Claim(delivery.id, delivery.owner, delivery.epoch)
    accepted(desk.store, claim, receipt.server_id, receipt.reply)
    return ""
