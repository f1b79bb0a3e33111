import threading
import time
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from facturier.mail.errors import AnswerError, ConnectError, ConsentRefused, DeviceRefused
from facturier.mail.google.client import OAuthClient
from facturier.mail.google.device import DeviceCode, ask_device, wait_device
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.practice.google import Google
from facturier.mail.practice.http_messages import Fault, Reply, oauth_error
from tests.mail.google.conftest import ADDRESS, Clock

INTERVAL = 0.05


@pytest.fixture
def granting(google: Google) -> Google:
    google.devices.granting = True
    google.devices.interval = INTERVAL
    return google


@pytest.fixture
def code(granting: Google, client: OAuthClient, endpoints: Endpoints) -> DeviceCode:
    return ask_device(client, endpoints)


def type_in(code: DeviceCode, choice: str = "allow") -> int:
    """Enter the code as a user does in a browser."""
    parts = urlsplit(code.verification_url)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    try:
        fields = {"user_code": code.user_code.lower(), "account": ADDRESS, "choice": choice}
        connection.request("POST", parts.path, urlencode(fields))
        return connection.getresponse().status
    finally:
        connection.close()


def test_google_refuses_device_codes_for_sending(google: Google, client: OAuthClient, endpoints: Endpoints) -> None:
    with pytest.raises(DeviceRefused, match="does not allow device codes"):
        ask_device(client, endpoints)
    assert google.counts["device"] == 1


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client"])
def test_other_refusals(google: Google, client: OAuthClient, endpoints: Endpoints, error: str) -> None:
    google.faults.append(Fault("device", answer=oauth_error(401, error, "Invalid client type.")))
    with pytest.raises(DeviceRefused):
        ask_device(client, endpoints)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("device", drop=True),
        Fault("device", answer=Reply(503)),
        Fault("device", answer=Reply(200, b"hello")),
        Fault("device", answer=Reply(200, b'{"device_code": "1", "user_code": "2"}')),
    ],
)
def test_no_usable_answer(google: Google, client: OAuthClient, endpoints: Endpoints, fault: Fault) -> None:
    google.faults.append(fault)
    with pytest.raises(ConnectError, match="not issue a device code") as caught:
        ask_device(client, endpoints)
    assert type(caught.value) is ConnectError


def test_a_typed_code_becomes_a_grant(
    granting: Google, code: DeviceCode, client: OAuthClient, endpoints: Endpoints
) -> None:
    assert code.verification_url == f"{granting.url}/device"
    assert code.code not in repr(code)

    def type_in_late() -> None:
        while granting.counts["poll"] < 2:
            time.sleep(INTERVAL / 5)
        type_in(code)

    typing = threading.Thread(target=type_in_late)
    typing.start()
    grant = wait_device(code, client, endpoints, threading.Event())
    typing.join()
    assert grant is not None
    assert grant.address == ADDRESS
    assert granting.counts["poll"] >= 3


def test_the_user_refuses(code: DeviceCode, client: OAuthClient, endpoints: Endpoints) -> None:
    assert type_in(code, "deny") == 200
    with pytest.raises(ConsentRefused, match="was denied"):
        wait_device(code, client, endpoints, threading.Event())


def test_it_stops_when_told(code: DeviceCode, client: OAuthClient, endpoints: Endpoints) -> None:
    stop = threading.Event()
    threading.Timer(2 * INTERVAL, stop.set).start()
    before = time.monotonic()
    assert wait_device(code, client, endpoints, stop) is None
    assert time.monotonic() - before < 10


def test_slow_down_adds_five_seconds(
    granting: Google, code: DeviceCode, client: OAuthClient, endpoints: Endpoints
) -> None:
    class Hurried(threading.Event):
        waits: list[float] = []  # noqa: RUF012

        def wait(self, timeout: float | None = None) -> bool:
            self.waits.append(timeout or 0)
            return super().wait(INTERVAL)

    granting.faults += [
        Fault("poll", answer=oauth_error(403, "slow_down", "Forbidden")),
        Fault("poll", drop=True),
        Fault("poll", answer=Reply(503)),
    ]
    type_in(code)
    stop = Hurried()
    assert wait_device(code, client, endpoints, stop)
    slower = INTERVAL + 5
    assert stop.waits == [INTERVAL, slower, 2 * slower, 4 * slower]


def test_a_code_expires_on_either_side(
    granting: Google, code: DeviceCode, client: OAuthClient, endpoints: Endpoints, clock: Clock
) -> None:
    granting.faults.append(Fault("poll", answer=oauth_error(400, "expired_token", "")))
    with pytest.raises(AnswerError, match="has expired"):
        wait_device(code, client, endpoints, threading.Event())
    granting.counts.clear()
    with pytest.raises(AnswerError, match="has expired"):
        wait_device(code, client, endpoints, threading.Event(), lambda: code.expires)
    assert granting.counts["poll"] == 0


def test_any_other_refusal_is_shown(
    granting: Google, code: DeviceCode, client: OAuthClient, endpoints: Endpoints
) -> None:
    granting.faults.append(Fault("poll", answer=oauth_error(400, "invalid_grant\x1b", "")))
    with pytest.raises(AnswerError, match=r"Google refused: invalid_grant\."):
        wait_device(code, client, endpoints, threading.Event())
