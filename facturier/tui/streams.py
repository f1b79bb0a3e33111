"""The three streams made fit for use: none closed, none that cannot write a name."""

import io
import os
import sys

from facturier.models.errors import FacturierError
from facturier.models.language import _

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


class NoTerminal(FacturierError):
    """The screens were asked for where there is no terminal to show them."""


def make_sound() -> None:
    """A stream that was closed leads nowhere, so that no file that is opened later gets its number; a letter that the
    terminal's encoding does not have is written as its number."""
    for number, (name, mode) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115  it stays open
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def need_terminal() -> None:
    """Raises NoTerminal where the screens could not be seen, or no key could reach them."""
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise NoTerminal(
            _("The screens need a terminal, and this is none."),
            kept=_("Nothing was opened."),
            todo=_("Run it in a terminal, or use a verb: facturier --help"),
        )
