"""The destination of the default sender, as the vault stores it, and the password for that server.

Everybody who can write the company file can change the settings of the default sender. So the vault stores the
destination that a member saved, and a member's program sends to no other. The password is only sent to the server that
it was entered for.
"""

import json
from dataclasses import asdict

from facturier.mail.errors import SenderRefused
from facturier.mail.vault.vault import Secrets
from facturier.models.settings.company import Company, DefaultSender
from facturier.models.text.i18n import _


def destination(company: Company) -> str:
    """Return the destination of the company's default sender, as the vault stores it.

    The sender's address is not part of it, because each delivery has it in its envelope. For unknown types of senders,
    all other settings count.
    """
    sender = company.sender
    parts: list[object] = [sender.kind]
    if company.practice:
        parts = ["practice", company.practice]
    elif sender.kind == "smtp":
        parts += [sender.user, sender.host, sender.port, sender.security]
    elif sender.kind == "folder":
        parts.append(sender.folder)
    elif sender.kind:
        parts += [value for name, value in sorted(asdict(sender).items()) if name not in ("kind", "address")]
    return json.dumps(parts)


def smtp_password(secrets: Secrets, sender: DefaultSender) -> str:
    """Return the stored password. Raises SenderRefused if it was entered for another server."""
    check_server(secrets, sender, _("Nothing was sent, and the password was not revealed."))
    return secrets.smtp_password


def check_server(secrets: Secrets, sender: DefaultSender, kept: str) -> None:
    """Check that the stored password was entered for the server of `sender`. Raises SenderRefused if not."""
    if secrets.smtp_password and secrets.smtp_server != server_of(sender):
        raise SenderRefused(
            _("The password was saved for a different mail server than the one in the settings."),
            kept=kept,
            todo=_("If the server is correct, enter its password again."),
        )


def server_of(sender: DefaultSender) -> str:
    """Return the server that a password is for, as the vault stores it."""
    return f"{sender.user} {sender.host}:{sender.port} {sender.security}"
