"""The terminal under the screens: keys in, drawing out, and what happens when the terminal goes away.

Textual's own input thread reads for ever after the end of its input, takes every terminal for UTF-8, and believes
LINES and COLUMNS before the terminal itself.
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

from facturier.tui.terminal.pasting import PasteParser
from facturier.tui.terminal.streams import show_in_cells
from facturier.tui.textual_private import DriverHooks

_WAIT = 0.1  # seconds between looks at whether the input should stop, and at a sequence that remains incomplete
_MOST_BYTES = 4096  # read at a time
_LARGEST = 1000, 500  # columns and lines: more is a wrong report, and drawing it would take all memory
# Seconds to wait for the rest of a sequence after ESC over a slow line: as long as readline waits
# (`keyseq-timeout`, bash(1)). More would turn a quick Esc and a letter into Alt and that letter.
_SLOW_ESCAPE = 0.5
_ESCAPE = constants.ESCAPE_DELAY


class Ending(Protocol):
    """What the driver asks of the app."""

    def hang_up(self) -> None:
        """The terminal has gone."""

    def fault(self, error: Exception) -> None:
        """An unexpected error, which is logged and shown."""


def wait_for_sequences(*, slow: bool) -> None:
    """How long an ESC may be the beginning of a key's sequence. ESCDELAY, which a person may set, counts first."""
    if "ESCDELAY" not in os.environ:
        vars(constants)["ESCAPE_DELAY"] = _SLOW_ESCAPE if slow else _ESCAPE


class TerminalDriver(DriverHooks):
    """Ends the program when the terminal hangs up, also where no SIGHUP arrives because another process leads the
    session."""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self._ending: Ending = app
        self._gone = False
        self.wrap_output(lambda stream: _Output(stream, self._lost))
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
        """Hand on keys until the program stops listening, or the terminal is gone."""
        parser = PasteParser(self.debug)
        encoding = sys.__stdin__.encoding if sys.__stdin__ else "utf-8"
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], _WAIT)[0]:
                data = self._read()
                if not data:
                    self._lost()
                    return
                if text := decoder.decode(data):  # nothing yet, in the middle of a letter
                    for event in parser.feed(text):
                        self.process_message(event)
            for event in parser.tick():
                self.process_message(event)

    def _read(self) -> bytes:
        """What was typed; nothing where the terminal has hung up."""
        try:
            return os.read(self.fileno, _MOST_BYTES)
        except OSError:
            return b""

    def _lost(self) -> None:
        if not self._gone:
            self._gone = True
            self._tell(self._ending.hang_up)

    def _tell(self, do: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the program has ended meanwhile
            self.loop.call_soon_threadsafe(do, *arguments)


class _Output:
    """What is drawn, which goes nowhere once the terminal is gone: the program must still be able to end."""

    def __init__(self, stream: TextIO, lost: Callable[[], None]) -> None:
        self._stream = stream
        self._lost = lost
        self._gone = False

    def write(self, text: str) -> int:
        return self._try(lambda: self._stream.write(text)) or 0

    def flush(self) -> None:
        self._try(self._stream.flush)

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
