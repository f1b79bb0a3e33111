"""What is true of every sender of one type, such as Gmail or SMTP. Each type is defined in the module of its sender."""

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
    """What a send needs of the company, read once. `secrets` is None if the sender needs none and there are no members.
    `password` is one that was just entered, empty for the one in the vault. `before` is the sender of the last
    delivery, which may be used again."""

    ws: Workspace
    company: Company
    connection: Connection | None
    secrets: Secrets | None
    password: str = ""
    before: Sender | None = None


class SenderType:
    """`kind` is what a delivery stores."""

    kind: SenderKind
    # What a person calls it. The history shows a connected sender's after its address.
    name = ""
    # The words beside the address in From.
    detail = ""
    # Where a person can see whether a message was sent. {number}, {address} and {folder} are filled in.
    look_for = N_("Look for “{number}” in the Sent folder of {address}, or ask the customer.")
    # Whether the service can be asked later if it accepted a message.
    can_query_status = False

    @property
    def rate_limit(self) -> int | None:
        """How many messages a minute may be sent from one address; None for no limit."""
        return self.kind.rate_limit

    def is_set_up(self, company: Company, connection: Connection | None) -> bool:
        """Whether the company has a sender of this type."""
        raise NotImplementedError

    def address(self, company: Company, connection: Connection | None) -> str:
        """The address that its mail is sent from."""
        raise NotImplementedError

    def needs_vault(self, company: Company) -> bool:
        """Whether it needs a secret, so that only members may send with it."""
        raise NotImplementedError

    def create(self, context: SendContext, address: str) -> Sender:
        """A sender for mail from `address`. Raises Refused, ConnectionOver, VaultError."""
        raise NotImplementedError

    def words(self, company: Company, connection: Connection | None) -> str:
        """`detail` in the person's language, or more about this company's sender."""
        return _(self.detail)

    def daily_limit(self, address: str) -> tuple[int, str] | None:
        """How many recipients a day the service allows this address, and the sentence that says so with {most}; None
        for no known limit."""
        return None

    def sent_link(self, address: str, recipient: str, number: str) -> str:
        """A link that searches the Sent folder for an invoice; empty if there is none."""
        return ""

    def check(self, context: SendContext) -> str:
        """A warning about sending with it now, empty for none; asks no server. Raises FacturierError if it cannot
        send."""
        return ""


class DefaultType(SenderType):
    """A type of default sender. As it is, that of a company without one."""

    kind = SenderKind.DEFAULT
    # `DefaultSender.kind` of this type.
    form = ""
    # Whether it signs in with a user and a password, which is kept in the vault.
    has_password = False

    def is_set_up(self, company: Company, connection: Connection | None) -> bool:
        return bool(self.form) and company.sender.kind == self.form

    def address(self, company: Company, connection: Connection | None) -> str:
        return company.sender_address

    def needs_vault(self, company: Company) -> bool:
        return bool(company.sender.user)

    def place(self, settings: DefaultSender) -> str:
        """Where mail goes first, such as the server's name."""
        return f"{settings.host}:{settings.port}"

    def create(self, context: SendContext, address: str) -> CheckableSender:
        raise Refused(
            _("The company has no default sender."),
            kept=_("Nothing was sent."),
            todo=_("Add a Gmail address or set up a default sender, then send again."),
        )
