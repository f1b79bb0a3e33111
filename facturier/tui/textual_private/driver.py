"""The terminal: reading keys and the size in another way, and knowing what was written."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Any

from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import CursorPosition
from textual.message import Message

__all__ = ["BRACKETED_PASTE_END", "BRACKETED_PASTE_START", "DriverHooks", "XTermParser"]

_WHERE = "\x1b[6n"  # asks for the position of the cursor; every terminal answers, from the VT100 on


class DriverHooks(LinuxDriver):
    """A driver that lets a subclass read the keys and the size of the terminal."""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self._size = self._size or self.terminal_size()
        self._forget_picture: Callable[[], None] = app.picture.forget
        self._is_writing = False
        self._caught_up: Callable[[], None] | None = None  # what to do when all is written
        self.answers = False  # whether the terminal has answered a question
        self._asked: deque[Callable[[], object]] = deque()

    def start_application_mode(self) -> None:
        # At the start, and after the program was suspended.
        self._forget_picture()
        self._asked.clear()  # the shell may have got the answers
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.ask(lambda: None)

    def write(self, data: str) -> None:
        self._is_writing = True
        super().write(data)

    def wait_to_write(self, caught_up: Callable[[], None]) -> bool:
        """If earlier output is not written yet, because the line is slow, call `caught_up` when it is, and return True.
        What changes several times until then is written once."""
        self._caught_up = caught_up
        if self._is_writing:  # asked last: the other thread may just have finished
            return True
        self._caught_up = None
        return False

    def written(self) -> None:
        """All output was written. Called by the thread that writes."""
        self._is_writing = False
        if (caught_up := self._caught_up) is not None:
            self._caught_up = None
            with contextlib.suppress(RuntimeError):  # the program has already ended
                self.loop.call_soon_threadsafe(caught_up)

    def ask(self, answered: Callable[[], object]) -> None:
        """Ask the terminal where its cursor is, and call `answered` when it tells: it answers in the order of what was
        written."""
        self._asked.append(answered)
        self.write(_WHERE)

    def process_message(self, message: Message) -> None:
        if not isinstance(message, CursorPosition):
            super().process_message(message)
            return
        self.answers = True
        if self._asked:
            with contextlib.suppress(RuntimeError):  # the program has already ended
                self.loop.call_soon_threadsafe(self._asked.popleft())

    def terminal_size(self) -> tuple[int, int]:
        """Return the number of columns and lines."""
        raise NotImplementedError

    def read_keys(self) -> None:
        """Read keys in the input thread until `exit_event` is set."""
        raise NotImplementedError

    def wrap_output(self, wrap: Callable[[Any], Any]) -> None:
        """Replace the output stream by `wrap(stream)`."""
        self._file = wrap(self._file)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The app's event loop."""
        return self._loop

    @property
    def debug(self) -> bool:
        return self._debug

    def _get_terminal_size(self) -> tuple[int, int]:
        return self.terminal_size()

    def _run_input_thread(self) -> None:
        self.read_keys()
