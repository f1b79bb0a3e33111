"""A server that stops reading a message gives its reason, which is more useful than "connection broken"."""

import socket
import threading

import pytest

from facturier.mail.errors import NotNow, Refused, SendError, Unreachable
from tests.mail.senders.scripted_server import ScriptedServer
from tests.mail.senders.test_smtp import LARGE, send, sender


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("399 what", Unreachable),
        ("400 later", NotNow),
        ("552 5.3.4 too big", Refused),
        ("599 no", Refused),
        ("600 what", Unreachable),
    ],
)
def test_the_reason_of_a_server_that_stops_reading_counts(words: str, error: type[SendError]) -> None:
    def stop_reading(client: socket.socket) -> None:
        client.sendall(f"{words}\r\n".encode())
        over.wait(3)
        raise ConnectionError

    over = threading.Event()
    with ScriptedServer({"BODY": stop_reading}) as server:
        with pytest.raises(SendError) as caught:
            send(sender(server.port, timeout=0.15), message=LARGE)
        over.set()
    assert type(caught.value) is error
    assert error is Unreachable or caught.value.reply == words
    assert server.dots == 0
