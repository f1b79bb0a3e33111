"""facturier passphrase: keep this person's key under a passphrase, or without one."""

import argparse

from facturier.models.errors import InputError
from facturier.models.language import _
from facturier.tui.verbs.shell import DONE, Shell


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--remove", action="store_true", help=_("keep the key without a passphrase again"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    desk = shell.desk()
    where = desk.identity.where  # asks for the passphrase that there is
    if options.remove:
        desk.set_passphrase("")
    else:
        new = shell.ask_secret(_("New passphrase: "))
        if not new:
            raise InputError(
                _("The passphrase is empty."), kept=_("Your key is {where}, as it was.").format(where=where)
            )
        if shell.ask_secret(_("Once more: ")) != new:
            raise InputError(
                _("The two are not the same."), kept=_("Your key is {where}, as it was.").format(where=where)
            )
        desk.set_passphrase(new)
    shell.say(_("Your key is now {where}.").format(where=desk.identity.where))
    return DONE
