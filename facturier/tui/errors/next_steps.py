"""Where a person does what an error asks for: the key, screen or command, which the lower rooms do not know."""

from facturier.mail.errors import TooBusy, VaultChanged, WrongPassphrase
from facturier.models.errors import (
    CompanyCopy,
    DamagedRow,
    FacturierError,
    FileExists,
    ForeignSchema,
    NotACompany,
    StoreError,
)
from facturier.models.text.i18n import _
from facturier.tui.terminal.program_name import argument


def next_step(error: FacturierError, *, command_line: bool) -> str:
    """One sentence for the person, on the command line or at a screen; empty where `todo` says it all."""
    if isinstance(error, StoreError) and error.backup is not None:
        copy, path = (argument(name) for name in error.backup)
        return _("To restore it: {command}").format(command=f"facturier restore {copy} --company {path}")
    match error:
        case ForeignSchema():
            return _("To remove the changes: facturier doctor --repair. To restore a backup: facturier restore COPY.")
        case CompanyCopy():
            return _("To confirm it: facturier adopt")
        case DamagedRow():
            return _("To restore a backup: facturier restore COPY")
        case NotACompany() if command_line:
            return _("To create a company: facturier new PATH --name NAME --email ADDRESS")
        case FileExists() if command_line:
            return _("To replace the file, add --force.")
        case VaultChanged():
            return (
                _("To accept the vault: facturier people --accept-vault")
                if command_line
                else _("You can accept the vault under Settings, Users.")
            )
        case WrongPassphrase() | TooBusy() if not command_line:
            return _("You can enter the passphrase under Settings, Users.")
    return ""


def full_text(error: FacturierError, *, command_line: bool) -> str:
    """The whole error in one paragraph, with its next step."""
    return " ".join(part for part in (str(error), next_step(error, command_line=command_line)) if part)
