"""facturier dismiss: remove a member, decline an access request, or revoke a permission that a member may have kept."""

import argparse

from facturier.mail.google.connection import end_permission
from facturier.mail.vault.members import dismiss
from facturier.models.company.user import full_name
from facturier.models.errors import InputError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "fingerprint",
        type=clean,
        metavar="FINGERPRINT",
        nargs="?",
        help=_("the person’s fingerprint, from “facturier people”"),
    )
    parser.add_argument(
        "--revoke",
        action="store_true",
        help=_("also revoke the permission at Google, so that copies of it stop working; then connect again"),
    )


def run(options: argparse.Namespace, shell: Shell) -> int:
    if options.fingerprint is None and not options.revoke:
        raise InputError(_("Enter the person’s fingerprint, from “facturier people”."))
    ws = shell.workspace()
    if options.fingerprint is not None:
        member = dismiss(ws, options.fingerprint)
        shell.say(_("{name} cannot send for this company.").format(name=full_name(member.name)))
    if ws.connection() is None:
        return DONE
    if options.revoke:
        end_permission(ws)
        shell.tell(_("The permission was revoked at Google. Connect again: facturier connect"))
    else:
        shell.tell(
            _(
                "They may have kept a copy of the permission to send. To revoke it: facturier dismiss "
                "--revoke, then facturier connect."
            )
        )
    return DONE
