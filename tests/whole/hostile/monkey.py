"""A monkey at the keyboard: random keys, pastes, clicks and window sizes. A seed determines the order."""

import random
import re
import signal
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.whole.terminal import KEYS, Terminal

SIZES = ((80, 24), (20, 5), (3, 3), (1, 1), (60, 20), (40, 15), (120, 36), (200, 50))
PAGES = ("\x1b[5~", "\x1b[6~", KEYS["home"], KEYS["end"], KEYS["up"], KEYS["down"])
# Without q, Ctrl+Q, Ctrl+C and Ctrl+Z, which end the program or suspend it, although there is no shell here.
LETTERS = "abcdefghijklmnoprstuvwxyz0123456789GOy?:/'*$ .,@+-é漢"
COMMANDS = (
    *(KEYS[key] for key in ("enter", "tab", "shift+tab", "escape", "left", "right", "delete", "ctrl+s", "ctrl+t")),
    *("\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS", *(f"\x1b[{number}~" for number in (15, 17, 18, 19, 20))),
    *("\x7f", "\x01", "\x04", "\x0b", "\x10", "\x15", "\x16", "\n", "\x1b[106;5u", "\x1b[32;2u", "\x1b[1;2B"),
)
# If hostile text leaks, the terminal shows or receives one of these.
TITLE, COLOUR, C1, OVERRIDE = "\x1b]0;leak\x07", "\x1b[35;5;7m", "\x9b31m", "\u202e\u2066"
PASTES = (
    "a@example.com\nb@example.com\nc@example.com",
    "Concept\t2\t50\tGST\r\nDesign\t1\t80\r\n",
    f"{TITLE}one{COLOUR}two{C1}three{OVERRIDE}four\x00\x85\u2028five",
    "a\x1b[106;5ub\x1b[13;1uc\x1b[27;5;106~d\x1b[13;1:3ue",
    "e\u0301\u200d\u0301" * 40,
    "long " * 400,
    "\n" * 50,
    "",
)
LEAKS = (b"\x1b]0;leak", b"\x1b[35;5;7m", "\x9b".encode(), "\x85".encode(), "\u202e".encode(), "\u2066".encode())
# Text after `^[` is what the terminal itself echoes while the program is suspended (the screen with only the link).
SHOWN = re.compile(r"(?<!\^\[)(?:\[20[01]~|\[106;5u|\[13;1u|\[27;5;106|\[<\d+;|\[35;5;7m)|Traceback \(most")


class Monkey:
    """Types at a terminal with the program, and checks that the program survives.

    If the program quits because the monkey found that command, it is started again. Every failure message has the seed
    and the last keys.
    """

    def __init__(self, start: Callable[[], Terminal], log: Path, seed: int) -> None:
        self._start = start
        self._screen = _silent(start())
        self._log = log
        self._random = random.Random(seed)
        self._seed = seed
        self._done: list[str] = []
        self._read = 0
        self.keys = 0

    def run(self, seconds: float) -> None:
        """Continue for a number of seconds."""
        try:
            self._run(time.monotonic() + seconds)
        finally:
            self._screen.close()

    def _run(self, end: float) -> None:
        while time.monotonic() < end:
            for _step in range(10):
                self._act()
                # Usually the program can keep up; sometimes it cannot, as over a slow line.
                self._screen.read(self._random.choice((0, 0.02, 0.1)))
            self._look()
        self._answers()

    def _act(self) -> None:
        choose = self._random.choice
        kind = self._random.random()
        if kind < 0.25:
            self._send(*(choose(LETTERS) for _letter in range(self._random.randint(1, 6))))
        elif kind < 0.6:
            self._send(*(choose(COMMANDS) for _key in range(self._random.randint(1, 3))))
        elif kind < 0.75:
            self._send(*[choose(PAGES)] * self._random.randint(1, 8))
        elif kind < 0.8:
            # Pages and help while the window becomes tiny and large again, which once ended the program.
            self._resize(20, 5)
            self._send(choose(PAGES), "\x1bOP", choose(PAGES), choose(COMMANDS))
            self._resize(80, 24)
            self._send(*(choose(PAGES) for _key in range(4)))
        elif kind < 0.88:
            self._resize(*choose(SIZES))
        elif kind < 0.95:
            self._send(f"\x1b[200~{choose(PASTES)}\x1b[201~")
        else:
            button, x, y = choose((0, 0, 64, 65)), self._random.randint(1, 80), self._random.randint(1, 24)
            self._send(f"\x1b[<{button};{x};{y}M", f"\x1b[<{button};{x};{y}m")

    def _send(self, *keys: str) -> None:
        for key in keys:
            self._done.append(repr(key))
            self._screen.press_at_once(key)
        self.keys += len(keys)

    def _resize(self, columns: int, rows: int) -> None:
        self._done.append(f"{columns}x{rows}")
        self._screen.resize(columns, rows)

    def _look(self) -> None:
        """Check that the program runs and that nothing has leaked."""
        self._screen.read(0.02)
        ended = self._screen.has_ended
        if ended and (status := self._screen.ended()):
            raise AssertionError(self._told(f"the program ended with {status}"))
        written = self._screen.written[max(self._read - 20, 0) :]
        self._read = len(self._screen.written)
        for leak in LEAKS:
            assert leak not in written, self._told(f"{leak!r} reached the terminal")
        found = SHOWN.search(self._screen.text)
        if found and not ended:  # after the end, pending keys go to the terminal itself
            raise AssertionError(self._told(f"{found[0]!r} is shown"))
        log = self._log.read_text() if self._log.exists() else ""
        assert "Traceback" not in log, self._told(log)
        if ended:
            self._done.append("started again")
            self._screen.close()
            self._screen, self._read = _silent(self._start()), 0

    def _answers(self) -> None:
        """Check that the program still reacts to keys."""
        self._resize(80, 24)
        for _try in range(40):
            self._send(KEYS["escape"])
            self._screen.read(0.3)
            if "Quit" in self._screen.text or "New" in self._screen.text:
                break
        self._look()
        self._screen.signal(signal.SIGTERM)
        self._screen.ended()
        assert "Traceback" not in self._screen.text, self._told("")

    def _told(self, what: str) -> str:
        last: Sequence[str] = self._done[-120:]
        return f"seed {self._seed}, after {self.keys} keys: {what}\n{' '.join(last)}\n{self._screen.text}"


def _silent(screen: Terminal) -> Terminal:
    """Turn off the terminal's own echo, which would show keys before the program starts and after it ends."""
    settings = termios.tcgetattr(screen.fd)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(screen.fd, termios.TCSANOW, settings)
    return screen
