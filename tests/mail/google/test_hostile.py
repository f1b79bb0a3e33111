"""A hostile server in Google's place: every exchange ends in bounded time and memory, with a correct state."""

import json
import time
import tracemalloc

import pytest

from facturier.mail.errors import AnswerLost, ConnectError, NotNow, Refused, SenderRefused, Unreachable
from facturier.mail.exchange import LARGEST, Stopping
from facturier.mail.google import bounded_http
from facturier.mail.google.client import OAuthClient
from facturier.mail.google.connection import revoke
from facturier.mail.google.consent import Consent
from facturier.mail.google.device import ask_device
from facturier.mail.google.endpoints import Endpoints, google_endpoints
from facturier.mail.google.grant import Grant
from facturier.mail.senders.gmail import GmailSender
from tests.mail.google.letters import ENVELOPE, letter
from tests.mail.hostile import HTTP_ATTACKS, Attack, HostileServer, Line, answer, is_quick, read_request

CLIENT = OAuthClient("client", "GOCSPX-secret", "project")
GRANT = Grant("billing@acme.example", CLIENT, "1//refresh", (), stand_in=True)
TOKEN = json.dumps({"access_token": "ya29.x", "expires_in": 3600, "token_type": "Bearer"}).encode()


def google_until(step: str, attack: Attack) -> HostileServer:
    """Answer as Google does up to one step: `token`, `open`, `put` or `ask`."""

    def talk(line: Line) -> None:
        while True:
            method, path, body = read_request(line)
            if not method:
                return
            now = "token" if path == "/token" else "open" if method == "POST" else "put" if body else "ask"
            if now == step:
                attack(line)
                return
            if now == "token":
                line.send(answer(TOKEN))
            elif now == "open":
                line.send(answer(b"", "200 OK", f"Location: http://127.0.0.1:{server.port}/upload/x?upload_id=1"))

    server = HostileServer(talk)
    return server


def at(server: HostileServer) -> Endpoints:
    return google_endpoints({"FACTURIER_GOOGLE": f"http://127.0.0.1:{server.port}"})


@pytest.mark.parametrize("attack", HTTP_ATTACKS.values(), ids=HTTP_ATTACKS.keys())
@pytest.mark.parametrize("step", ["token", "open", "put"])
def test_every_exchange_with_gmail_ends(step: str, attack: Attack) -> None:
    with google_until(step, attack) as server:
        sender = GmailSender(GRANT, at(server), timeout=(2, 2), total=0.4)
        started = time.monotonic()
        with pytest.raises(AnswerLost if step == "put" else Unreachable):
            sender.open(ENVELOPE, letter()).hand_over()
        assert is_quick(started)
    assert server.sent < Line.MOST


def test_a_gzip_bomb_is_not_unpacked() -> None:
    with google_until("token", HTTP_ATTACKS["a bomb"]) as server:
        sender = GmailSender(GRANT, at(server), timeout=(2, 5))
        tracemalloc.start()
        try:
            with pytest.raises(Unreachable) as caught:
                sender.open(ENVELOPE, letter())
            _now, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < 30 * LARGEST
    assert "AnswerTooLarge" in caught.value.reply


def test_asking_a_session_always_ends() -> None:
    with google_until("ask", HTTP_ATTACKS["drips a body"]) as server:
        sender = GmailSender(GRANT, at(server), timeout=(2, 2), total=0.6)
        started = time.monotonic()
        with pytest.raises(Unreachable):
            sender.ask(f"http://127.0.0.1:{server.port}/upload/x?upload_id=1", letter())
        assert is_quick(started)


def talk_to_google(what: str, endpoints: Endpoints) -> None:
    if what == "device":
        ask_device(CLIENT, endpoints)
    elif what == "revoke":
        revoke(GRANT, endpoints)
    else:
        consent = Consent(CLIENT, endpoints, 53682)
        consent.accept(f"http://127.0.0.1:53682/?code=4/0x&state={consent.state}")


@pytest.mark.parametrize("attack", ["drips a body", "an endless body", "endless headers", "a bomb"])
@pytest.mark.parametrize("what", ["consent", "device", "revoke"])
def test_every_other_exchange_with_google_ends(what: str, attack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_http, "TOTAL", 0.6)

    def talk(line: Line) -> None:
        if read_request(line)[0]:
            HTTP_ATTACKS[attack](line)

    with HostileServer(talk) as server:
        endpoints = at(server)
        started = time.monotonic()
        with pytest.raises(ConnectError):
            talk_to_google(what, endpoints)
        assert is_quick(started)
    assert server.sent < Line.MOST


