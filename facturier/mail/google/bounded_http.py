"""HTTP for all requests to Google: each request is made once, with limits on time and size.

Import this module only when it is needed, because requests takes long to import.
"""

import http.client
import io
import ipaddress
import socket
import struct
import threading
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidURL
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from facturier.mail.exchange import LARGEST, Bounded, Ended, Exchange, TooMuch, time_to_send, watch
from facturier.mail.google.endpoints import Endpoints

TOTAL = 60.0  # seconds for one request and its answer, in addition to the time for its body on a slow line

# Closing a socket discards unsent data. Otherwise, the kernel could still send the rest of a stalled upload after the
# upload session was asked and said that it is incomplete.
_LINGER_NOT = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
_PIECE = 64 * 1024


class OutOfTime(requests.Timeout):
    """The whole exchange took too long, or the program is stopping."""


class AnswerTooLarge(requests.RequestException):
    """The answer is larger than any answer of Google, compressed or not."""


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._stream = Bounded(self.fp)
        self.fp: Any = io.BufferedReader(self._stream)

    def begin(self) -> None:
        super().begin()
        if self._stream.ended:  # http.client accepts headers that were cut off
            raise http.client.IncompleteRead(b"")


class _Plain(HTTPConnection):
    response_class = _Response

    def connect(self) -> None:
        super().connect()
        watch(self.sock)

    def request(self, *args: Any, **kwargs: Any) -> None:
        watch(self.sock)  # a connection that is used again does not call `connect`
        super().request(*args, **kwargs)


class _OnThisMachine(_Plain):
    """A connection to a Google simulator, which receives secrets in clear text, so it must be on this machine."""

    def connect(self) -> None:
        super().connect()
        peer = str(self.sock.getpeername()[0])
        if not ipaddress.ip_address(peer).is_loopback:
            self.close()
            raise OSError("not an address of this machine")


class _Secure(HTTPSConnection):
    response_class = _Response

    def connect(self) -> None:
        super().connect()
        watch(self.sock)

    def request(self, *args: Any, **kwargs: Any) -> None:
        watch(self.sock)
        super().request(*args, **kwargs)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _StandInPool(HTTPConnectionPool):
    ConnectionCls = _OnThisMachine


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class Once(HTTPAdapter):
    """An adapter that never repeats a request, sends access tokens only to Gmail, and limits the time."""

    def __init__(self, endpoints: Endpoints, stop: threading.Event | None, total: float | None) -> None:
        self._endpoints = endpoints
        self._stop = stop
        self._total = total
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        options = [*HTTPConnection.default_socket_options, _LINGER_NOT]
        super().init_poolmanager(*args, socket_options=options, **kwargs)
        self._use_ours(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        self._use_ours(manager)
        return manager

    def _use_ours(self, manager: Any) -> None:
        plain = _StandInPool if self._endpoints.stand_in else _PlainPool
        manager.pool_classes_by_scheme = {"http": plain, "https": _SecurePool}

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        # The address is checked here because this is where it is final, after any redirects or changes.
        bearer = str(request.headers.get("Authorization", "")).startswith("Bearer ")
        if bearer and not self._endpoints.is_gmail(str(request.url)):
            raise InvalidURL("not an address of Gmail")
        request.headers["Accept-Encoding"] = "identity"
        total = TOTAL if self._total is None else self._total
        exchange = Exchange(time_to_send(len(request.body or b""), total), self._stop)
        kwargs["stream"] = True
        try:
            return exchange.run(lambda: _read_all(super(Once, self).send(request, *args, **kwargs)))
        except requests.RequestException as error:
            error.never_connected = not exchange.connected  # type: ignore[attr-defined]
            raise
        except Ended:
            late = OutOfTime(request=request)
            late.never_connected = not exchange.connected  # type: ignore[attr-defined]
            raise late from None
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a server can make the libraries raise
            broken = requests.ConnectionError(error, request=request)
            broken.never_connected = not exchange.connected  # type: ignore[attr-defined]
            raise broken from None


class InClear(Once):
    """Connects to a simulator's https addresses with http, because oauthlib only accepts https."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = in_clear(str(request.url))
        return super().send(request, *args, **kwargs)


def in_clear(address: str) -> str:
    return "http" + address.removeprefix("https") if address.startswith("https://") else address


def _read_all(reply: requests.Response) -> requests.Response:
    """Return the answer with its whole body, decompressed. Raises AnswerTooLarge and requests' own exceptions."""
    pieces, size = [], 0
    try:
        while piece := reply.raw.read(_PIECE, decode_content=True):
            size += len(piece)
            if size > LARGEST:
                raise TooMuch
            pieces.append(piece)
    except (TooMuch, HTTPError, OSError, http.client.HTTPException) as error:
        reply.raw.close()
        if isinstance(error, TooMuch) or any(isinstance(cause, TooMuch) for cause in error.args):
            raise AnswerTooLarge(request=reply.request) from None
        raise requests.ConnectionError(error, request=reply.request) from None
    reply.raw = io.BytesIO(b"".join(pieces))
    return reply
