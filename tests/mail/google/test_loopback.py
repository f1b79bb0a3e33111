import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException

import pytest

from facturier.mail.errors import AnswerError
from facturier.mail.google.client import OAuthClient
from facturier.mail.google.consent import Consent
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.grant import Grant
from facturier.mail.google.loopback import Listener, can_open_browser, ssh_line
from facturier.mail.practice.google import Google
from facturier.models.text.i18n import speak

STATE = "the-right-state"
GOOD = f"/?state={STATE}&code=4%2F0Abc&scope=openid"


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.stop()


def get(port: int, target: str, *, host: str = "", method: str = "GET") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, target, headers={"Host": host or f"127.0.0.1:{port}"})
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return False


def test_the_listener_closes_after_the_first_answer(listener: Listener) -> None:
    answers: list[str] = []
    listener.start(STATE, answers.append)
    status, page = get(listener.port, GOOD)
    assert status == 200
    assert "go back to Facturier" in page
    assert answers == [f"http://127.0.0.1:{listener.port}{GOOD}"]
    assert wait_for(lambda: not is_open(listener.port))


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/favicon.ico", 404),
        ("/callback?state=the-right-state&code=1", 404),
        ("/", 400),
        ("/?code=1", 400),
        ("/?state=another&code=1", 400),
        (f"/?state={STATE}", 400),
        (f"/?state={STATE}&state=another&code=1", 400),
    ],
)
def test_stray_requests_do_not_close_it(listener: Listener, target: str, status: int) -> None:
    answers: list[str] = []
    listener.start(STATE, answers.append)
    assert get(listener.port, target)[0] == status
    assert answers == []
    assert get(listener.port, GOOD)[0] == 200
    assert len(answers) == 1


def test_other_methods_and_hosts_are_refused(listener: Listener) -> None:
    answers: list[str] = []
    listener.start(STATE, answers.append)
    assert get(listener.port, GOOD, method="POST")[0] == 501
    assert get(listener.port, GOOD, host="evil.example")[0] == 404
    assert answers == []


def test_a_bad_answer_can_be_followed_by_a_good_one(listener: Listener) -> None:
    tries: list[str] = []

    def second_time_lucky(address: str) -> None:
        tries.append(address)
        if len(tries) == 1:
            raise AnswerError("That was <not> it.")

    listener.start(STATE, second_time_lucky)
    status, page = get(listener.port, GOOD)
    assert (status, "That was &lt;not&gt; it." in page) == (400, True)
    assert get(listener.port, GOOD)[0] == 200
    assert len(tries) == 2


def test_an_unexpected_error_is_logged_and_does_not_stop_it(
    listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    def fall(address: str) -> None:
        raise KeyError

    listener.start(STATE, fall)
    with pytest.raises(HTTPException):
        get(listener.port, GOOD)
    assert wait_for(lambda: "KeyError" in caplog.text)
    assert "0Abc" not in caplog.text
    assert get(listener.port, "/")[0] == 400


def test_two_browsers_at_once_give_one_answer(listener: Listener) -> None:
    answers: list[str] = []

    def slow(address: str) -> None:
        time.sleep(0.2)
        answers.append(address)

    listener.start(STATE, slow)
    replies: list[int] = []
    browsers = [threading.Thread(target=lambda: replies.append(get(listener.port, GOOD)[0])) for _ in range(2)]
    for browser in browsers:
        browser.start()
    for browser in browsers:
        browser.join()
    assert len(answers) == 1
    assert replies == [200, 200]


def test_an_idle_connection_does_not_block_it(listener: Listener) -> None:
    answers: list[str] = []
    listener.start(STATE, answers.append)
    with socket.create_connection(("127.0.0.1", listener.port)):
        assert get(listener.port, GOOD)[0] == 200
        before = time.monotonic()
        listener.stop()
        assert time.monotonic() - before < 4


def test_stop_before_start_and_twice(listener: Listener) -> None:
    listener.stop()
    listener.stop()
    assert not is_open(listener.port)


def test_the_page_is_in_the_users_language(listener: Listener) -> None:
    listener.start(STATE, lambda address: None)
    speak("fr")
    try:
        assert '<html lang="fr">' in get(listener.port, "/")[1]
    finally:
        speak("en")


def test_a_complete_connection_through_the_loopback(
    google: Google, client: OAuthClient, endpoints: Endpoints, listener: Listener
) -> None:
    consent = Consent(client, endpoints, listener.port)
    grants: list[Grant] = []
    listener.start(consent.state, lambda address: grants.append(consent.accept(address)))
    back = google.allow(consent.link)
    status, _ = get(listener.port, back.removeprefix(f"http://127.0.0.1:{listener.port}"))
    assert status == 200
    assert [grant.address for grant in grants] == ["billing@acme.example"]


def test_the_ssh_command_names_the_host_that_the_user_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "marie")
    reached = {"SSH_CONNECTION": "198.51.100.7 50000 203.0.113.9 22"}
    assert ssh_line(53682, reached) == "ssh -L 53682:127.0.0.1:53682 marie@203.0.113.9"
    other_port = {"SSH_CONNECTION": "2001:db8::7 50000 2001:db8::9 2222"}
    assert ssh_line(53682, other_port) == "ssh -L 53682:127.0.0.1:53682 -p 2222 marie@2001:db8::9"
    assert ssh_line(53682, {}) == f"ssh -L 53682:127.0.0.1:53682 marie@{socket.gethostname()}"


@pytest.mark.parametrize(
    ("environment", "platform", "can"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "1 2 3 4"}, "linux", False),
        ({"SSH_TTY": "/dev/pts/1"}, "darwin", False),
    ],
)
def test_a_browser_opens_only_on_the_users_own_screen(environment: dict[str, str], platform: str, can: bool) -> None:
    assert can_open_browser(environment, platform) is can