@pytest.mark.parametrize(("step", "error"), [("token", Unreachable), ("open", Unreachable), ("put", AnswerLost)])
def test_stopping_the_program_waits_only_a_moment(step: str, error: type[Exception]) -> None:
    stop = Stopping(grace=0.3)

    def stall(line: Line) -> None:
        stop.set()
        HTTP_ATTACKS["drips a body"](line)

    with google_until(step, stall) as server:
        sender = GmailSender(GRANT, at(server), stop=stop)
        started = time.monotonic()
        with pytest.raises(error):
            sender.open(ENVELOPE, letter()).hand_over()
        assert is_quick(started)


def test_an_answer_during_the_wait_counts() -> None:
    stop = Stopping(grace=3)

    def late(line: Line) -> None:
        stop.set()
        time.sleep(0.2)
        line.send(answer(b'{"id": "18c"}'))

    with google_until("put", late) as server:
        handover = GmailSender(GRANT, at(server), stop=stop).open(ENVELOPE, letter())
        assert handover.hand_over().server_id == "18c"


def test_nothing_new_starts_after_the_wait() -> None:
    stop = Stopping(grace=0)
    with google_until("put", HTTP_ATTACKS["nothing"]) as server:
        handover = GmailSender(GRANT, at(server), stop=stop).open(ENVELOPE, letter())
        stop.set()
        with pytest.raises(Unreachable):  # not in doubt, because no byte was sent
            handover.hand_over()


ODD = {
    "a deep list": b"[" * 100_000,
    "a deep object": b'{"error":' * 50_000,
    "a large number": b'{"id": ' + b"9" * 5000 + b"}",
    "no number": b"NaN",
    "half a letter": b'{"id": "\xff',
    "a lone surrogate": b'{"id": "\\ud800"}',
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("step", ["token", "open", "put"])
@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "403 Forbidden"])
def test_a_malformed_answer_gives_an_expected_error(step: str, status: str, body: bytes) -> None:
    with google_until(step, lambda line: line.send(answer(body, status))) as server:
        sender = GmailSender(GRANT, at(server), timeout=(2, 2), total=2)
        with pytest.raises((AnswerLost, Unreachable, Refused, NotNow)):
            sender.open(ENVELOPE, letter()).hand_over()


@pytest.mark.parametrize(
    "field",
    [
        "Retry-After: " + "9" * 5000,
        "Retry-After: Tue, 24 Nov 99999999999999999999 18:02:03 GMT",
        "Range: x",
        "Range: bytes=0-" + "9" * 5000,
    ],
    ids=["too long a wait", "no date", "no range", "too long a range"],
)
@pytest.mark.parametrize("status", ["308 Resume Incomplete", "429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.parametrize("step", ["open", "put", "ask"])
def test_a_malformed_header_gives_an_expected_error(step: str, status: str, field: str) -> None:
    with google_until(step, lambda line: line.send(answer(b"", status, field))) as server:
        sender = GmailSender(GRANT, at(server), timeout=(2, 2), total=2)
        if step == "ask" and status.startswith("308"):
            assert sender.ask(f"http://127.0.0.1:{server.port}/upload/x?upload_id=1", letter()) is None
        elif step == "ask":
            with pytest.raises((AnswerLost, Unreachable)):
                sender.ask(f"http://127.0.0.1:{server.port}/upload/x?upload_id=1", letter())
        else:
            with pytest.raises((AnswerLost, Unreachable, Refused, NotNow)):
                sender.open(ENVELOPE, letter()).hand_over()


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 308 Resume Incomplete\r\nRan", b"HTTP/1.1 403 Forbidden\r\nContent-Le", b"HT"]
)
def test_truncated_headers_prove_nothing(head: bytes) -> None:
    with google_until("put", lambda line: line.send(head)) as server:
        sender = GmailSender(GRANT, at(server), timeout=(2, 2))
        with pytest.raises(AnswerLost):
            sender.open(ENVELOPE, letter()).hand_over()


@pytest.mark.parametrize(("status", "said"), [(407, "asks for a password"), (403, "answered instead of")])
def test_a_refusing_proxy_is_not_taken_for_google(status: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(line: Line) -> None:
        read_request(line)
        line.send(answer(b"<html>no</html>", f"{status} No", "Connection: close"))

    with HostileServer(refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        with pytest.raises(SenderRefused, match=said):
            GmailSender(GRANT, Endpoints(), timeout=(2, 2)).open(ENVELOPE, letter())
