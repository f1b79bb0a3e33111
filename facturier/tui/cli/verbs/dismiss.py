"""facturier dismiss: let someone send no more, turn down their question, or end the permission they may have kept."""

import argparse

from facturier.mail.google.connection import end_permission
from facturier.mail.vault.members import dismiss
from facturier.models.company.user import full_name
from facturier.models.errors import InputError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.exit_status import DONE


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "fingerprint", type=clean, metavar="FINGERPRINT", nargs="?", help=_("as “facturier people” shows it")
    )
    parser.add_argument(
        "--revoke",
        action="store_true",
        help=_("also return Google’s permission, so that a copy of it is useless; then connect again"),
    )


def run(options: argparse.Namespace, shell: Shell) -> int:
    if options.fingerprint is None and not options.revoke:
        raise InputError(_("Name a person by the fingerprint that “facturier people” shows."))
    ws = shell.workspace()
    if options.fingerprint is not None:
        member = dismiss(ws, options.fingerprint)
        shell.say(_("{name} is not a member of this company.").format(name=full_name(member.name)))
    if ws.connection() is None:
        return DONE
    if options.revoke:
        end_permission(ws)
        shell.tell(_("The permission was returned to Google. Connect again: facturier connect"))
    else:
        shell.tell(
            _(
                "They may have kept what they read before. To make it useless: facturier dismiss "
                "--revoke, then facturier connect."
            )
        )
    return DONE
