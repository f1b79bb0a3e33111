"""Hostile mail servers: every conversation ends in bounded time and memory, with a correct state and no leaked
secret."""

import base64
import gc
import socket
import threading
import time
import warnings
from collections.abc import Callable

import pytest

from facturier.mail.errors import AnswerLost, SendError, Unreachable
from facturier.mail.exchange import Stopping
from facturier.mail.senders.smtp import SmtpSender
from facturier.models.outbox.delivery import Envelope
from facturier.models.settings.company import DefaultSender
from tests.mail.hostile import Line, is_quick
from tests.mail.senders.scripted_server import ScriptedServer

ENVELOPE = Envelope("hello@acme.example", ("marie@customer.example",))
MESSAGE = b"From: hello@acme.example\r\nTo: marie@customer.example\r\n\r\nHello\r\n"
STEPS = ["GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DOT", "QUIT"]

ATTACKS: dict[str, Callable[[Line], object]] = {
    "drips": lambda line: line.drip(b"250-" + b"z" * 500 + b"\r\n", 0.01),
    "drips lines": lambda line: line.drip(b"250-x\r\n" * 1000, 0.01),
    "endless lines": lambda line: line.flood(b"250-" + b"z" * 500 + b"\r\n"),
    "an endless line": lambda line: line.flood(b"250 " + b"z" * 65_536),
    "nothing": lambda line: line.over.wait(30),
}


def attacking(step: str, attack: Callable[[Line], object], lines: list[Line]) -> Callable[[socket.socket], None]:
    def answer(client: socket.socket) -> None:
        lines.append(Line(client, threading.Event()))
        attack(lines[-1])

    return answer


def sender(port: int, *, user: str = "marie", **more: object) -> SmtpSender:
    settings = DefaultSender("smtp", "hello@acme.example", "127.0.0.1", port, "none", user=user)
    return SmtpSender(settings, "hunter2-hunter2", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
@pytest.mark.parametrize("step", STEPS)
def test_every_step_ends(step: str, attack: Callable[[Line], object]) -> None:
    lines: list[Line] = []
    script = {step: attacking(step, attack, lines)}
    with ScriptedServer(script, offers="AUTH PLAIN,SIZE 0") as server:  # type: ignore[arg-type]
        started = time.monotonic()
        error: SendError | None = None
        try:
            handover = sender(server.port, timeout=0.3, opening=0.4, last_reply=0.4).open(ENVELOPE, MESSAGE)
            try:
                handover.hand_over()
            finally:
                handover.close()
        except SendError as caught:
            error = caught
        assert is_quick(started)
        for line in lines:
            line.over.set()
    if step == "QUIT":
        assert error is None
    elif step == "DOT":
        assert type(error) is AnswerLost
    else:
        assert error is not None
        assert not isinstance(error, AnswerLost)
        assert server.dots == 0
    assert all(line.sent < Line.MOST for line in lines)


@pytest.mark.parametrize(("step", "kind"), [("MAIL", Unreachable), ("DATA", Unreachable), ("DOT", AnswerLost)])
def test_stopping_the_program_waits_only_a_moment(step: str, kind: type[SendError]) -> None:
    stop = Stopping(grace=0.3)

    def stall(line: Line) -> None:
        stop.set()
        line.drip(b"250-x\r\n" * 1000)

    with ScriptedServer({step: attacking(step, stall, [])}) as server:
        started = time.monotonic()
        with pytest.raises(kind) as caught:
            _send(sender(server.port, user="", stop=stop))
        assert type(caught.value) is kind
        assert is_quick(started)
    assert server.dots == (step == "DOT")


def test_a_reply_that_comes_too_late_leaves_no_open_connection() -> None:
    """When the time is over, the client shuts the connection down, and then reads an unfinished line as a reply."""
    over = threading.Event()

    def begin(client: socket.socket) -> None:
        client.sendall(b"250 O")
        over.wait(10)

    with ScriptedServer({"RCPT": begin}) as server, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(Unreachable, match="in time"):
            sender(server.port, user="", opening=0.2).open(ENVELOPE, MESSAGE)
        for thread in threading.enumerate():
            if thread.name == "exchange":
                thread.join(10)
        over.set()
        gc.collect()
    assert [str(found.message) for found in caught] == []


def _send(one: SmtpSender) -> None:
    handover = one.open(ENVELOPE, MESSAGE)
    try:
        handover.hand_over()
    finally:
        handover.close()


def test_no_final_dot_is_sent_after_the_wait() -> None:
    stop = Stopping(grace=0)
    with ScriptedServer() as server:
        handover = sender(server.port, user="", stop=stop).open(ENVELOPE, MESSAGE)
        stop.set()
        with pytest.raises(Unreachable):
            handover.hand_over()
        handover.close()
    assert server.dots == 0


@pytest.mark.parametrize(
    "spelled",
    [
        "hunter2-hunter2",
        base64.b64encode(b"hunter2-hunter2").decode(),
        base64.b64encode(b"\0marie\0hunter2-hunter2").decode(),
        base64.b64encode(b"marie:hunter2-hunter2").decode(),
        "hunter2%2Dhunter2",
        "hunter2-h\r\n{code} unter2",
    ],
)
@pytest.mark.parametrize("step", ["GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize("code", ["550", "450", "250"])
def test_a_repeated_password_is_not_shown(step: str, spelled: str, code: str) -> None:
    said = f"{code}{'-' if '{code}' in spelled else ' '}5.7.8 {spelled.replace('{code}', code)} no"
    with ScriptedServer({step: said}, offers="AUTH PLAIN,SIZE 0") as server:
        told = ""
        try:
            handover = sender(server.port, timeout=1).open(ENVELOPE, MESSAGE)
            try:
                receipt = handover.hand_over()
                told = f"{receipt}"
            finally:
                handover.close()
        except SendError as error:
            told = f"{error} {error.reply}"
    assert "hunter2" not in told
    assert spelled not in told


def test_an_absurd_size_limit_is_ignored() -> None:
    with ScriptedServer(offers="SIZE " + "9" * 5000) as server:
        _send(sender(server.port, user=""))
    assert server.dots == 1
