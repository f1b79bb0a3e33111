"""facturier admit: let someone who asked send for the company."""

import argparse

from facturier.mail.vault.members import admit
from facturier.models.company.user import full_name
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "fingerprint", type=clean, metavar="FINGERPRINT", help=_("the fingerprint that the person reads out to you")
    )


def run(options: argparse.Namespace, shell: Shell) -> int:
    member = admit(shell.workspace(), options.fingerprint)
    shell.say(_("{name} can send from now on.").format(name=full_name(member.name)))
    return DONE
