"""Whether this person may use a sender."""

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
    """Whether only members may send with it: if it needs a secret, and always once there is a member. Raises
    VaultError, StoreError."""
    return sender_type(sender_kind, company).needs_vault(company) or has_members(ws)


def blocker(ws: Workspace, sender_kind: SenderKind, company: Company | None = None) -> FacturierError | None:
    """What keeps this person from sending with it; None if nothing does. `company` is what the caller has read
    already."""
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
    """Whether it can send what is queued now, without asking a server: a warning, or nothing. Raises FacturierError if
    it cannot."""
    if sender_kind.connected:
        secrets: Secrets | None = ws.keys.vault.read()
    else:
        secrets = member_secrets(ws) if has_members(ws) else None
        if secrets is not None:
            check_destination(secrets, company)
    return sender_type(sender_kind, company).check(SendContext(ws, company, ws.connection(), secrets))
