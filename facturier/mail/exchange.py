"""Run one conversation with a server, limited as a whole in time and size, and stop it on request.

Socket time-outs limit only one step: a server that sends a byte now and then can block a program for ever. So the
conversation runs in its own thread. When the time is over, the thread is abandoned and its sockets are shut down. An
abandoned thread sends nothing else, because it cannot use a new socket either.
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

# Seconds that a conversation may still take after a request to stop. A server that has the whole message usually
# answers within that time. Without its answer, the delivery would be in doubt.
GRACE = 5.0
_LOOK = 0.1  # seconds between checks for a request to stop
_TO_END = 1.0  # seconds for a thread to notice that its sockets are shut down
# Maximum bytes of one response (HTTP) or one connection (SMTP). Real responses have a few kilobytes.
LARGEST = 1024 * 1024
# Extra time to send a message over a slow line: bytes per second, and a maximum in seconds. The postman assumes that no
# hand-over takes an hour.
_SLOWEST, _LONGEST = 32_000, 1200.0

_SHORT_OF = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS)

_here = threading.local()


class Stopping(threading.Event):
    """An event that remembers when it was set. `left` returns the seconds that work in progress may still take."""

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
    """The time is over. `began` is False if the conversation had not started."""

    def __init__(self, *, began: bool) -> None:
        super().__init__("the time for this was over")
        self.began = began


class TooMuch(OSError):
    """The server sent more than a response may contain."""

    def __init__(self) -> None:
        super().__init__("the answer is too large")


class Exchange:
    """Runs one conversation for at most `seconds`, or for as long as `stop` allows once it is set."""

    def __init__(self, seconds: float, stop: threading.Event | None = None) -> None:
        self._until = time.monotonic() + seconds
        self._stop = stop
        self._over = False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []

    @property
    def connected(self) -> bool:
        """Whether there was ever a connection that could have sent something."""
        return bool(self._sockets)

    def left(self) -> float:
        """Return the seconds that remain."""
        left = self._until - time.monotonic()
        if isinstance(self._stop, Stopping):
            return min(left, self._stop.left())
        return 0.0 if self._stop is not None and self._stop.is_set() else left

    def run(self, talk: Callable[[], T], drop: Callable[[T], object] | None = None) -> T:
        """Run `talk` in its own thread and return its result, or raise its error.

        `drop` is called with a result that comes too late, such as an open connection. Raises Ended if the time is over
        first, and OSError if there is no memory for a thread.
        """
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
                    over = self._over
                    if not over:  # a read from a closed socket may be truncated
                        result.append(found)
                if over and drop is not None:
                    drop(found)
            except BaseException as error:  # noqa: BLE001 - raised again by the waiting thread
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
        """Register a socket that the conversation uses. Raises Ended if the conversation is already over."""
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
                # `SSLSocket.shutdown` would change the object that the other thread is reading from.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


def watch(sock: socket.socket | None) -> None:
    """Register a socket with this thread's conversation, if there is one. Raises Ended if it is already over."""
    exchange: Exchange | None = getattr(_here, "exchange", None)
    if exchange is not None and sock is not None:
        exchange.watch(sock)


def is_short_of(error: BaseException | None) -> bool:
    """Return whether an error means that this machine has no free file handle or memory.

    Libraries wrap such errors in their own, so the causes are searched too.
    """
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
    """Return the seconds to send a message of `size` bytes over a slow line, plus `answer` seconds for the rest."""
    return answer + min(size / _SLOWEST, _LONGEST)


class Bounded(io.RawIOBase):
    """A socket's stream that raises TooMuch after more than LARGEST bytes.

    Without it, a server could send an endless line, header or list of headers. `ended` is whether the server has closed
    its side. Nothing may have been read from `reader` before. Wrap this stream in a buffer to read from it.
    """

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
