"""Check whether this person may use a sender."""

from facturier.mail.errors import VaultError
from facturier.mail.senders.default import check_destination
from facturier.mail.senders.registry import sender_type
from facturier.mail.senders.sender_type import SendContext
from facturier.mail.vault.permission import has_members, refusal
from facturier.mail.vault.trust import member_secrets
from facturier.mail.vault.vault import Secrets
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.outbox.sender_kind import SenderKind
from facturier.models.settings.company import Company


def needs_membership(ws: Workspace, sender_kind: SenderKind, company: Company) -> bool:
    """Return whether only members may use this sender. Raises VaultError, StoreError.

    This is so if it needs a secret, and for every sender once the company has a member.
    """
    return sender_type(sender_kind, company).needs_vault(company) or has_members(ws)


def blocker(ws: Workspace, sender_kind: SenderKind, company: Company | None = None) -> FacturierError | None:
    """Return the error that prevents this person from using the sender, or None.

    `company` is the company's settings if the caller has already read them.
    """
    company = company or ws.company()
    if (refused := refusal(ws, company)) is not None:
        return refused
    try:
        if needs_membership(ws, sender_kind, company):
            ws.keys.vault.read()
    except VaultError as error:
        return error
    return None


def check_sender(ws: Workspace, sender_kind: SenderKind, company: Company) -> str:
    """Return a warning if messages queued now would wait, otherwise an empty text. Asks no server.

    Raises FacturierError if the sender cannot be used.
    """
    if sender_kind.connected:
        secrets: Secrets | None = ws.keys.vault.read()
    else:
        secrets = member_secrets(ws) if has_members(ws) else None
        if secrets is not None:
            check_destination(secrets, company)
    return sender_type(sender_kind, company).check(SendContext(ws, company, ws.connection(), secrets))
