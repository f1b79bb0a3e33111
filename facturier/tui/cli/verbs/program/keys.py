"""facturier keys: the keys in effect, with the ids by which they are changed."""

import argparse

from facturier.models.company.user import read_preferences
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    from facturier.tui.keymap.catalogue import keys_of, owners
    from facturier.tui.keymap.key_file import read_key_file
    from facturier.tui.keymap.key_map import changed_keys, in_effect, key_problems

    path = shell.locations.key_file
    file = read_key_file(path)
    changed = changed_keys(file, read_preferences(shell.locations.data).keys)
    bindings = [binding for owner in owners() for binding in owner.bindings]
    if options.json:
        shell.say_json(
            [
                {
                    "id": binding.id,
                    "keys": in_effect(binding, changed),
                    "default": keys_of(binding),
                    "description": _(binding.description),
                }
                for binding in bindings
            ]
        )
    else:
        for binding in bindings:
            shell.say(f"{binding.id:26}{','.join(in_effect(binding, changed)):24}{_(binding.description)}")
    problems = key_problems(path, file, changed)
    for problem in problems:
        shell.tell(f"facturier: {problem}")
    return REFUSED if problems else DONE
