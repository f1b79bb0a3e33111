"""Where the default sender takes mail, as the vault keeps it, and the password for that server.

Everybody who may write the company file can change the settings of the default sender. So the vault knows where it
leads, as a member saved it: a member's program sends nothing anywhere else. And a password is told only to the server
that it was entered for.
"""

import json
from dataclasses import asdict

from facturier.mail.errors import SenderRefused
from facturier.mail.vault.vault import Secrets
from facturier.models.settings.company import Company, DefaultSender
from facturier.models.text.i18n import _


def destination(company: Company) -> str:
    """The address is not part of it: each delivery has it in its envelope. Of a sender that is not named here, every
    other setting counts."""
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
    """Raises SenderRefused if it was entered for another server."""
    check_server(secrets, sender, _("Nothing was sent, and the password was not revealed."))
    return secrets.smtp_password


def check_server(secrets: Secrets, sender: DefaultSender, kept: str) -> None:
    """Raises SenderRefused if the password was entered for another server than that of `sender`."""
    if secrets.smtp_password and secrets.smtp_server != server_of(sender):
        raise SenderRefused(
            _("The password was saved for a different mail server than the one in the settings."),
            kept=kept,
            todo=_("If the server is correct, enter its password again."),
        )


def server_of(sender: DefaultSender) -> str:
    """The server that a password is for, as the vault keeps it."""
    return f"{sender.user} {sender.host}:{sender.port} {sender.security}"
