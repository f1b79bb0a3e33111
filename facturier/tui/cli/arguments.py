"""The command line's parser: what it says may repeat what was typed, and may reach nobody."""

import argparse
import contextlib
import sys
from datetime import date
from typing import Any

from facturier import __version__
from facturier.models.text.clean import clean_lines
from facturier.models.text.i18n import _

_REFUSED = 1


class Parser(argparse.ArgumentParser):
    """Lets no control character of an argument reach the terminal; help that cannot be written is a failure."""

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
