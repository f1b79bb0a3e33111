"""Run a program in a pseudo-terminal, and measure time and bytes. The terminal answers queries as a modern one does."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_REST, _IDLE = 0.15, 0.03  # a program rests if it draws nothing for so long, and uses less of a core than that
QUIET = 0.05  # seconds without output after which drawing counts as finished
KEYS = {
    "down": b"\x1b[B",
    "up": b"\x1b[A",
    "pagedown": b"\x1b[6~",
    "pageup": b"\x1b[5~",
    "end": b"\x1b[F",
    "home": b"\x1b[H",
    "escape": b"\x1b",
    "enter": b"\r",
    "tab": b"\t",
    "backspace": b"\x7f",
    "f2": b"\x1bOQ",
    "f3": b"\x1bOR",
    "f4": b"\x1bOS",
    "f6": b"\x1b[17~",
}
# Report support for synchronized output (DECRQM, mode 2026), and a VT220 with colour (DA1).
_ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[c": b"\x1b[?62;22c"}


@dataclass(frozen=True, slots=True)
class Drawing:
    """The output after an input: seconds to the first and the last byte, the number of bytes, and the processor time of
    the process in seconds, up to the last byte (`drawing`) and with what it does afterwards (`processor`)."""

    first: float
    seconds: float
    bytes: int
    processor: float
    drawing: float


class Terminal:
    """Runs `arguments` in a terminal of `columns` by `rows`. `began` is the start time."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], columns: int = 80, rows: int = 24
    ) -> None:
        self.written = b""
        self.began = time.perf_counter()
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            variables = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", **environment}
            variables.pop("COLORTERM", None)
            os.execvpe(arguments[0], list(arguments), variables)
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def until(self, text: bytes, seconds: float = 300) -> float:
        """Read until the program has written `text`. Return the seconds since it started. Raises TimeoutError after
        `seconds`, and EOFError if the program ends."""
        end = time.perf_counter() + seconds
        while text not in self.written:
            if not self._read(1) and time.perf_counter() > end:
                raise TimeoutError(f"{text!r} never came: {self.written[-2000:]!r}")
        return time.perf_counter() - self.began

    def settle(self, seconds: float = 1.0) -> None:
        """Read until nothing has arrived for `seconds`."""
        while self._read(seconds):
            pass

    def press(self, *keys: str, quiet: float = QUIET, mark: bytes = b"") -> Drawing:
        """Press keys all at once, and read what they draw: until it holds `mark`, for five seconds at most, and nothing
        has come for `quiet` seconds."""
        self.written = b""
        used, began = self._used(), time.perf_counter()
        self.send(*keys)
        first = last = drawing = 0.0
        while self._read(quiet if last and mark in self.written else 5):
            last, drawing = time.perf_counter() - began, self._used() - used
            first = first or last
        return Drawing(first, last, len(self.written), self._used() - used, drawing)

    def send(self, *keys: str) -> None:
        """Press keys all at once, and do not wait for what they draw."""
        os.write(self._file, b"".join(KEYS.get(key, key.encode()) for key in keys))

    def rest(self, seconds: float = 15) -> None:
        """Read until the program draws nothing and does nothing, or for `seconds`."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            used = self._used()
            if not self._read(_REST) and self._used() - used < _REST * _IDLE:
                return

    def idle(self, seconds: float) -> tuple[float, int]:
        """Wait for `seconds`. Return the share of a core used, and the number of bytes written."""
        self.written = b""
        before, end = self._used(), time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._read(left)
        return (self._used() - before) / seconds, len(self.written)

    @property
    def memory(self) -> int:
        """The private memory of the process in bytes (anonymous part of the proportional set size)."""
        for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss_Anon:"):
                return int(line.split()[1]) * 1024
        return 0

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._file)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._file], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._file, 1 << 16)
        except OSError:
            raise EOFError(self.written[-2000:].decode(errors="replace")) from None
        self.written += data
        for question, answer in _ANSWERS.items():
            if question in data:
                os.write(self._file, answer)
        return True

    def _used(self) -> float:
        """The processor time of the process so far, in seconds."""
        return time.clock_gettime(~self.pid << 3 | 2)  # clock_getcpuclockid(3) makes the id of a clock like this
