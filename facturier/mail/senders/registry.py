"""All types of senders. Add new types here."""

from facturier.mail.senders.folder import FolderType
from facturier.mail.senders.gmail import GmailType
from facturier.mail.senders.sender_type import DefaultType, SenderType
from facturier.mail.senders.smtp import SmtpType
from facturier.models.outbox.sender_kind import SenderKind
from facturier.models.settings.company import Company

# The order in which From offers them. The first one that the company has is its usual sender.
CONNECTED: SenderType = GmailType()
DEFAULT_TYPES: list[DefaultType] = [SmtpType(), FolderType()]


def sender_types() -> list[SenderType]:
    return [CONNECTED, *DEFAULT_TYPES]


def sender_type(kind: SenderKind, company: Company) -> SenderType:
    """Return the type of the company's sender of that kind."""
    return CONNECTED if kind.connected else default_type(company)


def default_type(company: Company) -> DefaultType:
    """Return the type of the company's default sender. Without one, return a type that sends nothing."""
    return next((known for known in DEFAULT_TYPES if known.is_set_up(company, None)), DefaultType())
