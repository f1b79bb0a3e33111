"""One conversation with a server, bounded as a whole: by time, by size, and by the wish to stop.

Time-outs of sockets bound one step only: a server that sends a byte now and then holds a program for ever. So the
conversation runs in a thread of its own, which is given up, with its sockets, when the time is over. A thread that was
given up sends nothing more: its sockets are shut down, and it can use no new one.
"""

import contextlib
import errno
import io
import math
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

# How long whatever is under way may still take, in seconds, once the program is to stop. A server that has the whole
# message usually answers within that; without its answer the delivery would be in doubt.
GRACE = 5.0
_LOOK = 0.1  # seconds between looks whether to stop
_TO_END = 1.0  # seconds for a thread to notice that its sockets are shut down
# Bytes that a server may send in one answer (HTTP) or one connection (SMTP). Answers have a few kilobytes.
LARGEST = 1024 * 1024
# What a slow line is given to send a message: bytes a second, and never more than this many seconds. The postman counts
# on no handing over taking an hour.
_SLOWEST, _LONGEST = 32_000, 1200.0

_SHORT_OF = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS)

_here = threading.local()


class Stopping(threading.Event):
    """An event that knows since when it is set: `left` is how many seconds what is under way may still take."""

    def __init__(self, grace: float = GRACE) -> None:
        super().__init__()
        self._grace = grace
        self._since: float | None = None

    def set(self) -> None:
        if self._since is None:
            self._since = time.monotonic()
        super().set()

    def clear(self) -> None:
        self._since = None
        super().clear()

    def left(self) -> float:
        since = self._since
        return math.inf if since is None else self._grace - (time.monotonic() - since)


class Ended(OSError):
    """The time was over. `began` is False where the conversation had not begun."""

    def __init__(self, *, began: bool) -> None:
        super().__init__("the time for this was over")
        self.began = began


class TooMuch(OSError):
    """The server sent more than an answer can have."""

    def __init__(self) -> None:
        super().__init__("the answer is too large")


class Exchange:
    """Runs one conversation, for at most so many seconds; once `stop` is set, for no longer than it leaves."""

    def __init__(self, seconds: float, stop: threading.Event | None = None) -> None:
        self._until = time.monotonic() + seconds
        self._stop = stop
        self._over = False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []

    @property
    def connected(self) -> bool:
        """Whether there was ever a connection through which something could leave."""
        return bool(self._sockets)

    def left(self) -> float:
        """Seconds that are left."""
        left = self._until - time.monotonic()
        if isinstance(self._stop, Stopping):
            return min(left, self._stop.left())
        return 0.0 if self._stop is not None and self._stop.is_set() else left

    def run(self, talk: Callable[[], T]) -> T:
        """What `talk` returns or raises. Raises Ended when the time is over before that."""
        if self.left() <= 0:
            raise Ended(began=False)
        done = threading.Event()
        result: list[T] = []
        failed: list[BaseException] = []

        def conversation() -> None:
            _here.exchange = self
            try:
                found = talk()
                with self._lock:
                    if not self._over:  # what is read from a socket that was shut down may be cut short
                        result.append(found)
            except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits for it
                failed.append(error)
            finally:
                done.set()

        thread = threading.Thread(target=conversation, name="exchange", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # no memory for a thread
            raise OSError(errno.ENOMEM, str(error)) from None
        try:
            while not done.wait(max(0.0, min(_LOOK, self.left()))) and self.left() > 0:
                pass
        finally:
            if not done.is_set():
                self._cut()
        done.wait(_TO_END)
        if result:
            return result[0]
        if self._over or not failed:
            raise Ended(began=True)
        raise failed[0]

    def watch(self, sock: socket.socket) -> None:
        """The conversation goes on over this socket. Raises Ended where it is over already."""
        with self._lock:
            if self._over:
                raise Ended(began=True)
            if sock not in self._sockets:
                self._sockets.append(sock)

    def _cut(self) -> None:
        with self._lock:
            self._over = True
            sockets = list(self._sockets)
        for sock in sockets:
            with contextlib.suppress(OSError):
                # Not the TLS socket's own: that one changes what the other thread is reading from.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


def watch(sock: socket.socket | None) -> None:
    """The conversation of this thread goes on over this socket. Raises Ended where it is over already."""
    exchange: Exchange | None = getattr(_here, "exchange", None)
    if exchange is not None and sock is not None:
        exchange.watch(sock)


def is_short_of(error: BaseException | None) -> bool:
    """Whether it is this machine that has no open file or memory left, whatever a library made of that."""
    for _deep in range(8):
        if error is None:
            return False
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in _SHORT_OF):
            return True
        inside = next((part for part in error.args if isinstance(part, BaseException)), None)
        error = inside or getattr(error, "reason", None) or error.__cause__ or error.__context__
        if not isinstance(error, BaseException):
            return False
    return False


def time_to_send(size: int, answer: float) -> float:
    """Seconds for a message of `size` bytes on a slow line, and `answer` seconds for the rest."""
    return answer + min(size / _SLOWEST, _LONGEST)


class Bounded(io.RawIOBase):
    """A socket's stream that raises TooMuch once it has given more than LARGEST bytes: a line, a header or a list of
    them may have no end. `ended` is whether the server has closed its side. Nothing may have been read from `reader`
    before; what reads from here needs a buffer of its own."""

    def __init__(self, reader: io.BufferedReader) -> None:
        super().__init__()
        self._raw = reader.detach()
        self._left = LARGEST
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        got = self._raw.readinto(buffer)
        if got:
            self._left -= got
            if self._left < 0:
                raise TooMuch
        self.ended = self.ended or got == 0
        return got

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()
