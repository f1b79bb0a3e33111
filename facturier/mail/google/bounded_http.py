"""The HTTP under everything that goes to Google: each request is one bounded exchange, made once.

Loaded when it is first needed: requests takes its time.
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

TOTAL = 60.0  # seconds for one request and its answer, beside what its body takes on a slow line

# A socket that we give up sends nothing more: without this, the rest of a stalled upload could still trickle out of the
# kernel after the upload session was asked and had said that it is incomplete.
_LINGER_NOT = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
_PIECE = 64 * 1024


class OutOfTime(requests.Timeout):
    """The exchange took too long as a whole, or the program is to stop."""


class AnswerTooLarge(requests.RequestException):
    """The answer is larger than any of Google's, before it was unpacked or after."""


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._stream = Bounded(self.fp)
        self.fp: Any = io.BufferedReader(self._stream)

    def begin(self) -> None:
        super().begin()
        if self._stream.ended:  # http.client takes a head that was cut short for a whole one
            raise http.client.IncompleteRead(b"")


class _Plain(HTTPConnection):
    response_class = _Response

    def connect(self) -> None:
        super().connect()
        watch(self.sock)

    def request(self, *args: Any, **kwargs: Any) -> None:
        watch(self.sock)  # where it is used again, nobody connects
        super().request(*args, **kwargs)


class _OnThisMachine(_Plain):
    """To a stand-in for Google, which secrets are shown to in clear."""

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
    """Repeats nothing, shows an access token to nobody but Gmail, and ends in time."""

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
        # Here the address is what it will be connected to, whatever was made of it on the way.
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
    """Takes https addresses of a stand-in as http: oauthlib speaks to nothing but https."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = in_clear(str(request.url))
        return super().send(request, *args, **kwargs)


def in_clear(address: str) -> str:
    return "http" + address.removeprefix("https") if address.startswith("https://") else address


def _read_all(reply: requests.Response) -> requests.Response:
    """The answer with its whole body, unpacked. Raises AnswerTooLarge, and requests' own exceptions."""
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
