"""The default sender: the way out without Gmail, where it leads, and its password.

Its settings are open to all who may write the company file. So the vault knows where it leads, as a member saved it: a
member's program takes what it sends nowhere else. And a password is told only to the server that it was typed for.
"""

import json
from dataclasses import replace
from pathlib import Path

from facturier.mail.errors import Refused, SenderRefused, VaultError
from facturier.mail.senders.folder import FolderSender
from facturier.mail.senders.smtp import SmtpSender
from facturier.mail.vault.trust import member_secrets
from facturier.mail.vault.vault import Secrets
from facturier.mail.workspace import Workspace
from facturier.models.company.save_settings import save_company
from facturier.models.errors import ChangedElsewhere
from facturier.models.outbox.pauses import try_again
from facturier.models.settings.company import Company, DefaultSender
from facturier.models.text.i18n import _
from facturier.models.text.paths import typed_path


def default_sender(ws: Workspace, secrets: Secrets | None = None) -> SmtpSender | FolderSender:
    """The sender of the company's settings, with the company's `secrets` where they have been read. Raises Refused
    where there is none, SenderRefused where no member saved where it leads, VaultError."""
    company = ws.company()
    if secrets is None and ws.has_members():
        secrets = member_secrets(ws)
    if secrets is not None:
        check_destination(secrets, company)
    return sender_of(ws, company, secrets=secrets)


def sender_of(
    ws: Workspace, company: Company, password: str = "", secrets: Secrets | None = None
) -> SmtpSender | FolderSender:
    """The sender that settings describe, with `password` or the one that is kept; in the practice company always its
    folder, whatever they describe. Raises Refused, VaultError."""
    settings = replace(company.sender, address=company.sender.address or company.email)
    if company.practice:
        from facturier.mail.practice.rehearsing import RehearsingFolder

        return RehearsingFolder(settings.address, Path(company.practice))
    if settings.kind == "smtp":
        if settings.user and not password:
            password = smtp_password(secrets or ws.vault.read(), settings)
        return SmtpSender(settings, password, stop=ws.stop)
    if settings.kind == "folder":
        return FolderSender(settings.address, typed_path(settings.folder))
    raise Refused(
        _("The company has no default sender."),
        kept=_("Nothing was sent."),
        todo=_("Add a Gmail address or set up a default sender, then send again."),
    )


def destination(company: Company) -> str:
    """Where the default sender leads, as the vault keeps it. The address is not part of it: each delivery has it in its
    envelope."""
    sender = company.sender
    parts: list[object] = [sender.kind]
    if company.practice:
        parts = ["practice", company.practice]
    elif sender.kind == "smtp":
        parts += [sender.user, sender.host, sender.port, sender.security]
    elif sender.kind == "folder":
        parts.append(sender.folder)
    return json.dumps(parts)


def check_destination(secrets: Secrets, company: Company) -> None:
    """Raises SenderRefused where the default sender leads elsewhere than a member saved."""
    if secrets.members and secrets.default_sender != destination(company):
        sender = company.sender
        where = company.practice or (sender.folder if sender.kind == "folder" else f"{sender.host}:{sender.port}")
        raise SenderRefused(
            _("No member has saved this default sender: {where}.").format(where=where),
            kept=_("Nothing was sent."),
            todo=_("If it is right, save the default sender again. If not, find out who changed it."),
        )


def is_saved(ws: Workspace, company: Company) -> bool:
    """Whether a member saved where the default sender leads; True also where this person cannot say."""
    try:
        if ws.has_members():
            check_destination(member_secrets(ws), company)
    except SenderRefused:
        return False
    except VaultError:
        return True
    return True


def save_sender(ws: Workspace, company: Company, *, before: Company, shown: Company, password: str = "") -> None:
    """Save the settings with another default sender, or another password for it; an empty one is the one that is kept
    already. The vault learns where it leads. `before` is what the settings said when `company` was made from them,
    `shown` what the person saw.

    Raises ChangedElsewhere where these lead to different places, SenderRefused where the password that is kept was
    typed for another server, VaultError where this person may not send, InputError.
    """
    if destination(before) != destination(shown):
        raise ChangedElsewhere(
            _("The default sender was changed in another window."),
            kept=_("Nothing was saved."),
            todo=_("Open the settings again and check it."),
        )

    def keep(secrets: Secrets) -> Secrets:
        if password:
            secrets = replace(secrets, smtp_password=password, smtp_server=_server(company.sender))
        elif company.sender.kind == "smtp" and company.sender.user:
            _check_server(secrets, company.sender, _("Nothing was saved, and the password was not sent anywhere."))
        return replace(secrets, default_sender=destination(company))

    if password or ws.has_members():
        ws.vault.read()  # a passphrase is asked for before the company is locked
        with ws.vault.whole(), ws.store.writing():
            ws.vault.change(keep)
            save_company(ws.store, company)
    else:
        save_company(ws.store, company)
    try_again(ws.store, company.sender.address or company.email)


def smtp_password(secrets: Secrets, sender: DefaultSender) -> str:
    """Never told to another server than the one that it was typed for. Raises Refused."""
    _check_server(secrets, sender, _("Nothing was sent, and the password was not revealed."))
    return secrets.smtp_password


def _check_server(secrets: Secrets, sender: DefaultSender, kept: str) -> None:
    if secrets.smtp_password and secrets.smtp_server != _server(sender):
        raise SenderRefused(
            _("The mail server in the settings is not the one that the password was entered for."),
            kept=kept,
            todo=_("If the server is correct, enter its password again."),
        )


def _server(sender: DefaultSender) -> str:
    return f"{sender.user} {sender.host}:{sender.port} {sender.security}"
