"""The guarantees of the one-shot transport: no repeated requests, no redirects, and no sending after a timeout."""

import contextlib
import logging
import socket
import struct
import threading
import time
from typing import Any

import pytest
import requests
from google.auth.exceptions import TransportError
from google.oauth2.credentials import Credentials
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from facturier.mail.google.bounded_http import in_clear
from facturier.mail.google.endpoints import Endpoints, google_endpoints
from facturier.mail.google.transport import OneShot, as_secure, never_connected, one_shot, refresh_request


def stand_in(port: int) -> Endpoints:
    return Endpoints(stand_in=f"http://127.0.0.1:{port}")


def test_an_abandoned_upload_sends_no_more_bytes() -> None:
    body = b"x" * 30_000_000
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        received: list[int] = []
        given_up = threading.Event()

        def read_late() -> None:
            connection, _ = listening.accept()
            with connection:
                given_up.wait(10)
                time.sleep(0.1)
                got = 0
                try:
                    while piece := connection.recv(65_536):
                        got += len(piece)
                except ConnectionResetError:
                    received.append(got)
                    return
                received.append(-1)  # an orderly close: the kernel would have delivered the buffered data

        reader = threading.Thread(target=read_late)
        reader.start()
        with one_shot(requests.Session(), stand_in(port)) as session, pytest.raises(requests.RequestException):
            session.put(f"http://127.0.0.1:{port}/", data=body, timeout=(0.3, 0.3))
        given_up.set()
        reader.join(10)
    assert len(received) == 1
    assert 0 <= received[0] < len(body)


@pytest.mark.parametrize("stand_in_root", ["", "http://127.0.0.1:9"])
def test_a_session_does_not_retry_redirect_or_replace_the_token(stand_in_root: str) -> None:
    session = one_shot(requests.Session(), Endpoints(stand_in=stand_in_root))
    for address in ("https://gmail.googleapis.com/x", "http://127.0.0.1:9/x", "https://127.0.0.1:9/x"):
        adapter = session.get_adapter(address)
        assert isinstance(adapter, requests.adapters.HTTPAdapter)
        assert (adapter.max_retries.total, adapter.max_retries.read) == (0, False)
        linger = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert linger in adapter.poolmanager.connection_pool_kw["socket_options"]
        assert (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1) in adapter.poolmanager.connection_pool_kw["socket_options"]
    assert session.max_redirects == 0
    assert session.trust_env is not bool(stand_in_root)
    mine = requests.Request("GET", "http://127.0.0.1:9/x").prepare()
    assert callable(session.auth)
    assert session.auth(mine) is mine
    talkative = ("requests_oauthlib", "oauthlib", "google.auth", "google.oauth2", "googleapiclient", "urllib3")
    assert {logging.getLogger(name).level for name in talkative} == {logging.WARNING}


def test_a_simulators_address_looks_like_https_to_libraries() -> None:
    assert as_secure("http://127.0.0.1:9/x") == as_secure("https://127.0.0.1:9/x") == "https://127.0.0.1:9/x"
    assert in_clear("https://127.0.0.1:9/x") == in_clear("http://127.0.0.1:9/x") == "http://127.0.0.1:9/x"


@pytest.mark.parametrize(
    ("error", "never"),
    [
        (requests.ConnectTimeout(), True),
        (requests.ConnectionError(), False),
        (requests.ReadTimeout(), False),
        (requests.ConnectionError(NewConnectionError(HTTPConnection("x"), "no")), True),
        (
            requests.ConnectionError(
                MaxRetryError(ConnectionPool("x"), "/", NewConnectionError(HTTPConnection("x"), "no"))
            ),
            True,
        ),
        (requests.ConnectionError(ProtocolError("Connection aborted.")), False),
    ],
)
def test_whether_any_byte_could_have_been_sent(error: requests.RequestException, never: bool) -> None:
    assert never_connected(error) is never


class Canned(requests.adapters.HTTPAdapter):
    """Answers without a network, and records the timeouts."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__()
        self.status, self.body = status, body
        self.timeouts: list[object] = []

    def send(
        self, request: requests.PreparedRequest, *args: Any, timeout: Any = None, **more: Any
    ) -> requests.Response:
        self.timeouts.append(timeout)
        answer = requests.Response()
        answer.status_code, answer._content, answer.request = self.status, self.body, request
        return answer


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b'{"access_token": "x"}', ""),
        (400, b'{"error": "invalid_grant"}', ""),
        (408, b"{}", "HTTP 408"),
        (503, b"{}", "HTTP 503"),
        (200, b"<html>", "HTTP 200, not JSON"),
        (200, b"[]", "HTTP 200, not JSON"),
    ],
)
def test_a_token_is_requested_once_and_with_a_timeout(status: int, body: bytes, said: str) -> None:
    with requests.Session() as session:
        canned = Canned(status, body)
        session.mount("https://", canned)
        ask = refresh_request(session, (1, 2))
        if said:
            with pytest.raises(TransportError) as caught:
                ask("https://oauth2.googleapis.com/token", method="POST")
            assert str(caught.value) == said
        else:
            assert ask("https://oauth2.googleapis.com/token", method="POST").data == body
    assert canned.timeouts == [(1, 2)]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_request_is_not_repeated_after_a_dropped_answer(method: str) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        asked: list[bytes] = []

        def drop_everything() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(65_536))

        server = threading.Thread(target=drop_everything)
        server.start()
        with one_shot(requests.Session(), stand_in(port)) as session, pytest.raises(requests.ConnectionError):
            session.request(method, f"http://127.0.0.1:{port}/", data=b"once", timeout=2)
        time.sleep(0.05)
        listening.shutdown(socket.SHUT_RDWR)
        server.join(5)
    assert len(asked) == 1


@pytest.mark.parametrize("where", ["/", "\\@{ours}/"])
def test_the_access_token_is_sent_only_to_gmail(where: str) -> None:
    """The transport checks the address as it would be connected to, whichever caller passes it."""
    with socket.socket() as ours, socket.socket() as listening:
        ours.bind(("127.0.0.1", 0))
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(0.1)
        home = f"127.0.0.1:{ours.getsockname()[1]}"
        endpoints = google_endpoints({"FACTURIER_GOOGLE": f"http://{home}"})
        transport = OneShot(Credentials("token"), endpoints, (1, 0.1))
        elsewhere = f"http://127.0.0.1:{listening.getsockname()[1]}{where.format(ours=home)}"
        with contextlib.closing(transport), pytest.raises(requests.exceptions.InvalidURL):
            transport.request(elsewhere, "PUT", b"")
        with pytest.raises(TimeoutError):
            listening.accept()
