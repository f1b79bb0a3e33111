"""Servers that attack: they never stop, never end, or send far too much. On real sockets."""

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable

Attack = Callable[["Line"], None]


class Line:
    """A client's connection. What is sent is counted, up to far more than any client should take."""

    MOST = 64 * 1024 * 1024

    def __init__(self, client: socket.socket, over: threading.Event) -> None:
        self.client = client
        self.over = over
        self.sent = 0

    def send(self, data: bytes) -> bool:
        """Whether there is any sense in going on."""
        self.client.sendall(data)
        self.sent += len(data)
        return self.sent < self.MOST and not self.over.is_set()

    def drip(self, data: bytes, seconds: float = 0.02) -> None:
        """A byte now and then, for as long as anyone listens."""
        for number in range(100_000):
            if not self.send(data[number % len(data) :][:1]) or self.over.wait(seconds):
                return

    def flood(self, data: bytes) -> None:
        while self.send(data):
            pass


class HostileServer:
    """Gives each connection to `talk`, which may do as it likes; `sent` is how much was sent on the largest one."""

    def __init__(self, talk: Attack) -> None:
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.over = threading.Event()
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
        line = Line(client, self.over)
        with client, contextlib.suppress(OSError):
            self._talk(line)
        self.sent = max(self.sent, line.sent)


def read_request(line: Line) -> tuple[str, str, bytes]:
    """Method, path and body of an HTTP request; nothing where the client hung up."""
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
    """Very little that unpacks to so many bytes: members of one million each, as gzip allows."""
    return gzip.compress(b" " * 1_000_000, 9) * (size // 1_000_000)


def quick(started: float, seconds: float) -> bool:
    return time.monotonic() - started < seconds


# What a server can do instead of answering
HTTP_ATTACKS: dict[str, Attack] = {
    "drips a body": lambda line: (line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"), line.drip(b" "))[1],
    "drips its head": lambda line: line.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 10_000),
    "drips a line of its head": lambda line: (line.send(b"HTTP/1.1 200 OK\r\nX: "), line.drip(b"z"))[1],
    "endless headers": lambda line: (line.send(b"HTTP/1.1 200 OK\r\n"), line.flood(b"X-Y: z\r\n" * 9000))[1],
    "an endless header": lambda line: (line.send(b"HTTP/1.1 200 OK\r\nX: "), line.flood(b"z" * 65_536))[1],
    "continues for ever": lambda line: line.flood(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "an endless body": lambda line: (line.send(b"HTTP/1.1 200 OK\r\n\r\n"), line.flood(b" " * 65_536))[1],
    "a huge body": lambda line: (
        line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n"),
        line.flood(b" " * 65_536),
    )[1],
    "endless chunks": lambda line: (
        line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        line.flood(b"10000\r\n" + b" " * 65_536 + b"\r\n"),
    )[1],
    "an endless chunk size": lambda line: (
        line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        line.flood(b"0" * 65_536),
    )[1],
    "endless trailers": lambda line: (
        line.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"),
        line.flood(b"X-Y: z\r\n" * 9000),
    )[1],
    "a bomb": lambda line: (
        line.send(answer(bomb(400_000_000), "200 OK", "Content-Encoding: gzip")),
        line.over.wait(5),
        None,
    )[2],
    "a bomb in a bomb": lambda line: (
        line.send(answer(gzip.compress(bomb(400_000_000), 9), "200 OK", "Content-Encoding: gzip, gzip")),
        line.over.wait(5),
        None,
    )[2],
    "nothing": lambda line: (line.over.wait(5), None)[1],
}
