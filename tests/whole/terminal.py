"""A pseudo-terminal with an independent terminal emulator, to type keys and read the screen as a person does."""

import contextlib
import os
import re
import select
import signal
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import ptyprocess
import pyte
import wcwidth

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "escape": "\x1b",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "ctrl+c": "\x03",
    "ctrl+d": "\x04",
    "ctrl+r": "\x12",
    "ctrl+s": "\x13",
    "ctrl+t": "\x14",
    "ctrl+q": "\x11",
    "delete": "\x1b[3~",
    "end": "\x1b[F",
    "home": "\x1b[H",
}


# One picture of several characters: in a variant of two cells, with a colour of skin, or joined.
_PICTURE = re.compile(
    "(?:[#*0-9]\ufe0f\u20e3|[\u203c-\u3299\U0001f000-\U0001faff](?=[\ufe0f\u200d\U0001f3fb-\U0001f3ff])"
    "\ufe0f?[\U0001f3fb-\U0001f3ff]?(?:\u200d[\u2190-\u2bff\U0001f000-\U0001faff]\ufe0f?[\U0001f3fb-\U0001f3ff]?)*)"
)


class Emulator(pyte.Screen):
    """pyte draws each character of a picture for itself, where newer terminals draw one of two cells. It also drops the
    rest of a text after a character without a width that is not a combining accent, such as a Thai vowel."""

    answer: Callable[[str], object] | None = None

    def write_process_input(self, data: str) -> None:
        if self.answer is not None:
            self.answer(data)

    def draw(self, data: str) -> None:
        drawn = _PICTURE.sub("\U0001f7e6", data)
        super().draw("".join(char for char in drawn if wcwidth.wcwidth(char) or unicodedata.combining(char)))


class Terminal:
    """A program in a terminal of `columns` by `rows`.

    Python runs it, unless it is `direct`. With `answers`, it tells where its cursor is. `own_size` removes LINES
    and COLUMNS from its environment, which may be wrong. `encoding` and `term` describe the terminal.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        columns: int,
        rows: int,
        *,
        direct: bool = False,
        answers: bool = False,
        own_size: bool = True,
        encoding: str = "utf-8",
        term: str = "xterm-256color",
    ) -> None:
        size = {"COLUMNS": str(columns), "LINES": str(rows)} if own_size else {}
        self._process: Any = ptyprocess.PtyProcess.spawn(
            [*arguments] if direct else [sys.executable, *arguments],
            env={**environment, "TERM": term, **size},
            dimensions=(rows, columns),
        )
        self._encoding = encoding
        self._screen = Emulator(columns, rows)
        if answers:
            self._screen.answer = lambda text: self._process.write(text.encode())
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""

    @property
    def fd(self) -> int:
        """The file descriptor that receives a person's keys as bytes."""
        return int(self._process.fd)

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def press(self, *keys: str) -> None:
        """Press keys one after the other. Text that is not the name of a key is typed unchanged."""
        for key in keys:
            self._process.write(KEYS.get(key, key).encode())
            # The program tells a lone escape from a sequence by the time that passes after it.
            self.read(0.25 if key == "escape" else 0.06)

    def press_at_once(self, *keys: str) -> None:
        """Press keys without a pause. The output in the meantime is read."""
        for key in keys:
            with contextlib.suppress(OSError):  # the program has ended
                self._process.write(KEYS.get(key, key).encode())
            self.read(0)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self._process.setwinsize(rows, columns)
        self._screen.resize(rows, columns)

    @property
    def has_ended(self) -> bool:
        return not self._process.isalive()

    def read(self, seconds: float) -> None:
        """Read what the program writes, for a number of seconds."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 or not seconds:
            if not select.select([self._process.fd], [], [], max(left, 0))[0]:
                return
            try:
                data = os.read(self._process.fd, 65536)
            except OSError:
                return
            if not data:
                return
            self.written += data
            self._stream.feed(data.decode(self._encoding, "replace").encode() if self._encoding != "utf-8" else data)

    def wait_for_rest(self, seconds: float = 20) -> None:
        """Read until the program draws nothing and does nothing: its processor time (of the clock that
        clock_getcpuclockid(3) names) hardly grows."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            used, written = time.clock_gettime(~self.pid << 3 | 2), len(self.written)
            self.read(0.1)
            if len(self.written) == written and time.clock_gettime(~self.pid << 3 | 2) - used < 0.005:
                return

    def disturb(self, text: str) -> None:
        """Show what another program writes to the terminal."""
        self._stream.feed(text.encode())

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def cells(self, line: int) -> list[str]:
        """The cells of a line as they are drawn; the second cell of a wide character is empty."""
        row = self._screen.buffer[line]
        return [row[column].data for column in range(self._screen.columns)]

    def wait_for(self, *texts: str, seconds: float = 60) -> None:
        """Wait until the screen shows all of these texts at once."""
        deadline = time.monotonic() + seconds
        while not all(text in self.text for text in texts):
            if time.monotonic() > deadline:
                missing = [text for text in texts if text not in self.text]
                raise AssertionError(f"{missing} never came. The screen:\n{self.text}")
            self.read(0.1)

    def ended(self, seconds: float = 60) -> int:
        """Wait for the program to end. Return its exit status, which is negative for a signal."""
        deadline = time.monotonic() + seconds
        while self._process.isalive():
            assert time.monotonic() < deadline, f"still running:\n{self.text}"
            self.read(0.1)
        self.read(0.2)
        return int(-self._process.signalstatus if self._process.signalstatus else self._process.exitstatus)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Disconnect the terminal, as when an SSH session breaks."""
        self._process.fileobj.close()

    def close(self) -> None:
        with contextlib.suppress(OSError, ptyprocess.PtyProcessError):
            self._process.close(force=True)


@contextlib.contextmanager
def terminal(
    arguments: Sequence[str], environment: Mapping[str, str], columns: int = 80, rows: int = 24, **options: Any
) -> Iterator[Terminal]:
    made = Terminal(arguments, environment, columns, rows, **options)
    try:
        yield made
    finally:
        made.close()
