"""facturier disconnect: remove the company's Gmail address."""

import argparse

from facturier.mail.connecting import disconnect
from facturier.models.language import _
from facturier.tui.verbs.shell import DONE, REFUSED, Shell


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(options: argparse.Namespace, shell: Shell) -> int:  # noqa: ARG001
    desk = shell.desk()
    connection = desk.connection()
    if connection is None:
        shell.tell(_("No Gmail address is connected."))
        return REFUSED
    trouble = disconnect(desk)
    shell.say(_("{address} is removed. The default sender is used from now on.").format(address=connection.address))
    if trouble:
        shell.tell(trouble)
    return DONE
