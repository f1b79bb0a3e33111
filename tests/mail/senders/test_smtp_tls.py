"""SMTP with an independent server, aiosmtpd, over real sockets and real TLS."""

import asyncio
import email
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from facturier.mail.errors import Refused
from facturier.mail.senders.smtp import SmtpSender
from facturier.models.outbox.delivery import Envelope as OurEnvelope
from facturier.models.settings.company import DefaultSender
from tests.mail.senders.certificates import Authority

PASSWORD = "pâté-canary"
ENVELOPE = OurEnvelope("hello@acme.example", ("marie@tremblay.example",), bcc=("archive@acme.example",))


class Mailbox:
    """An aiosmtpd handler that keeps accepted messages."""

    def __init__(self) -> None:
        self.kept: list[Envelope] = []

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        self.kept.append(envelope)
        return "250 2.0.0 kept"


def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and data == LoginPassword(b"marie", PASSWORD.encode())
    return AuthResult(success=right, handled=False)


def made() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Bcc"] = ENVELOPE.sender, ENVELOPE.to[0], ENVELOPE.bcc[0]
    message["Subject"] = "Invoice 1042"
    message.set_content("Hello\n.\n..\n.hidden\n" + "x" * 300 + "\n")
    message.add_attachment(bytes(range(256)) * 4000, maintype="application", subtype="pdf", filename="Invoice-1042.pdf")
    return message.as_bytes(policy=email.policy.SMTP.clone(cte_type="7bit"))


MESSAGE = made()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@contextmanager
def serving(handler: Mailbox, *, implicit: ssl.SSLContext | None = None, **options: Any) -> Iterator[int]:
    """Run an aiosmtpd server in a thread, and yield its port. aiosmtpd's Controller cannot be used: it first connects
    to itself, which the test certificates do not allow."""
    loop = asyncio.new_event_loop()
    starting = loop.create_server(lambda: SMTP(handler, loop=loop, **options), "127.0.0.1", 0, ssl=implicit)
    server = loop.run_until_complete(starting)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        server.close()
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.close()


@pytest.fixture
def tls_port(authority: Authority, mailbox: Mailbox) -> Iterator[int]:
    # aiosmtpd counts only its own STARTTLS as "TLS", so it must not require TLS if the whole connection is encrypted.
    with serving(
        mailbox,
        implicit=authority.server(),
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=False,
    ) as port:
        yield port


@pytest.fixture
def starttls_port(authority: Authority, mailbox: Mailbox) -> Iterator[int]:
    with serving(
        mailbox, tls_context=authority.server(), require_starttls=True, authenticator=authenticate, auth_required=True
    ) as port:
        yield port


def sender(port: int, security: str, trust: ssl.SSLContext | None, password: str = PASSWORD) -> SmtpSender:
    settings = DefaultSender("smtp", "hello@acme.example", "127.0.0.1", port, security, "marie")
    return SmtpSender(settings, password, tls_context=trust, timeout=10)


def deliver(sender: SmtpSender) -> str:
    handover = sender.open(ENVELOPE, MESSAGE)
    try:
        return handover.hand_over().server_id
    finally:
        handover.close()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_message_arrives_unchanged(
    security: str, authority: Authority, mailbox: Mailbox, request: pytest.FixtureRequest
) -> None:
    port = request.getfixturevalue(f"{security}_port")
    way = sender(port, security, authority.client())
    way.check()
    assert mailbox.kept == []
    assert deliver(way) == "2.0.0 kept"
    (kept,) = mailbox.kept
    assert kept.mail_from == "hello@acme.example"
    assert kept.rcpt_tos == ["marie@tremblay.example", "archive@acme.example"]
    assert kept.content == MESSAGE.replace(b"Bcc: archive@acme.example\r\n", b"")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_untrusted_server_gets_neither_password_nor_mail(
    security: str, mailbox: Mailbox, request: pytest.FixtureRequest
) -> None:
    port = request.getfixturevalue(f"{security}_port")
    with pytest.raises(Refused, match="could not prove") as caught:
        deliver(sender(port, security, None))
    assert PASSWORD not in str(caught.value)
    assert mailbox.kept == []


def test_a_certificate_for_another_host_is_not_trusted(authority: Authority, mailbox: Mailbox) -> None:
    with (
        serving(mailbox, implicit=authority.server("127.0.0.9")) as port,
        pytest.raises(Refused, match=r"127\.0\.0\.1"),
    ):
        deliver(sender(port, "tls", authority.client()))


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_wrong_password_says_where_to_correct_it(tls_port: int, authority: Authority, mailbox: Mailbox) -> None:
    with pytest.raises(Refused, match="Check the user name and password") as caught:
        deliver(sender(tls_port, "tls", authority.client(), "wrong-canary"))
    assert caught.value.reply.startswith("535")
    assert "wrong-canary" not in str(caught.value)
    assert mailbox.kept == []
