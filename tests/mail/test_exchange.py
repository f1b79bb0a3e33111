"""If the machine has no resources for a connection, the error says so instead of blaming the server."""

import contextlib
import os
import resource
import socket
from collections.abc import Iterator

import pytest

from facturier.mail.errors import ConnectError, Unreachable
from facturier.mail.exchange import Exchange
from facturier.mail.google.client import OAuthClient
from facturier.mail.google.endpoints import google_endpoints
from facturier.mail.google.grant import Grant
from facturier.mail.google.loopback import Listener
from facturier.mail.senders.gmail import GmailSender
from facturier.mail.senders.smtp import SmtpSender
from facturier.models.outbox.delivery import Envelope
from facturier.models.settings.company import DefaultSender

ENVELOPE = Envelope("billing@acme.example", ("marie@customer.example",))
MESSAGE = b"From: billing@acme.example\r\nTo: marie@customer.example\r\n\r\nHello\r\n"
SAID = "out of memory or has too many open files"


@pytest.fixture
def few_files() -> Iterator[None]:
    """Use up all file descriptors. Modules that load lazily are loaded first."""
    with pytest.raises(Unreachable):
        gmail().open(ENVELOPE, MESSAGE)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    held: list[int] = []
    with contextlib.suppress(OSError):
        while True:
            held.append(os.open(os.devnull, os.O_RDONLY))
    try:
        yield
    finally:
        for one in held:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def gmail() -> GmailSender:
    client = OAuthClient("id", "a-client-secret", "")
    grant = Grant("billing@acme.example", client, "1//a-refresh-token", (), stand_in=True)
    return GmailSender(grant, google_endpoints({"FACTURIER_GOOGLE": "http://127.0.0.1:9"}), timeout=(2, 2))


def test_lack_of_file_descriptors_is_reported(few_files: None) -> None:
    smtp = SmtpSender(DefaultSender("smtp", "billing@acme.example", "127.0.0.1", 9, "none"), "")
    with pytest.raises(Unreachable, match=SAID):
        smtp.open(ENVELOPE, MESSAGE)
    with pytest.raises(Unreachable, match=SAID):
        gmail().open(ENVELOPE, MESSAGE)
    with pytest.raises(ConnectError, match="cannot receive Google’s answer"):
        Listener()


def test_lack_of_memory_for_a_thread_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(_self: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", none_left)
    smtp = SmtpSender(DefaultSender("smtp", "billing@acme.example", "127.0.0.1", 9, "none"), "")
    with pytest.raises(Unreachable, match=SAID):
        smtp.open(ENVELOPE, MESSAGE)
    with pytest.raises(Unreachable, match=SAID):
        gmail().open(ENVELOPE, MESSAGE)


def test_results_and_errors_of_the_exchange_are_passed_on() -> None:
    assert Exchange(5).run(lambda: 7) == 7
    with pytest.raises(KeyError):
        Exchange(5).run(_no_such_key)
    with pytest.raises(socket.gaierror):
        Exchange(5).run(_no_such_host)


def _no_such_key() -> None:
    raise KeyError("x")


def _no_such_host() -> None:
    raise socket.gaierror("no")
