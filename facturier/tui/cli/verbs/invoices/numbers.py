"""facturier numbers: look for gaps and duplicates in the numbers."""

import argparse

from facturier.models.issuing.number_check import check_numbers
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED
from facturier.tui.words.numbers import number_lines


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    found = check_numbers(shell.workspace(looking=True).store)
    if options.json:
        shell.say_json(
            {
                "checked": found.checked,
                "gaps": [gap._asdict() for gap in found.gaps],
                "duplicates": [list(numbers) for numbers in found.duplicates],
            }
        )
    else:
        for line in number_lines(found):
            shell.say(line)
    return DONE if found.sound else REFUSED
