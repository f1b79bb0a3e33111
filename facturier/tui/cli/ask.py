"""facturier ask: ask to be admitted to those who may send for the company."""

import argparse

from facturier.mail.vault.members import ask_to_send, people_of
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.exit_status import DONE, REFUSED


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(options: argparse.Namespace, shell: Shell) -> int:  # noqa: ARG001
    desk = shell.desk()
    if people_of(desk).barrier is None:
        shell.tell(_("You can already send."))
        return REFUSED
    ask_to_send(desk)
    shell.say(desk.identity.fingerprint)
    shell.tell(_("Access requested. Read this fingerprint out to the member who approves you."))
    return DONE
