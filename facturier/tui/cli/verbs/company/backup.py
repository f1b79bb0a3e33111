"""facturier backup: a consistent copy of the company file, also while others write."""

import argparse

from facturier.models.store.backups.backups import back_up
from facturier.models.store.files import refuse_kept
from facturier.models.text.i18n import _
from facturier.models.text.paths import typed_path
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help=_("the backup to create; the file must not exist"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=True)
    path = typed_path(options.file)
    # one machine: a backup must not be written over the company’s file.
    refuse_kept(path.resolve(), ws.store.path, ws.locations.data)
    back_up(ws.store, path)
    shell.say(_("Created and checked the backup {path}.").format(path=path))
    return DONE
