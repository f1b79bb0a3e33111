"""SMTP with a scripted server: every kind of failure, and the state that follows from it."""

import socket
import struct
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from facturier.mail.errors import AnswerLost, NotNow, Refused, SenderRefused, SendError, Unreachable
from facturier.mail.senders.protocol import Receipt
from facturier.mail.senders.smtp import SmtpSender, on_the_wire
from facturier.models.outbox.delivery import Envelope
from facturier.models.settings.company import DefaultSender
from tests.mail.senders.certificates import Authority
from tests.mail.senders.scripted_server import Answer, ScriptedServer

MESSAGE = (
    b"From: hello@acme.example\r\nTo: marie@tremblay.example\r\nBcc: archive@acme.example\r\n"
    b"Subject: Invoice 1042\r\n\r\nHello\r\n.\r\n..two\r\n"
)
ENVELOPE = Envelope(
    "hello@acme.example", ("marie@tremblay.example",), ("cc@tremblay.example",), ("archive@acme.example",)
)
SECRET = "canary-7Qz"
LARGE = MESSAGE + b"x" * 70 + b"\r\n" + (b"y" * 76 + b"\r\n") * 100_000


def sender(port: int, security: str = "none", user: str = "", **settings: float) -> SmtpSender:
    kept = DefaultSender("smtp", "hello@acme.example", "127.0.0.1", port, security, user)
    return SmtpSender(kept, SECRET, timeout=settings.get("timeout", 3), last_reply=settings.get("last_reply", 3))


def send(sender: SmtpSender, envelope: Envelope = ENVELOPE, message: bytes = MESSAGE) -> Receipt:
    handover = sender.open(envelope, message)
    try:
        return handover.hand_over()
    finally:
        handover.close()


