"""facturier disconnect: remove the company's Gmail address."""

import argparse

from facturier.mail.google.connection import after_removal, disconnect
from facturier.mail.senders.choices import choices
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(options: argparse.Namespace, shell: Shell) -> int:  # noqa: ARG001
    ws = shell.workspace()
    connection = ws.connection()
    if connection is None:
        shell.tell(_("No Gmail address is connected."))
        return REFUSED
    trouble = disconnect(ws)
    removed = _("{address} was removed.").format(address=connection.address)
    shell.say(f"{removed} {after_removal(ws)}")
    if not choices(ws):
        shell.tell(_("To set up a default sender, open the settings: run “facturier”, then press F2."))
    if trouble:
        shell.tell(trouble)
    return DONE
