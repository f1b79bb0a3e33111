"""A server that repeats our secrets: none of them may reach the company file, the log or the screen."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote

import pytest

from facturier.mail.google.client import OAuthClient
from facturier.mail.google.consent import Consent
from facturier.mail.google.device import ask_device, wait_device
from facturier.mail.google.endpoints import Endpoints, google_endpoints
from facturier.mail.google.grant import Grant
from facturier.mail.redaction import RedactingFormatter
from facturier.mail.senders.gmail import GmailSender
from facturier.mail.sending.postman import Postman
from facturier.mail.vault.session_cipher import SessionCipher
from facturier.models.errors import FacturierError
from facturier.models.store.store import Store
from tests.mail.google.letters import letter
from tests.mail.hostile import HostileServer, Line, answer, read_request
from tests.mail.test_redaction import SPELLINGS
from tests.models.making import Clock, queue

CLIENT = OAuthClient("client", "GOCSPX-echoed-client-secret", "project")
GRANT = Grant("billing@acme.example", CLIENT, "1//echoed-refresh-token", (), stand_in=True)
ACCESS = "ya29.echoed-access-token"
UPLOAD = "AEnB2UrEchoedUploadSession"
SECRETS = (CLIENT.secret, GRANT.refresh_token, ACCESS, UPLOAD)


def echoing(step: str, spell: Callable[[str], str], status: str, code: str = "odd") -> HostileServer:
    """Act as Google up to one step, then answer with everything that the client has sent so far."""
    told = list(SECRETS[: 2 if step == "token" else 3])

    def talk(line: Line) -> None:
        while True:
            method, path, body = read_request(line)
            if not method:
                return
            if path == "/token":
                told.extend(value for values in parse_qs(body.decode()).values() for value in values)
            now = "token" if path == "/token" else "open" if method == "POST" else "put" if body else "ask"
            words = " and ".join(spell(secret) for secret in dict.fromkeys(told))
            if now != step and now == "token":
                line.send(answer(json.dumps({"access_token": ACCESS, "expires_in": 3600}).encode()))
            elif now != step and now == "open":
                told.append(UPLOAD)
                line.send(
                    answer(b"", "200 OK", f"Location: http://127.0.0.1:{server.port}/upload/x?upload_id={UPLOAD}")
                )
            elif step == "token":
                line.send(answer(json.dumps({"error": code, "error_description": words}).encode(), status))
            else:
                error = {"code": int(status[:3]), "message": words, "errors": [{"reason": words}]}
                line.send(answer(json.dumps({"error": error, "id": words}).encode(), status))

    server = HostileServer(talk)
    return server


def at(server: HostileServer) -> Endpoints:
    return google_endpoints({"FACTURIER_GOOGLE": f"http://127.0.0.1:{server.port}"})


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """A log file as the program writes it."""
    path = tmp_path / "log"
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(RedactingFormatter("%(message)s"))
    root = logging.getLogger("facturier")
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.INFO)
    yield path
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


def kept(folder: Path) -> str:
    return "\n".join(path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file())


def tells(text: str, *secrets: str) -> list[str]:
    """Return the secrets that a text contains, complete or in recognizable parts."""
    return [secret for secret in secrets for part in (secret[:12], secret[-12:]) if part in text]


@pytest.mark.parametrize("spelling", ["plain", "quoted for a URL", "base64 of a pair", "JSON in JSON"])
@pytest.mark.parametrize("step", ["token", "open", "put", "ask"])
@pytest.mark.parametrize("status", ["400 Bad", "401 No", "403 No", "429 Wait", "500 Oh", "200 OK"])
def test_no_secret_is_stored(
    store: Store, still: Clock, tmp_path: Path, log: Path, step: str, status: str, spelling: str
) -> None:
    with echoing(step, SPELLINGS[spelling], status) as server:
        sender = GmailSender(GRANT, at(server), still, timeout=(2, 2), cipher=SessionCipher("key"))
        postman = Postman(store, lambda _delivery, _message: sender, "me", gone=lambda _owner: False, ask_pause=0)
        queue(store, message=letter())
        postman.deliver()
        still.go(minutes=10)
        postman.deliver()
    everything = kept(tmp_path)
    spelled = [SPELLINGS[spelling](secret) for secret in SECRETS] if "JSON" not in spelling else []
    assert tells(everything, *SECRETS, *spelled) == []


@pytest.mark.parametrize("spelling", ["plain", "quoted for a URL", "base64 of a pair"])
@pytest.mark.parametrize("code", ["odd", "invalid_client", "echo"])
def test_no_secret_is_shown_while_connecting(spelling: str, code: str) -> None:
    spell = SPELLINGS[spelling]
    code = spell(CLIENT.secret) if code == "echo" else code
    with echoing("token", spell, "400 Bad", code) as server:
        consent = Consent(CLIENT, at(server), 53682)
        answered = "4/0echoed-authorization-code"
        with pytest.raises(FacturierError) as caught:
            consent.accept(f"http://127.0.0.1:53682/?code={quote(answered)}&state={consent.state}")
    assert tells(str(caught.value), *SECRETS, spell(CLIENT.secret), answered) == []


def test_no_secret_of_a_device_code_is_shown() -> None:
    import threading

    def talk(line: Line) -> None:
        while True:
            method, path, body = read_request(line)
            if not method:
                return
            if path == "/device/code":
                code = {"device_code": "echoed-device-code", "user_code": "ABCD", "verification_url": "https://x"}
                line.send(answer(json.dumps({**code, "expires_in": 60, "interval": 0}).encode()))
            else:
                line.send(answer(json.dumps({"error": body.decode()}).encode(), "400 Bad"))

    with HostileServer(talk) as server:
        code = ask_device(CLIENT, at(server))
        with pytest.raises(FacturierError) as caught:
            wait_device(code, CLIENT, at(server), threading.Event())
    assert tells(str(caught.value), CLIENT.secret, "echoed-device-code") == []
