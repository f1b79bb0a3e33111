"""facturier ask: ask to be admitted to those who may send for the company."""

import argparse

from facturier.mail.vault.members import membership_of, request_access
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(options: argparse.Namespace, shell: Shell) -> int:  # noqa: ARG001
    ws = shell.workspace()
    if membership_of(ws).blocker is None:
        shell.tell(_("You can already send."))
        return REFUSED
    request_access(ws)
    shell.say(ws.keys.identity.fingerprint)
    shell.tell(_("Access requested. Read this fingerprint out to the member who approves you."))
    return DONE
