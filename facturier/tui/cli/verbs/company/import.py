"""facturier import: customers and items from a file, or a company from its export."""

import argparse
from typing import TextIO

from facturier.models.company.recent import remember_company
from facturier.models.errors import InputError
from facturier.models.exports.company_file import import_company
from facturier.models.imports.fields import Kind
from facturier.models.text.i18n import _
from facturier.models.text.paths import typed_path
from facturier.tui.cli.import_files import add_options, import_files
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE
from facturier.tui.terminal.program_name import argument


def add(parser: argparse.ArgumentParser) -> None:
    what = [*map(str, Kind), "company"]
    parser.add_argument("what", metavar="WHAT", choices=what, help=_("customers, items or company"))
    parser.add_argument("file", metavar="FILE", help=_("the file, or - for standard input"))
    parser.add_argument("path", metavar="PATH", nargs="?", help=_("for a company: the company file to create"))
    add_options(parser)


def run(options: argparse.Namespace, shell: Shell) -> int:
    if options.what != "company":
        return import_files(options, shell)
    if options.path is None:
        options.parser.error(_("The company file to create is missing: import company FILE PATH"))
    return _company(options, shell)


def _company(options: argparse.Namespace, shell: Shell) -> int:
    path = typed_path(options.path)
    if options.file == "-":
        _import(shell.stdin, options, shell)
    else:
        try:
            with typed_path(options.file).open(encoding="utf-8") as file:
                _import(file, options, shell)
        except OSError as error:
            words = _("Cannot read “{name}”: {reason}.")
            raise InputError(words.format(name=options.file, reason=error.strerror)) from error
        except UnicodeDecodeError as error:
            raise InputError(_("“{name}” is not a text file in UTF-8.").format(name=options.file)) from error
    remember_company(shell.locations.data, path)
    shell.say(_("Created {path}. Open it with: facturier {argument}").format(path=path, argument=argument(path)))
    shell.say(_("An export has no Gmail connection, passwords and members: set them up in Settings."))
    return DONE


def _import(file: TextIO, options: argparse.Namespace, shell: Shell) -> None:
    import_company(file, typed_path(options.path), clock=shell.clock)
