"""What all senders of one type, such as Gmail or SMTP, have in common. The type is defined next to its sender."""

from dataclasses import dataclass

from facturier.mail.errors import Refused
from facturier.mail.senders.protocol import CheckableSender, Sender
from facturier.mail.vault.vault import Secrets
from facturier.mail.workspace import Workspace
from facturier.models.outbox.sender_kind import SenderKind
from facturier.models.settings.company import Company, Connection, DefaultSender
from facturier.models.text.i18n import N_, _


@dataclass(frozen=True, slots=True)
class SendContext:
    """What sending needs to know about the company, read once.

    `secrets` is None if the sender needs none and there are no members. `password` was just entered; empty means the
    one in the vault. `before` is the sender of the last delivery, which may be used again. `thread` is the conversation
    in the sender's mailbox that the message belongs to, if it is known.
    """

    ws: Workspace
    company: Company
    connection: Connection | None
    secrets: Secrets | None
    password: str = ""
    before: Sender | None = None
    thread: str = ""


class SenderType:
    """A type of sender. `kind` is what a delivery stores."""

    kind: SenderKind
    # The name for people. The history shows a connected sender's name after its address.
    name = ""
    # The description next to the address in From.
    detail = ""
    # How a person can find out whether a message was sent. {number}, {address} and {folder} are filled in.
    look_for = N_("Look for “{number}” in the Sent folder of {address}, or ask the customer.")
    # Whether the service can later be asked if it accepted a message.
    can_query_status = False

    @property
    def rate_limit(self) -> int | None:
        """The number of messages per minute that may be sent from one address, or None if there is no limit."""
        return self.kind.rate_limit

    def is_set_up(self, company: Company, connection: Connection | None) -> bool:
        """Return whether the company has a sender of this type."""
        raise NotImplementedError

    def address(self, company: Company, connection: Connection | None) -> str:
        """Return the address that its mail is sent from."""
        raise NotImplementedError

    def needs_vault(self, company: Company) -> bool:
        """Return whether it needs a secret, so that only members may send with it."""
        raise NotImplementedError

    def create(self, context: SendContext, address: str) -> Sender:
        """Return a sender for mail from `address`. Raises Refused, ConnectionOver, VaultError."""
        raise NotImplementedError

    def words(self, company: Company, connection: Connection | None) -> str:
        """Return `detail` in the person's language, or a description of this company's sender."""
        return _(self.detail)

    def daily_limit(self, address: str) -> tuple[int, str] | None:
        """Return how many recipients per day the service allows this address, and a sentence with {most} about it.

        Return None if there is no known limit.
        """
        return None

    def sent_link(self, address: str, recipient: str, number: str) -> str:
        """Return a link that searches the Sent folder for an invoice, or an empty text if there is none."""
        return ""

    def check(self, context: SendContext) -> str:
        """Return a warning about sending with it now, or an empty text. Asks no server.

        Raises FacturierError if it cannot send.
        """
        return ""


class DefaultType(SenderType):
    """A type of default sender. An instance of this class itself is for a company without a default sender."""

    kind = SenderKind.DEFAULT
    # The value of `DefaultSender.kind` for this type.
    form = ""
    # Whether it signs in with a user name and a password, which is stored in the vault.
    has_password = False

    def is_set_up(self, company: Company, connection: Connection | None) -> bool:
        return bool(self.form) and company.sender.kind == self.form

    def address(self, company: Company, connection: Connection | None) -> str:
        return company.sender_address

    def needs_vault(self, company: Company) -> bool:
        return bool(company.sender.user)

    def place(self, settings: DefaultSender) -> str:
        """Return the destination of mail, such as the name of the server."""
        return f"{settings.host}:{settings.port}"

    def create(self, context: SendContext, address: str) -> CheckableSender:
        raise Refused(
            _("The company has no default sender."),
            kept=_("Nothing was sent."),
            todo=_("Add a Gmail address or set up a default sender, then send again."),
        )