def reset(client: socket.socket) -> None:
    """Close with RST instead of FIN."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise ConnectionError


def saying(*parts: bytes, hang_up: bool = True) -> Callable[[socket.socket], None]:
    def answer(client: socket.socket) -> None:
        for part in parts:
            client.sendall(part)
        if hang_up:
            raise ConnectionError

    return answer


def silent(client: socket.socket) -> None:
    """Say nothing until the client disconnects."""
    while client.recv(4096):
        pass
    raise ConnectionError


def test_a_message_is_sent_once_without_bcc_and_with_its_dots() -> None:
    with ScriptedServer() as server:
        receipt = send(sender(server.port))
    assert receipt == Receipt("2.0.0 Ok: queued as 4F0", "250 2.0.0 Ok: queued as 4F0")
    assert server.dots == 1
    assert server.messages == [
        b"From: hello@acme.example\r\nTo: marie@tremblay.example\r\n"
        b"Subject: Invoice 1042\r\n\r\nHello\r\n..\r\n...two\r\n"
    ]
    assert server.verbs == ["EHLO", "MAIL", "RCPT", "RCPT", "RCPT", "DATA", "QUIT"]
    assert b"ehlo [127.0.0.1]\r\n" in server.lines


def test_opening_sends_nothing_and_closing_quits() -> None:
    with ScriptedServer() as server:
        handover = sender(server.port).open(ENVELOPE, MESSAGE)
        assert handover.session == ""
        handover.close()
        handover.close()
    assert server.verbs == ["EHLO", "MAIL", "RCPT", "RCPT", "RCPT", "QUIT"]


@pytest.mark.parametrize("verb", ["GREETING", "EHLO", "AUTH", "MAIL", "RCPT"])
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("451 4.3.0 later", NotNow),
        ("421 4.3.2 closing", NotNow),
        ("550 5.7.1 no", Refused),
        ("nonsense", Unreachable),
        ("999 what", Unreachable),
        (None, Unreachable),
        (reset, Unreachable),
        (silent, Unreachable),
        (saying(b"2"), Unreachable),
        (saying(b"x" * 9000, hang_up=False), Unreachable),
    ],
)
def test_an_error_while_opening_means_not_sent(verb: str, answer: Answer, error: type[SendError]) -> None:
    with ScriptedServer({verb: answer}, offers="AUTH PLAIN") as server, pytest.raises(error) as caught:
        sender(server.port, user="marie", timeout=0.3).open(ENVELOPE, MESSAGE)
    whole = verb in ("GREETING", "EHLO", "AUTH")
    assert type(caught.value) is (SenderRefused if whole and error is Refused else error)
    assert "DATA" not in server.verbs
    if isinstance(caught.value, NotNow) and isinstance(answer, str):
        assert caught.value.whole_sender is (whole or answer.startswith("421"))
        assert answer in str(caught.value)


def test_a_demand_to_sign_in_concerns_every_message() -> None:
    with ScriptedServer({"MAIL": "530 5.7.0 Authentication required"}) as server, pytest.raises(SenderRefused):
        sender(server.port).open(ENVELOPE, MESSAGE)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("451 4.3.0 later", NotNow),
        ("554 5.5.1 no valid recipients", Refused),
        ("250 Ok", Unreachable),
        (None, Unreachable),
        (reset, Unreachable),
        (silent, Unreachable),
    ],
)
def test_an_error_at_data_means_not_sent(answer: Answer, error: type[SendError]) -> None:
    with ScriptedServer({"DATA": answer}) as server, pytest.raises(error) as caught:
        send(sender(server.port, timeout=0.3))
    assert type(caught.value) is error
    assert server.dots == 0


@pytest.mark.parametrize(
    ("answer", "errors"),
    [
        (None, (Unreachable,)),
        (reset, (Unreachable,)),
        # The reply may be lost in the reset of the connection. In both cases nothing was sent.
        (saying(b"552 5.3.4 too big\r\n"), (Refused, Unreachable)),
        (saying(b"421 4.3.2 shutting down\r\n"), (NotNow, Unreachable)),
    ],
)
def test_a_break_in_the_middle_of_the_message_means_not_sent(
    answer: Answer, errors: tuple[type[SendError], ...]
) -> None:
    with ScriptedServer({"BODY": answer}) as server, pytest.raises(errors):
        send(sender(server.port), message=LARGE)
    assert server.dots == 0


def test_a_server_that_stops_reading_causes_a_timeout() -> None:
    def stop(client: socket.socket) -> None:
        stopped.wait(3)
        raise ConnectionError

    stopped = threading.Event()
    with ScriptedServer({"BODY": stop}) as server:
        with pytest.raises(Unreachable):
            send(sender(server.port, timeout=0.2), message=LARGE)
        stopped.set()
    assert server.dots == 0


@pytest.mark.parametrize(
    "answer",
    [
        None,
        reset,
        silent,
        "nonsense",
        "354 go on",
        "399 what",
        "600 what",
        saying(b"2"),
        saying(b"55"),
        saying(b"250-"),
        saying(b"5" * 9000),
    ],
)
def test_no_clear_reply_after_the_dot_is_in_doubt(answer: Answer) -> None:
    with ScriptedServer({"DOT": answer}) as server, pytest.raises(AnswerLost) as caught:
        send(sender(server.port, last_reply=0.3))
    assert caught.value.reply
    assert server.dots == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("400 later", NotNow),
        ("451 4.3.0 later", NotNow),
        ("421 4.3.2 full", NotNow),
        ("554 5.7.1 spam", Refused),
        ("599 no", Refused),
    ],
)
def test_a_clear_reply_after_the_dot_counts(answer: Answer, error: type[SendError]) -> None:
    with ScriptedServer({"DOT": answer}) as server, pytest.raises(error) as caught:
        send(sender(server.port))
    assert caught.value.reply == answer
    assert server.dots == 1


def test_an_acceptance_without_text_keeps_its_code() -> None:
    with ScriptedServer({"DOT": "250"}) as server:
        assert send(sender(server.port)) == Receipt("250", "250")


def test_the_last_reply_may_take_longer() -> None:
    def slow(client: socket.socket) -> None:
        time.sleep(0.5)
        client.sendall(b"250 2.0.0 Ok: queued as 4F1\r\n")

    with ScriptedServer({"DOT": slow}) as server:
        assert send(sender(server.port, timeout=0.2, last_reply=3)).server_id.endswith("4F1")


@pytest.mark.parametrize("answer", [None, reset, "500 what", "nonsense"])
def test_errors_at_quit_are_ignored(answer: Answer) -> None:
    with ScriptedServer({"QUIT": answer}) as server:
        assert send(sender(server.port)).server_id


@pytest.mark.parametrize("refused", ["marie@tremblay.example", "cc@tremblay.example", "archive@acme.example"])
def test_a_refused_recipient_is_reported_and_the_others_are_served(refused: str) -> None:
    with ScriptedServer({f"RCPT {refused}": "550 5.1.1 no such user"}) as server:
        receipt = send(sender(server.port))
    assert receipt.refused == {refused: "550 5.1.1 no such user"}
    assert server.dots == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [("421 4.3.2 closing", NotNow), ("199 what", Unreachable), ("600 what", Unreachable), ("nonsense", Unreachable)],
)
def test_a_server_that_stops_at_a_copy_stops_the_message(answer: str, error: type[SendError]) -> None:
    with ScriptedServer({"RCPT cc@tremblay.example": answer}) as server, pytest.raises(error) as caught:
        send(sender(server.port))
    assert type(caught.value) is error
    assert not isinstance(caught.value, NotNow) or caught.value.whole_sender
    assert "DATA" not in server.verbs


@pytest.mark.parametrize(("answer", "taken"), [("200 ok", True), ("500 no", False), ("599 no", False)])
def test_a_to_recipient_is_accepted_or_refused(answer: str, taken: bool) -> None:
    with ScriptedServer({"RCPT marie@tremblay.example": answer}) as server:
        assert send(sender(server.port)).refused == ({} if taken else {"marie@tremblay.example": answer})


@pytest.mark.parametrize("answer", ["400 later", "499 later"])
def test_a_deferred_to_outweighs_a_refused_one(answer: str) -> None:
    script: dict[str, Answer] = {"RCPT marie@tremblay.example": "550 no", "RCPT paul@tremblay.example": answer}
    envelope = replace(ENVELOPE, to=("marie@tremblay.example", "paul@tremblay.example"))
    with ScriptedServer(script) as server, pytest.raises(NotNow, match=r"paul@tremblay\.example") as caught:
        send(sender(server.port), envelope)
    assert caught.value.reply == answer
    assert "DATA" not in server.verbs


def test_a_deferred_to_defers_the_message() -> None:
    with (
        ScriptedServer({"RCPT marie@tremblay.example": "450 4.2.0 greylisted"}) as server,
        pytest.raises(NotNow, match=r"marie@tremblay\.example"),
    ):
        send(sender(server.port))
    assert "DATA" not in server.verbs


def test_a_deferred_cc_does_not_delay_the_invoice() -> None:
    with ScriptedServer({"RCPT cc@tremblay.example": "450 4.2.0 greylisted"}) as server:
        assert send(sender(server.port)).refused == {"cc@tremblay.example": "450 4.2.0 greylisted"}


def test_without_recipients_the_message_is_deferred_if_any_was_deferred() -> None:
    with (
        ScriptedServer({"RCPT": "550 5.1.1 no", "RCPT cc@tremblay.example": "450 4.2.0 later"}) as server,
        pytest.raises(NotNow, match=r"cc@tremblay\.example"),
    ):
        send(sender(server.port))
    with ScriptedServer({"RCPT": "550 5.1.1 no"}) as server, pytest.raises(Refused, match=r"marie@tremblay\.example"):
        send(sender(server.port))


@pytest.mark.parametrize("address", ["a@b.example>\r\nRCPT TO:<c@d.example", "a b@c.example", "", "<a@b.example>"])
def test_an_invalid_address_never_reaches_the_server(address: str) -> None:
    with ScriptedServer() as server, pytest.raises(Refused):
        send(sender(server.port), Envelope("hello@acme.example", (address,)))
    assert server.lines == []


def test_an_envelope_without_recipients_is_refused() -> None:
    with pytest.raises(Refused):
        sender(1).open(Envelope("hello@acme.example", ()), MESSAGE)


@pytest.mark.parametrize("limit", [1, 90])
def test_a_message_over_the_size_limit_is_refused_before_sending(limit: int) -> None:
    with ScriptedServer(offers=f"SIZE {limit}") as server, pytest.raises(Refused, match=str(limit)):
        send(sender(server.port))
    assert "MAIL" not in server.verbs


@pytest.mark.parametrize("limit", ["0", "", "much", str(len(on_the_wire(MESSAGE)))])
def test_a_message_within_the_limit_declares_its_size(limit: str) -> None:
    with ScriptedServer(offers=f"SIZE {limit}".strip()) as server:
        send(sender(server.port))
    assert f"MAIL FROM:<hello@acme.example> SIZE={len(on_the_wire(MESSAGE))}\r\n".encode() in server.lines


def test_a_non_ascii_address_needs_smtputf8() -> None:
    envelope = Envelope("hello@acme.example", ("josé@tremblay.example",))
    with ScriptedServer() as server, pytest.raises(Refused, match="é"):
        send(sender(server.port), envelope)
    assert "MAIL" not in server.verbs
    with ScriptedServer() as server, pytest.raises(Refused, match="é"):
        send(sender(server.port), message=MESSAGE + "é\r\n".encode())
    with ScriptedServer(offers="8BITMIME,SMTPUTF8") as server:
        send(sender(server.port), envelope)
    assert b"MAIL FROM:<hello@acme.example> BODY=8BITMIME SMTPUTF8\r\n" in server.lines
    assert "RCPT TO:<josé@tremblay.example>\r\n".encode() in server.lines


def test_smtp_cannot_be_asked() -> None:
    with pytest.raises(AnswerLost):
        sender(1).ask("", MESSAGE)
    with pytest.raises(AnswerLost):
        sender(1).resume("", MESSAGE)
    assert sender(1).address == "hello@acme.example"


def test_a_missing_server_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
        sender(port).check()


@pytest.mark.parametrize(
    "settings",
    [
        DefaultSender("smtp", "a@b.example", "", 465),
        DefaultSender("smtp", "a@b.example", "127.0.0.1", 70000),
        DefaultSender("smtp", "a@b.example", "127.0.0.1", 465, "ssl"),
        DefaultSender("smtp", "a@b.example", "a..b" + "c" * 70, 465),
    ],
)
def test_invalid_settings_are_reported(settings: DefaultSender) -> None:
    with pytest.raises(Refused, match="sender settings"):
        SmtpSender(settings, "").check()


def test_clear_text_stays_on_this_machine() -> None:
    here = next((found for found in _own_addresses() if not found.startswith("127.")), None)
    if here is None:
        pytest.skip("this machine has only its loopback address")
    with socket.create_server((here, 0)) as listener:
        port = listener.getsockname()[1]

        def greet() -> None:
            client, _ = listener.accept()
            with client:
                client.sendall(b"220 hi\r\n")
                client.recv(100)
                client.sendall(b"250 hi\r\n")
                heard.append(client.recv(100))

        heard: list[bytes] = []
        thread = threading.Thread(target=greet)
        thread.start()
        settings = DefaultSender("smtp", "a@b.example", here, port, "none", "marie")
        with pytest.raises(Refused, match="encryption"):
            SmtpSender(settings, SECRET, timeout=3).open(ENVELOPE, MESSAGE)
        thread.join(5)
    assert heard == [b""]


def _own_addresses() -> list[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return []
        return [probe.getsockname()[0]]


def test_check_signs_in_and_sends_nothing() -> None:
    with ScriptedServer(offers="AUTH LOGIN PLAIN") as server:
        sender(server.port, user="marie").check()
    assert server.verbs == ["EHLO", "AUTH", "NOOP", "QUIT"]


@pytest.mark.parametrize(("answer", "error"), [("451 4.3.0 later", NotNow), (None, Unreachable), ("550 no", Refused)])
def test_check_reports_the_problem(answer: Answer, error: type[SendError]) -> None:
    with ScriptedServer({"NOOP": answer}) as server, pytest.raises(error) as caught:
        sender(server.port).check()
    assert not isinstance(caught.value, NotNow) or caught.value.whole_sender


def test_login_is_used_without_plain_and_accepts_any_character() -> None:
    heard: list[bytes] = []

    def login(client: socket.socket) -> None:
        for prompt in (b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n"):
            client.sendall(prompt)
            heard.append(client.recv(200))
        client.sendall(b"235 ok\r\n")

    with ScriptedServer({"AUTH": login}, offers="AUTH LOGIN XOAUTH2") as server:
        settings = DefaultSender("smtp", "a@b.example", "127.0.0.1", server.port, "none", "marie")
        SmtpSender(settings, "pâté", timeout=3).check()
    assert heard == [b"bWFyaWU=\r\n", b"cMOidMOp\r\n"]


def test_a_server_without_authentication_gets_no_password() -> None:
    with ScriptedServer(offers="AUTH XOAUTH2") as server, pytest.raises(Refused):
        sender(server.port, user="marie").check()
    assert server.verbs == ["EHLO", "QUIT"] or server.verbs == ["EHLO"]


def test_a_wrong_password_is_tried_once_and_never_shown() -> None:
    echo = f"535 5.7.8 {SECRET} AG1hcmllAGNhbmFyeS03UXo= wrong"
    with (
        ScriptedServer({"AUTH": echo}, offers="AUTH PLAIN LOGIN CRAM-MD5") as server,
        pytest.raises(Refused, match=r"5\.7\.8") as caught,
    ):
        sender(server.port, user="marie").check()
    assert server.verbs.count("AUTH") == 1
    assert caught.value.todo
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caught.value.reply
    assert SECRET not in told
    assert "AG1hcmll" not in told


def test_hostile_text_from_the_server_is_cleaned() -> None:
    with ScriptedServer({"MAIL": "550 \x1b]0;owned\x07no\u202e"}) as server, pytest.raises(Refused) as caught:
        send(sender(server.port))
    assert caught.value.reply == "550 ]0;ownedno"
    assert "\x1b" not in str(caught.value)


class TestTls:
    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        return Authority(tmp_path)

    def test_a_server_without_starttls_gets_no_password_and_no_mail(self, authority: Authority) -> None:
        settings = DefaultSender("smtp", "a@b.example", "127.0.0.1", 0, "starttls", "marie")
        with ScriptedServer(offers="AUTH PLAIN") as server, pytest.raises(Refused, match="STARTTLS"):
            SmtpSender(replace(settings, port=server.port), SECRET, tls_context=authority.client()).check()
        assert server.verbs == ["EHLO"]

    @pytest.mark.parametrize(
        ("answer", "error"), [("454 4.7.0 later", NotNow), ("501 no", Refused), (None, Unreachable)]
    )
    def test_a_refused_starttls_does_not_fall_back_to_clear_text(
        self, authority: Authority, answer: Answer, error: type
    ) -> None:
        settings = DefaultSender("smtp", "a@b.example", "127.0.0.1", 0, "starttls", "marie")
        with ScriptedServer({"STARTTLS": answer}, offers="STARTTLS,AUTH PLAIN") as server, pytest.raises(error):
            SmtpSender(replace(settings, port=server.port), SECRET, tls_context=authority.client()).check()
        assert server.verbs == ["EHLO", "STARTTLS"]

    def test_tls_on_a_port_without_it_is_reported(self, authority: Authority) -> None:
        settings = DefaultSender("smtp", "a@b.example", "127.0.0.1", 0, "tls", "marie")
        with ScriptedServer() as server, pytest.raises(Refused, match="STARTTLS with port 587"):
            SmtpSender(replace(settings, port=server.port), SECRET, tls_context=authority.client()).check()

    @pytest.mark.parametrize("answer", [None, reset, silent])
    def test_after_the_dot_under_tls_is_in_doubt_too(self, authority: Authority, answer: Answer) -> None:
        settings = DefaultSender("smtp", "a@b.example", "127.0.0.1", 0, "tls")
        with ScriptedServer({"DOT": answer}, tls=authority.server()) as server, pytest.raises(AnswerLost):
            send(
                SmtpSender(
                    replace(settings, port=server.port), "", tls_context=authority.client(), timeout=3, last_reply=0.3
                )
            )
        assert server.dots == 1

    def test_a_break_before_the_dot_under_tls_means_not_sent(self, authority: Authority) -> None:
        settings = DefaultSender("smtp", "a@b.example", "127.0.0.1", 0, "tls")
        with ScriptedServer({"BODY": None}, tls=authority.server()) as server, pytest.raises(Unreachable):
            send(SmtpSender(replace(settings, port=server.port), "", tls_context=authority.client()), message=LARGE)
        assert server.dots == 0
