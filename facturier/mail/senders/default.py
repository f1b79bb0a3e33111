"""The default sender, which sends invoices without Gmail: create it, and save its settings and destination."""

from dataclasses import replace
from pathlib import Path

from facturier.mail.errors import SenderRefused, VaultError
from facturier.mail.senders.protocol import CheckableSender
from facturier.mail.senders.registry import default_type
from facturier.mail.senders.rehearsing import RehearsingFolder
from facturier.mail.senders.sender_type import SendContext
from facturier.mail.vault.approval import approve_reminders
from facturier.mail.vault.destination import check_server, destination, server_of
from facturier.mail.vault.permission import has_members
from facturier.mail.vault.schedule_approval import approve_all_schedules
from facturier.mail.vault.trust import member_secrets
from facturier.mail.vault.vault import Secrets
from facturier.mail.workspace import Workspace
from facturier.models.company.save_settings import save_company
from facturier.models.errors import ChangedElsewhere
from facturier.models.outbox.pauses import try_again
from facturier.models.settings.company import Company
from facturier.models.text.i18n import _


def default_sender(ws: Workspace) -> CheckableSender:
    """Return the sender in the company's settings.

    Raises Refused if there is none, SenderRefused if its destination was not saved by a member, and VaultError.
    """
    return checked_default(SendContext(ws, ws.company(), None, member_secrets(ws) if has_members(ws) else None))


def checked_default(context: SendContext) -> CheckableSender:
    """Return the default sender like `default_sender`, with what the caller has already read of the company."""
    if context.secrets is not None:
        check_destination(context.secrets, context.company)
    return _create(context)


def sender_of(ws: Workspace, company: Company, password: str = "") -> CheckableSender:
    """Return the sender that the settings describe, with `password` or the stored one. Raises Refused, VaultError."""
    return _create(SendContext(ws, company, None, None, password))


def _create(context: SendContext) -> CheckableSender:
    """Create the sender. In the demo company, it is always the demo folder, whatever the settings are."""
    company = context.company
    address = company.sender.address or company.email
    if company.practice:
        return RehearsingFolder(address, Path(company.practice))
    return default_type(company).create(context, address)


def check_destination(secrets: Secrets, company: Company) -> None:
    """Check that the destination of the default sender was saved by a member. Raises SenderRefused if not."""
    if secrets.members and secrets.default_sender != destination(company):
        where = company.practice or default_type(company).place(company.sender)
        raise SenderRefused(
            _("This default sender was not saved by a member: {where}.").format(where=where),
            kept=_("Nothing was sent."),
            todo=_("If it is correct, save the default sender again. If not, find out who changed it."),
        )


def is_saved(ws: Workspace, company: Company) -> bool:
    """Return whether the destination of the default sender was saved by a member. True if this person cannot check."""
    try:
        if has_members(ws):
            check_destination(member_secrets(ws), company)
    except SenderRefused:
        return False
    except VaultError:
        return True
    return True


def save_sender(ws: Workspace, company: Company, *, before: Company, shown: Company, password: str = "") -> None:
    """Save the settings with another default sender or password, and the sender's destination in the vault.

    An empty `password` keeps the stored one. `before` is the settings that `company` was made from, and `shown` the
    settings that the person saw.

    Raises ChangedElsewhere if `before` and `shown` have different destinations, SenderRefused if the stored password
    was entered for another server, VaultError if this person may not send, and InputError.
    """
    if destination(before) != destination(shown):
        raise ChangedElsewhere(
            _("The default sender was changed in another window."),
            kept=_("Nothing was saved."),
            todo=_("Open the settings again and check the default sender."),
        )

    def keep(secrets: Secrets) -> Secrets:
        if password:
            secrets = replace(secrets, smtp_password=password, smtp_server=server_of(company.sender))
        elif default_type(company).has_password and company.sender.user:
            check_server(secrets, company.sender, _("Nothing was saved, and the password was not sent anywhere."))
        return replace(secrets, default_sender=destination(company))

    first = not has_members(ws)
    vault = ws.keys.vault if password or not first else None
    if vault is not None:
        vault.read()  # asks for a passphrase before the company is locked
        with vault.whole(), ws.store.writing():
            vault.change(keep)
            save_company(ws.store, company)
            if first:  # what the settings say when the first member is created counts as theirs
                approve_reminders(ws, company)
                approve_all_schedules(ws)
    else:
        save_company(ws.store, company)
    try_again(ws.store, company.sender.address or company.email)
