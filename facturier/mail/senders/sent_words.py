"""How the history describes the sender of a delivery. It imports no sender, so that the invoice screen opens fast."""

from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.sender_kind import SenderKind
from facturier.models.text.i18n import _

GMAIL = "Gmail"


def from_words(delivery: Delivery) -> str:
    """Return the address that a delivery is sent from, as the history shows it."""
    if delivery.sender_kind.connected:
        return f"{delivery.envelope.sender} ({GMAIL})"
    return delivery.envelope.sender


def acceptance(kind: SenderKind, server_id: str) -> str:
    """Return a sentence that says who accepted a message, with the server's id. It works for every type of sender."""
    if kind.connected:
        return _("Accepted by {sender} (ID {id})").format(sender=GMAIL, id=server_id)
    if server_id.endswith(".eml") and " " not in server_id:  # a file name, not the reply of a mail server
        return _("Saved in the folder ({id})").format(id=server_id)
    return _("Accepted by the mail server ({id})").format(id=server_id)
