"""facturier completion: the script that lets a shell complete commands, options and file names."""

import argparse
from collections.abc import Iterator

from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE

_SHELLS = ("bash", "zsh", "tcsh")
_FILES = {"COMPANY", "FILE", "FILE.json", "PATH"}  # what a path is called in the parsers
# A company file may stand in the place of a command: where no command fits, bash completes file names.
_BASH_FILES = "complete -o filenames -o default -F _shtab_facturier facturier"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", metavar="SHELL", choices=_SHELLS, help=_("bash, zsh or tcsh"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    """`options.parser` is the parser of the program, with every verb in it."""
    import shtab

    for action in _actions(options.parser):
        if action.metavar in _FILES:
            vars(action)["complete"] = shtab.FILE
    script = shtab.complete(options.parser, options.shell)
    shell.say(f"{script.rstrip()}\n{_BASH_FILES}" if options.shell == "bash" else script)
    return DONE


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:  # argparse has no public list
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                yield from _actions(sub)
