"""The HTTP server of the Google simulator: sockets, keep-alive, and connections that break when a test asks for it."""

import contextlib
import socket
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, Protocol, cast

from facturier.mail.practice.devices import GRANT_TYPE
from facturier.mail.practice.http_messages import Fault, Reply, Request


class Site(Protocol):
    """What the server serves."""

    stopping: threading.Event

    def fault(self, kind: str) -> Fault | None: ...
    def answer(self, kind: str, request: Request) -> Reply: ...
    def keep_part(self, request: Request) -> None: ...


class Server(ThreadingHTTPServer):
    """A server with one thread per connection. The threads are daemons, so that a crashing program does not wait for
    them; `hang_up` waits for all of them, so that no socket stays open."""

    daemon_threads = True
    request_queue_size = 128
    server_bind = TCPServer.server_bind  # HTTPServer's method queries DNS for a name

    def __init__(self, address: tuple[str, int], site: Site) -> None:
        super().__init__(address, _Handler)
        self.site = site
        self._open: dict[socket.socket, threading.Thread] = {}
        self._lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        with self._lock:
            self._open[request] = thread
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        super().process_request_thread(request, client_address)
        with self._lock:
            self._open.pop(request, None)

    def serve(self) -> None:
        """Answer requests until the site stops, without polling."""
        while not self.site.stopping.is_set():
            self.handle_request()

    def wake(self) -> None:
        """Make `serve` check whether the site is stopping."""
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.server_address[1]), timeout=1).close()

    def hang_up(self) -> None:
        """Close the open connections and wait for their threads."""
        with self._lock:
            still_open = dict(self._open)
        for connection, thread in still_open.items():
            with contextlib.suppress(OSError):  # already closed by the other side
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a client that hung up; report every other error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Practice"
    disable_nagle_algorithm = True
    wbufsize = -1  # sends head and body in one packet
    timeout = 120

    @property
    def _server(self) -> Server:
        return cast(Server, self.server)

    def do_GET(self) -> None:
        site = self._server.site
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(self.command, self.path, self.headers, b"")
        body = b""
        if self.command != "PUT":
            body = self.rfile.read(length)
            request = Request(self.command, self.path, self.headers, body)
        kind = kind_of(request)
        fault = site.fault(kind)
        if fault and fault.cut is not None:
            self._break_off(request, self.rfile.read(min(fault.cut, length)) if self.command == "PUT" else body)
            return
        if self.command == "PUT":
            body = self.rfile.read(length)
            if len(body) < length:
                self._break_off(request, body)
                return
            request = Request(self.command, self.path, self.headers, body)
        self._reply(site, kind, request, fault)

    do_POST = do_PUT = do_GET

    def _reply(self, site: Site, kind: str, request: Request, fault: Fault | None) -> None:
        if fault is None:
            self._write(site.answer(kind, request))
            return
        true = site.answer(kind, request) if fault.accept else None
        if fault.delay:
            site.stopping.wait(fault.delay)
        if fault.drop:
            self._reset()
        else:
            self._write(fault.answer or true or site.answer(kind, request))

    def _break_off(self, request: Request, part: bytes) -> None:
        self._server.site.keep_part(Request(request.method, request.target, request.headers, part))
        self._reset()

    def _reset(self) -> None:
        """Close with RST, so that nothing more is sent, as when a device on the route forgets the connection."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def _write(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:
        """Do not log: the terminal belongs to the program."""


def kind_of(request: Request) -> str:
    """Return the kind of a request, as `Google.counts` names it. For a PUT, only its headers are read."""
    upload = request.path.startswith(("/upload/gmail/v1/", "/resumable/upload/gmail/v1/"))
    match request.method, request.path:
        case "GET", "/o/oauth2/v2/auth":
            return "consent"
        case "POST", "/o/oauth2/v2/auth":
            return "allow"
        case "POST", "/token":
            return {"refresh_token": "refresh", GRANT_TYPE: "poll"}.get(request.form.get("grant_type", ""), "code")
        case "POST", "/device/code":
            return "device"
        case (("GET" | "POST"), "/device"):
            return "device_page"
        case "POST", "/revoke":
            return "revoke"
        case "PUT", _ if upload:
            return "ask" if str(request.headers.get("Content-Range", "")).startswith("bytes */") else "put"
        case "POST", _ if upload and request.query.get("uploadType") == "resumable":
            return "open"
        case "POST", path if upload or path.startswith("/gmail/v1/"):
            return "send"
    return "other"
