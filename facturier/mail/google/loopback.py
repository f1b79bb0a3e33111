"""Receive the answer to a consent on 127.0.0.1 (RFC 8252, section 7.3), from this machine or an SSH tunnel."""

import getpass
import logging
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import cast
from urllib.parse import parse_qs, urlsplit

from facturier.mail.errors import ConnectError
from facturier.models.errors import FacturierError
from facturier.models.text.i18n import _, spoken

_log = logging.getLogger(__name__)


class Listener:
    """Listens on a free port of 127.0.0.1 from the start, and handles answers after `start` was called.

    Raises ConnectError if the system cannot open a port. `on_answer` receives the full address, in a thread of the
    listener. If it raises FacturierError, the browser shows the sentence and the listener continues, because the link
    can be opened again. If it returns, the listener closes.
    """

    def __init__(self) -> None:
        try:
            self._server = _Server(("127.0.0.1", 0), _Handler)
        except OSError as error:
            raise ConnectError(
                _("Facturier cannot receive Google’s answer on this machine: {reason}.").format(
                    reason=error.strerror or type(error).__name__
                ),
                kept=_("Nothing was connected."),
                todo=_("Close other programs, or raise the limit with “ulimit -n”, then try again."),
            ) from None
        self.port: int = self._server.server_address[1]
        self._thread: threading.Thread | None = None

    def start(self, state: str, on_answer: Callable[[str], object]) -> None:
        self._server.state, self._server.on_answer, self._server.port = state, on_answer, self.port
        self._server.done_then = self._close_soon
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="loopback", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the listener. Returns at once, even if a browser keeps a connection open. May be called twice."""
        if self._thread and self._thread.is_alive():
            self._server.shutdown()
            if self._thread is not threading.current_thread():
                self._thread.join()
        self._server.server_close()

    def _close_soon(self) -> None:
        """Stop from another thread, because a request cannot wait for the server's loop, nor the loop for it."""
        threading.Thread(target=self.stop, name="loopback-close", daemon=True).start()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    server_bind = TCPServer.server_bind  # HTTPServer's own method queries DNS for a name
    state = ""
    port = 0
    done = False

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.on_answer: Callable[[str], object] = str
        self.done_then: Callable[[], None] = lambda: None
        self.lock = threading.Lock()

    def handle_error(self, *_args: object) -> None:
        """Log errors, because the terminal belongs to the program. A browser that disconnects is not an error."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            _log.exception("loopback")


class _Handler(BaseHTTPRequestHandler):
    timeout = 5  # seconds; browsers open connections that they never use
    server_version, sys_version = "Facturier", ""

    def do_GET(self) -> None:
        server = cast(_Server, self.server)
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        # A foreign page whose name was made to point to this machine has another Host header (DNS rebinding).
        if parts.path != "/" or self.headers.get("Host") not in (
            f"127.0.0.1:{server.port}",
            f"localhost:{server.port}",
        ):
            self._show(404, _("Page not found."))
        elif query.get("state") != [server.state] or not ("code" in query or "error" in query):
            self._show(
                400, _("This is not the answer that Facturier is waiting for. Open the link that Facturier shows now.")
            )
        else:
            self._take(server, f"http://127.0.0.1:{server.port}{self.path}")

    def _take(self, server: _Server, address: str) -> None:
        with server.lock:
            if server.done:
                self._show(200, _("Facturier has the answer. You can close this page."))
                return
            try:
                server.on_answer(address)
            except FacturierError as error:
                self._show(400, str(error))
                return
            server.done = True
        self._show(200, _("Done. You can close this page and go back to Facturier."))
        server.done_then()

    def _show(self, status: int, sentence: str) -> None:
        page = (
            f'<!doctype html><html lang="{spoken()}"><meta charset="utf-8"><title>Facturier</title>'
            f'<meta name="viewport" content="width=device-width"><body><h1>Facturier</h1><p>{escape(sentence)}</p>'
            "</body></html>\n"
        ).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", "default-src 'none'")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the terminal belongs to the program, and the address contains a code."""


def ssh_line(port: int, environment: Mapping[str, str]) -> str:
    """Return the command for the person's own computer that forwards the answer here through SSH.

    It names this machine by the address that the person's SSH session used, or else by its host name.
    """
    client = environment.get("SSH_CONNECTION", "").split()
    host, at = (client[2], client[3]) if len(client) == 4 else (socket.gethostname(), "22")
    other = "" if at == "22" else f" -p {at}"
    return f"ssh -L {port}:127.0.0.1:{port}{other} {getpass.getuser()}@{host}"


def can_open_browser(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Return whether a browser would open on the person's screen: there is a display, and it is not an SSH session."""
    if any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")):
        return False
    return platform in ("darwin", "win32") or any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
