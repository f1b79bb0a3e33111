"""Make the standard streams safe: always open, able to write any name, and without errors at exit."""

import contextlib
import io
import os
import sys
from typing import TextIO

from facturier.models.errors import FacturierError
from facturier.models.text.i18n import _
from facturier.tui.terminal import glyphs

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


class NoTerminal(FacturierError):
    """Raised if the screens are started without a terminal."""


def make_sound() -> None:
    """Reopen closed standard streams on the null device, so that no file opened later gets their numbers. Characters
    that the encoding lacks are replaced as described in `facturier.tui.terminal.glyphs`."""
    glyphs.register()
    for number, (name, mode) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115  it stays open
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=glyphs.IN_LINES)


def show_in_cells() -> None:
    """Use the terminal's encoding, and replacements that keep the width of each character, because the terminal now
    shows screens."""
    if isinstance(sys.__stderr__, io.TextIOWrapper):
        glyphs.register()
        sys.__stderr__.reconfigure(encoding=glyphs.locale_encoding(sys.__stderr__.encoding), errors=glyphs.IN_CELLS)


def let_go(stream: TextIO | None) -> OSError | None:
    """Flush a stream. If that fails, because the disk is full or the terminal is gone, discard the rest: otherwise
    Python would print a message and exit with status 120. Return the error, or None."""
    try:
        if stream is not None:
            stream.flush()
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError, ValueError):
            assert stream is not None
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
            stream.flush()
        return error if isinstance(error, OSError) else None
    return None


def need_terminal() -> None:
    """Raises NoTerminal if the screens cannot be shown or keys cannot be read. From then on LINES and COLUMNS are
    ignored in favour of the terminal's own size."""
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise NoTerminal(
            _("The screens need a terminal, and this is not one."),
            kept=_("Nothing was opened."),
            todo=_("Run it in a terminal, or use a command: facturier --help"),
        )
    with contextlib.suppress(OSError):
        if all(os.get_terminal_size(sys.stdin.fileno())):
            for name in ("LINES", "COLUMNS"):
                os.environ.pop(name, None)


_SET_DUMPABLE = 4  # prctl(2), PR_SET_DUMPABLE


def no_core_dumps() -> None:
    """Disable core files, and keep this user's other programs from reading the memory. The resource limit alone does
    not stop a core dump that is piped to a program (core(5))."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(ImportError, OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
