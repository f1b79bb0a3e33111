"""The terminal driver: reads keys, writes output, and handles the loss of the terminal.

Textual's own input thread keeps reading after the end of its input, assumes that every terminal uses UTF-8, and prefers
LINES and COLUMNS to the size that the terminal reports.
"""

import codecs
import contextlib
import os
import select
import shutil
import sys
from collections.abc import Callable
from typing import Any, Protocol, TextIO

from textual import constants

from facturier.tui.terminal.glyphs import locale_encoding, shown
from facturier.tui.terminal.pasting import PasteParser
from facturier.tui.terminal.streams import show_in_cells
from facturier.tui.textual_private.driver import DriverHooks

_WAIT = 0.1  # seconds between checks for the end of input and for incomplete sequences
_MOST_BYTES = 4096  # bytes per read
# The most columns and lines to accept: a larger size is a wrong report, and drawing it would use all memory.
_LARGEST = 1000, 500
SMALLEST = 40, 10  # the columns and lines that every screen needs
# Seconds to wait for the rest of a sequence after ESC over a slow line, the same as readline's `keyseq-timeout`
# (bash(1)). A longer wait would turn a quick Esc and a letter into Alt and that letter.
_SLOW_ESCAPE = 0.5
_ESCAPE = constants.ESCAPE_DELAY


class Ending(Protocol):
    """What the driver needs from the app."""

    def hang_up(self) -> None:
        """The terminal is gone."""

    def fault(self, error: Exception) -> None:
        """Log and show an unexpected error."""


def too_small(columns: int, lines: int) -> bool:
    """Return whether a window is smaller than `SMALLEST`."""
    return columns < SMALLEST[0] or lines < SMALLEST[1]


def wait_for_sequences(*, slow: bool) -> None:
    """Set how long to wait after ESC for the rest of a key sequence. The user's ESCDELAY takes precedence."""
    if "ESCDELAY" not in os.environ:
        vars(constants)["ESCAPE_DELAY"] = _SLOW_ESCAPE if slow else _ESCAPE


class TerminalDriver(DriverHooks):
    """Ends the program when the terminal hangs up, even if no SIGHUP arrives because another process leads the
    session."""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self._ending: Ending = app
        self._gone = False
        self.wrap_output(lambda stream: _Output(stream, self._lost, self.written))
        show_in_cells()

    def terminal_size(self) -> tuple[int, int]:
        size = shutil.get_terminal_size()
        with contextlib.suppress(OSError):
            found = os.get_terminal_size(self.fileno)
            size = found if all(found) else size
        return min(size.columns, _LARGEST[0]), min(size.lines, _LARGEST[1])

    def read_keys(self) -> None:
        while not (self._gone or self.exit_event.is_set()):
            try:
                self.run_input_thread()
            except Exception as error:  # noqa: BLE001 - one key must not end the program
                self._tell(self._ending.fault, error)

    def run_input_thread(self) -> None:
        """Pass keys to the app until it stops listening or the terminal is gone."""
        parser = PasteParser(self.debug)
        standard = sys.__stdin__.encoding if sys.__stdin__ else "utf-8"
        decoder = codecs.getincrementaldecoder(locale_encoding(standard))("replace")
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], _WAIT)[0]:
                data = self._read()
                if not data:
                    self._lost()
                    return
                if text := decoder.decode(data):  # empty in the middle of a multi-byte character
                    for event in parser.feed(text):
                        self.process_message(event)
            for event in parser.tick():
                self.process_message(event)

    def _read(self) -> bytes:
        """Return the bytes that were typed, or empty bytes if the terminal has hung up."""
        try:
            return os.read(self.fileno, _MOST_BYTES)
        except OSError:
            return b""

    def _lost(self) -> None:
        if not self._gone:
            self._gone = True
            self._tell(self._ending.hang_up)

    def _tell(self, do: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the program has already ended
            self.loop.call_soon_threadsafe(do, *arguments)


class _Output:
    """An output stream that discards everything once the terminal is gone, so that the program can still end
    normally."""

    def __init__(self, stream: TextIO, lost: Callable[[], None], written: Callable[[], None]) -> None:
        self._stream = stream
        self._lost = lost
        self._written = written
        self._gone = False

    def write(self, text: str) -> int:
        return self._try(lambda: self._stream.write(shown(text))) or 0

    def flush(self) -> None:
        self._try(self._stream.flush)
        self._written()

    def fileno(self) -> int:
        return self._stream.fileno()

    def _try(self, do: Callable[[], int | None]) -> int | None:
        if not self._gone:
            try:
                return do()
            except (OSError, ValueError):
                self._gone = True
                self._lost()
        return None
