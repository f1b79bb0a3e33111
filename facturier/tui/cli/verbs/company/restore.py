"""facturier restore: put a copy in the company's place."""

import argparse
import contextlib

from facturier.mail.errors import VaultError
from facturier.models.company.restore import restore
from facturier.models.text.i18n import _, ngettext
from facturier.models.text.paths import typed_path
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help=_("a daily backup, or one created with “facturier backup”"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    path = shell.path()
    done = restore(typed_path(options.file), path, clock=shell.clock)
    shell.say(_("Restored {path} and checked it.").format(path=path))
    if done.aside is not None:
        shell.say(_("The previous file is now {path}.").format(path=done.aside))
    if done.stopped:
        shell.say(
            ngettext(
                "{n} delivery was in the outbox of the backup and was stopped: see “facturier alerts”.",
                "{n} deliveries were in the outbox of the backup and were stopped: see “facturier alerts”.",
                done.stopped,
            ).format(n=done.stopped)
        )
    shell.say(
        _("The next invoice will be {number}. If later numbers have been used, set the next one in Settings.").format(
            number=done.company.next_number(shell.clock().astimezone().date())
        )
    )
    with contextlib.suppress(VaultError):  # who may not send has no vault to accept
        shell.workspace(looking=True).keys.vault.accept_older()
    return DONE
