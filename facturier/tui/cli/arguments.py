"""The command line's parser: what it says may repeat what was typed, and may reach nobody."""

import argparse
import contextlib
import sys
from datetime import date
from typing import Any

from facturier import __version__
from facturier.models.text.clean import clean_lines
from facturier.models.text.i18n import N_, _, ngettext

_REFUSED = 1

# The texts of argparse, listed here so that they are collected for the catalogue.
_TEXTS = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"),
    N_("one of the arguments %s is required"),
    N_("unrecognized arguments: %s"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
    N_("not allowed with argument %s"),
    N_("ignored explicit argument %r"),
    N_("expected one argument"),
    N_("expected at most one argument"),
    N_("expected at least one argument"),
)


def _counted(count: int) -> str:
    return ngettext("expected %s argument", "expected %s arguments", count)


class Parser(argparse.ArgumentParser):
    """Lets no control character of an argument reach the terminal; help that cannot be written is a failure."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        # argparse looks its texts up under these names, and would ask the system for a catalogue of its own.
        vars(argparse).update(_=_, ngettext=ngettext)
        super().__init__(*arguments, **options)

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is not sys.stdout:
            with contextlib.suppress(OSError):
                (file or sys.stderr).write(clean_lines(message))
            return
        try:
            file.write(clean_lines(message))
            file.flush()
        except BrokenPipeError:
            pass  # the reader has had enough
        except OSError:
            sys.exit(_REFUSED)


def day(text: str) -> date:
    """Read the value of an option that is a date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("a date looks like 2026-11-24")) from None


def add_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--version", action="version", version=f"facturier {__version__}", help=_("show the version"))
