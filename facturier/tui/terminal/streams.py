"""The three streams made fit for use: none closed, none that cannot write a name, none that fails at the end."""

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
    """The screens were asked for where there is no terminal to show them."""


def make_sound() -> None:
    """A stream that was closed leads nowhere, so that no file that is opened later gets its number. What the terminal's
    encoding does not have is written as `facturier.tui.terminal.glyphs` says."""
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
    """From here on the terminal shows screens: every character keeps its width."""
    if isinstance(sys.__stderr__, io.TextIOWrapper):
        glyphs.register()
        sys.__stderr__.reconfigure(errors=glyphs.IN_CELLS)


def let_go(stream: TextIO | None) -> OSError | None:
    """Write what a stream still holds; where that fails, on a full disk or a terminal that is gone, forget it: Python
    would end with status 120 and a complaint. Why it failed, or None."""
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
    """Raises NoTerminal where the screens could not be seen, or no key could reach them. The terminal's own size counts
    from then on, not what LINES and COLUMNS say of it."""
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
    """No core file, and no way for this user's other programs to read the memory. A limit alone does not stop a core
    that is piped to a program (core(5))."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(ImportError, OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
