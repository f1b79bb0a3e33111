"""Sending: the Gmail address, and the default sender."""

from facturier.models.errors import InputError
from facturier.models.language import N_, _
from facturier.models.paths import is_folder, typed_path
from facturier.tui.settings.entry import Section
from facturier.tui.settings.plain import address_or_none, entry, needed, sender_entry, whole

SENDING = N_("Sending")
KINDS = {"": N_("none"), "smtp": N_("a mail server (SMTP)"), "folder": N_("a folder of .eml files")}
SECURITY = {"tls": N_("TLS"), "starttls": N_("STARTTLS"), "none": N_("none, on this machine only")}
_BOTH = ("smtp", "folder")
_SMTP = ("smtp",)


def gmail() -> Section:
    return Section(
        "gmail",
        SENDING,
        N_("Gmail"),
        (),
        N_("One Gmail address sends the invoices of this company. Facturier can never read its mailbox."),
    )


def default_sender() -> Section:
    return Section(
        "sender",
        SENDING,
        N_("Default sender"),
        (
            sender_entry("kind", N_("Goes out by"), kinds=("", *_BOTH), answers=KINDS),
            sender_entry("address", N_("From"), address_or_none, kinds=_BOTH, placeholder="billing@example.com"),
            sender_entry("folder", N_("Folder"), _folder, kinds=("folder",), long=True),
            sender_entry("host", N_("Mail server"), needed, kinds=_SMTP, placeholder="smtp.example.com"),
            sender_entry("port", N_("Port"), whole(1, 65535), kinds=_SMTP),
            sender_entry("security", N_("Encryption"), kinds=_SMTP, answers=SECURITY),
            sender_entry("user", N_("User"), kinds=_SMTP),
        ),
        N_("How invoices leave without Gmail."),
    )


def undo() -> Section:
    return Section(
        "undo",
        SENDING,
        N_("Undo"),
        (entry("undo", N_("Seconds"), whole(0, 3600)),),
        N_("How long an invoice waits in the outbox, so that it can be taken back. 0 for not at all."),
    )


def _folder(text: str) -> str:
    if not text:
        raise InputError(_("This cannot be empty."))
    if not is_folder(typed_path(text)):
        raise InputError(_("There is no folder {path}.").format(path=text))
    return str(typed_path(text))
