"""Hostile servers on real sockets: they never stop, never finish, or send too much."""

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable

Attack = Callable[["Line"], object]


class Line:
    """A client's connection. It counts the bytes sent, up to far more than any client should accept."""

    MOST = 64 * 1024 * 1024

    def __init__(self, client: socket.socket, over: threading.Event, dripping: threading.Event | None = None) -> None:
        self.client = client
        self.over = over
        self.dripping = dripping or threading.Event()
        self.sent = 0

    def send(self, data: bytes) -> bool:
        """Send data. Return whether to continue."""
        self.client.sendall(data)
        self.sent += len(data)
        return self.sent < self.MOST and not self.over.is_set()

    def drip(self, data: bytes, seconds: float = 0.02) -> None:
        """Send one byte at a time, for as long as the client listens."""
        self.dripping.set()
        for number in range(100_000):
            if not self.send(data[number % len(data) :][:1]) or self.over.wait(seconds):
                return

    def flood(self, data: bytes) -> None:
        while self.send(data):
            pass


class HostileServer:
    """Passes each connection to `talk`. `sent` is the most bytes sent on any connection; `talking` is set once a
    connection drips."""

    def __init__(self, talk: Attack) -> None:
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.over = threading.Event()
        self.talking = threading.Event()
        self.sent = 0
        self._threads: list[threading.Thread] = []
        self._clients: list[socket.socket] = []

    def __enter__(self) -> "HostileServer":
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in self._clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        for thread in (self._accepting, *self._threads):
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
            self._threads.append(thread)
            self._clients.append(client)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        client.settimeout(5)
        line = Line(client, self.over, self.talking)
        with client, contextlib.suppress(OSError):
            self._talk(line)
        self.sent = max(self.sent, line.sent)


def read_request(line: Line) -> tuple[str, str, bytes]:
    """Return the method, path and body of an HTTP request, all empty if the client hung up."""
    text = b""
    while b"\r\n\r\n" not in text:
        piece = line.client.recv(65_536)
        if not piece:
            return "", "", b""
        text += piece
    head, _, body = text.partition(b"\r\n\r\n")
    method, path, *_ = head.decode("latin-1").split(" ")
    for field in head.lower().split(b"\r\n"):
        if field.startswith(b"content-length:"):
            while len(body) < int(field.partition(b":")[2]):
                body += line.client.recv(65_536)
    return method, path, body


def answer(body: bytes, status: str = "200 OK", *more: str) -> bytes:
    fields = "".join(f"{field}\r\n" for field in (f"Content-Length: {len(body)}", *more))
    return f"HTTP/1.1 {status}\r\n{fields}\r\n".encode() + body


def bomb(size: int) -> bytes:
    """Return a few bytes of gzip data that unpack to `size` bytes, in members of one million bytes each."""
    return gzip.compress(b" " * 1_000_000, 9) * (size // 1_000_000)


def is_quick(started: float) -> bool:
    """Whether less time has passed than a server here keeps silent. A busy machine takes seconds."""
    return time.monotonic() - started < 20


def _begin_then(begin: bytes, then: Callable[[Line], object]) -> Attack:
    """Return an attack that sends the beginning of an answer first."""

    def attack(line: Line) -> None:
        line.send(begin)
        then(line)

    return attack


_OK = b"HTTP/1.1 200 OK\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"


def _waits(line: Line) -> object:
    return line.over.wait(30)


# Attacks that replace the answer
HTTP_ATTACKS: dict[str, Attack] = {
    "drips a body": _begin_then(_OK + b"Content-Length: 99999\r\n\r\n", lambda line: line.drip(b" ")),
    "drips its head": lambda line: line.drip(_OK + b"X-Y: z\r\n" * 10_000),
    "drips a line of its head": _begin_then(_OK + b"X: ", lambda line: line.drip(b"z")),
    "endless headers": _begin_then(_OK, lambda line: line.flood(b"X-Y: z\r\n" * 9000)),
    "an endless header": _begin_then(_OK + b"X: ", lambda line: line.flood(b"z" * 65_536)),
    "continues for ever": lambda line: line.flood(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "an endless body": _begin_then(_OK + b"\r\n", lambda line: line.flood(b" " * 65_536)),
    "a huge body": _begin_then(_OK + b"Content-Length: 900000000\r\n\r\n", lambda line: line.flood(b" " * 65_536)),
    "endless chunks": _begin_then(_CHUNKED, lambda line: line.flood(b"10000\r\n" + b" " * 65_536 + b"\r\n")),
    "an endless chunk size": _begin_then(_CHUNKED, lambda line: line.flood(b"0" * 65_536)),
    "endless trailers": _begin_then(_CHUNKED + b"0\r\n", lambda line: line.flood(b"X-Y: z\r\n" * 9000)),
    "a bomb": _begin_then(answer(bomb(400_000_000), "200 OK", "Content-Encoding: gzip"), _waits),
    "a bomb in a bomb": _begin_then(
        answer(gzip.compress(bomb(400_000_000), 9), "200 OK", "Content-Encoding: gzip, gzip"), _waits
    ),
    "nothing": _begin_then(b"", _waits),
}
