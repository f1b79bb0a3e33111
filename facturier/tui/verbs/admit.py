"""facturier admit: let someone who asked send for the company."""

import argparse

from facturier.mail.people import admit
from facturier.models.clean import clean
from facturier.models.full_names import full_name
from facturier.models.language import _
from facturier.tui.verbs.shell import DONE, Shell


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("fingerprint", type=clean, metavar="FINGERPRINT", help=_("as the one who asked reads it out"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    member = admit(shell.desk(), options.fingerprint)
    shell.say(_("{name} may send from now on.").format(name=full_name(member.name)))
    return DONE
