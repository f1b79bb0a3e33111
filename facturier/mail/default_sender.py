"""The default sender: the way out without Gmail, and its password."""

from dataclasses import replace
from pathlib import Path

from facturier.mail.desk import Desk
from facturier.mail.errors import Refused, SenderRefused
from facturier.mail.sealing import seal
from facturier.mail.senders.folder import FolderSender
from facturier.mail.senders.smtp import SmtpSender
from facturier.models.company import DefaultSender
from facturier.models.deliveries import message_of, unfinished
from facturier.models.delivery import Way
from facturier.models.language import _
from facturier.models.paths import typed_path
from facturier.models.seals import read_seal, write_seal
from facturier.models.turning_away import try_again


def default_sender(desk: Desk) -> SmtpSender | FolderSender:
    """The sender of the company's settings. Raises Refused where there is none, VaultError."""
    company = desk.company()
    return sender_of(desk, replace(company.sender, address=company.sender.address or company.email))


def sender_of(desk: Desk, settings: DefaultSender, password: str = "") -> SmtpSender | FolderSender:
    """The sender that settings describe, with `password` or the one that is kept; in the practice company always its
    folder, whatever they describe. Raises Refused, VaultError."""
    if folder := desk.company().practice:
        from facturier.mail.practice.rehearsing import RehearsingFolder

        return RehearsingFolder(settings.address, Path(folder))
    if settings.kind == "smtp":
        password = password or (smtp_password(desk, settings) if settings.user else "")
        return SmtpSender(settings, password, stop=desk.stop)
    if settings.kind == "folder":
        return FolderSender(settings.address, typed_path(settings.folder))
    raise Refused(
        _("The company has no default sender."),
        kept=_("Nothing was sent."),
        todo=_("Add a Gmail address, or set up a default sender in Settings, then send again."),
    )


def save_smtp_password(desk: Desk, password: str, sender: DefaultSender) -> None:
    """Keep the password of a default sender, in the vault only; an empty one is the one that is kept already, now
    meant for this server. Raises VaultError."""
    secrets = desk.vault.change(
        lambda secrets: replace(secrets, smtp_password=password or secrets.smtp_password, smtp_server=_server(sender))
    )
    if not desk.company().sender.user:
        _seal_what_waits(desk, secrets.seal_key)
    try_again(desk.store, sender.address or desk.company().email)


def _seal_what_waits(desk: Desk, key: str) -> None:
    """Until now nobody needed a secret to send that way, so nothing was sealed."""
    with desk.store.writing():
        for delivery in unfinished(desk.store):
            if delivery.way is Way.DEFAULT and not read_seal(desk.store, delivery.id):
                write_seal(desk.store, delivery.id, seal(key, delivery, message_of(desk.store, delivery.id)))


def smtp_password(desk: Desk, sender: DefaultSender) -> str:
    """Never told to another server than the one that it was typed for: the settings are open to all who may write
    the company file. Raises Refused, VaultError."""
    secrets = desk.vault.read()
    if secrets.smtp_password and secrets.smtp_server != _server(sender):
        raise SenderRefused(
            _("The mail server in the settings is not the one that the password was typed for."),
            kept=_("Nothing was sent, and the password was told to nobody."),
            todo=_("If the server is right, type the password again in Settings."),
        )
    return secrets.smtp_password


def _server(sender: DefaultSender) -> str:
    return f"{sender.user} {sender.host}:{sender.port} {sender.security}"
