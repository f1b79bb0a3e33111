"""facturier import: customers and items from a file, or a company from its export."""

import argparse

from facturier.models.company.recent import remember_company
from facturier.models.exports.company_file import import_company, import_company_file
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
        import_company(shell.stdin, path, clock=shell.clock)
    else:
        import_company_file(typed_path(options.file), path, clock=shell.clock)
    remember_company(shell.locations.data, path)
    shell.say(_("Created {path}. Open it with: facturier {argument}").format(path=path, argument=argument(path)))
    shell.say(_("An export has no Gmail connection, passwords and members: set them up in Settings."))
    return DONE
