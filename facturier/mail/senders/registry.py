"""All types of senders. A new one is added here."""

from facturier.mail.senders.folder import FolderType, is_saved_file
from facturier.mail.senders.gmail import GmailType
from facturier.mail.senders.sender_type import DefaultType, SenderType
from facturier.mail.senders.smtp import SmtpType
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.sender_kind import SenderKind
from facturier.models.settings.company import Company
from facturier.models.text.i18n import _

# From offers them in this order. The first one that the company has is its usual sender.
CONNECTED: SenderType = GmailType()
DEFAULT_TYPES: list[DefaultType] = [SmtpType(), FolderType()]


def sender_types() -> list[SenderType]:
    return [CONNECTED, *DEFAULT_TYPES]


def sender_type(kind: SenderKind, company: Company) -> SenderType:
    """The type of the company's sender of that kind."""
    return CONNECTED if kind.connected else default_type(company)


def default_type(company: Company) -> DefaultType:
    """The type of the company's default sender; without one, a type that sends nothing."""
    return next((known for known in DEFAULT_TYPES if known.is_set_up(company, None)), DefaultType())


def from_words(delivery: Delivery) -> str:
    """The address that a delivery is sent from, as the history shows it."""
    if delivery.sender_kind.connected:
        return f"{delivery.envelope.sender} ({CONNECTED.name})"
    return delivery.envelope.sender


def acceptance(kind: SenderKind, server_id: str) -> str:
    """Say who accepted a message, with the ID that the sender gave. It fits every type of sender."""
    if kind.connected:
        words = _("Accepted by {sender} (ID {id})")
    elif is_saved_file(server_id):
        words = _("Saved in the folder ({id})")
    else:
        words = _("Accepted by the mail server ({id})")
    return words.format(sender=CONNECTED.name, id=server_id)
