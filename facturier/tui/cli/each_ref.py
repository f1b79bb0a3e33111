"""Do the same for each invoice that a command names."""

import argparse
from collections.abc import Callable
from typing import Any

from facturier.models.errors import FacturierError
from facturier.models.text.i18n import labelled
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED


def each_ref(options: argparse.Namespace, shell: Shell, act: Callable[[str], tuple[dict[str, Any], str]]) -> int:
    """Call `act` with each of `options.refs`, and print its words, or with `--json` all its objects. A refusal is
    reported and costs only its own invoice. Return the exit status."""
    status, objects = DONE, []
    for ref in dict.fromkeys(options.refs):
        try:
            found, words = act(ref)
        except FacturierError as error:
            shell.tell(labelled(ref, error))
            status = REFUSED
            continue
        objects.append(found)
        if not options.json:
            shell.say(words)
    if options.json:
        shell.say_json(objects)
    return status
