import contextlib
import socket

import pytest

from facturier.mail.errors import Unreachable
from facturier.mail.google.client import OAuthClient
from facturier.mail.google.endpoints import Endpoints, google_endpoints
from facturier.mail.google.grant import Grant
from facturier.mail.senders.gmail import GmailSender
from facturier.models.errors import FacturierError
from tests.mail.google.letters import ENVELOPE, letter


def test_the_default_is_google_itself() -> None:
    found = google_endpoints({})
    assert found == Endpoints()
    assert found.stand_in == ""
    assert all(
        address.startswith("https://") for address in (found.auth, found.token, found.device, found.revoke, found.gmail)
    )


@pytest.mark.parametrize("named", ["http://127.0.0.1:8025", "http://127.0.0.1:8025/", "http://[::1]:8025"])
def test_a_simulator_on_this_machine(named: str) -> None:
    root = named.rstrip("/")
    found = google_endpoints({"FACTURIER_GOOGLE": named})
    assert found.stand_in == root
    assert found.auth == f"{root}/o/oauth2/v2/auth"
    assert found.token == f"{root}/token"
    assert found.device == f"{root}/device/code"
    assert found.revoke == f"{root}/revoke"
    assert found.gmail == f"{root}/"


@pytest.mark.parametrize(
    "named",
    [
        "http://google.example:80",
        "https://127.0.0.1:8025",
        "http://127.0.0.1",
        "http://127.0.0.1.evil.example:80",
        "http://user:secret@127.0.0.1:8025",
        "http://127.0.0.1:8025/elsewhere",
        "http://127.0.0.1:99999",
        "http://10.0.0.1:8025",
        "127.0.0.1:8025",
        "http://[::1%25eth0]:8025",
        "http://[::1%eth0]:8025",
        "http://[fe80::1%25lo]:8025",
        "http://[::ffff:10.0.0.1]:8025",
        "http://[::]:8025",
        "http://0.0.0.0:8025",
        "http://0:8025",
        "http://0x7f.1:8025",
        "http://127.1:8025",
        "http://2130706433:8025",
        "http://0177.0.0.1:8025",
        "http://127.0.0.1.:8025",
        "http://localhost.:8025",
        "http://localhost.evil.example:8025",
        "http://evil.example:8025/127.0.0.1",
        "http://127.0.0.1:8025@evil.example:80",
        "http://@127.0.0.1:8025",
        "http://127.0.0.1:8025\\@evil.example:80",
        "http://evil.example:80\\@127.0.0.1:8025",
        "http://evil.example:80#@127.0.0.1:8025",
        "http://evil.example:80?@127.0.0.1:8025",
        "http://127.0.0.1\t.evil.example:8025",
        "http://127.0.0.1\n:8025",
        " http://127.0.0.1:8025",
        "http://１２７.0.0.1:8025",
        "http://127。0。0。1:8025",
        "http://%31%32%37.0.0.1:8025",
        "http://127.0.0.1:8025?",
        "http:127.0.0.1:8025",
        "http:///127.0.0.1:8025",
        "rubbish",
    ],
)
def test_other_addresses_are_refused(named: str) -> None:
    with pytest.raises(FacturierError, match="not to an address on this machine"):
        google_endpoints({"FACTURIER_GOOGLE": named})


def test_the_peer_address_is_checked_when_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peer address is checked, not the host name: someone who controls name resolution could redirect the
    secrets."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(2)
        endpoints = google_endpoints({"FACTURIER_GOOGLE": f"http://localhost:{listening.getsockname()[1]}"})
        monkeypatch.setattr(socket.socket, "getpeername", lambda _self: ("10.0.0.1", 80))
        grant = Grant("billing@acme.example", OAuthClient("id", "a-client-secret", ""), "1//refresh", (), stand_in=True)
        with pytest.raises(Unreachable):
            GmailSender(grant, endpoints, timeout=(2, 2)).open(ENVELOPE, letter())
        client, _ = listening.accept()
        with client, contextlib.suppress(ConnectionResetError):
            assert client.recv(100) == b""


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example\\@gmail.googleapis.com/x",  # parsers disagree about the host
        "https://gmail.googleapis.com\\@evil.example/x",
        "https://evil.example/@gmail.googleapis.com/x",
        "https://user@gmail.googleapis.com/x",
        "https://user:secret@gmail.googleapis.com/x",
        "https://gmail.googleapis.com@evil.example/x",
        "https://gmail.googleapis.com:8443/x",
        "https://gmail.googleapis.com:443/x",
        "https://gmail.googleapis.com.evil.example/x",
        "https://storage.googleapis.com/x",
        "https://gmail.googleapis.com./x",
        "https://gmail.googleapis.com\t.evil.example/x",
        "https://gmail.googleapis.com\r\n/x",
        " https://gmail.googleapis.com/x",
        "https://ｇmail.googleapis.com/x",
        "http://gmail.googleapis.com/x",
        "//gmail.googleapis.com/x",
        "https://[gmail.googleapis.com/x",
        "https:gmail.googleapis.com",
        "",
    ],
)
def test_addresses_that_are_not_gmail(address: str) -> None:
    assert not Endpoints().is_gmail(address)


def test_addresses_that_are_gmail() -> None:
    assert Endpoints().is_gmail("https://gmail.googleapis.com/upload/gmail/v1/users/me/messages/send?upload_id=A-_1%40")
    stand_in = google_endpoints({"FACTURIER_GOOGLE": "http://127.0.0.1:8025"})
    assert stand_in.is_gmail("http://127.0.0.1:8025/upload/x?upload_id=1")
    for other in ("http://127.0.0.1:8026/x", "http://127.0.0.1/x", "https://127.0.0.1:8025/x", "http://[::1]:8025/x"):
        assert not stand_in.is_gmail(other)
