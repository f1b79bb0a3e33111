"""A server that never ends its answer does not block the program, which ends within seconds in a correct state."""

import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from facturier.models.books.status import State
from facturier.models.company.save_settings import save_company
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import SenderKind
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.settings import read_company
from facturier.models.store.store import utc_now
from tests.mail.hostile import HostileServer, Line
from tests.models.making import a_store, queue
from tests.whole.program import Program


def drip_at(verb: bytes) -> HostileServer:
    """Return a mail server that works until a verb and then drips forever."""

    def talk(line: Line) -> None:
        line.send(b"220 mail.example\r\n")
        with line.client.makefile("rb") as lines:
            while said := lines.readline():
                if said.startswith(verb):
                    line.drip(b"250-wait\r\n" * 1000)
                    return
                line.send(b"354 go on\r\n" if said.startswith(b"DATA") else b"250 ok\r\n")
                if said.startswith(b"DATA"):
                    while (said := lines.readline()) not in (b".\r\n", b""):
                        pass
                    if verb == b".":
                        line.drip(b"250-wait\r\n" * 1000)
                        return

    return HostileServer(talk)


@pytest.mark.parametrize(("verb", "state"), [(b"MAIL", State.QUEUED), (b".", State.IN_DOUBT)])
def test_post_ends_within_seconds(tmp_path: Path, verb: bytes, state: State) -> None:
    store = a_store(tmp_path, utc_now, connected=False)  # type: ignore[arg-type]
    with drip_at(verb) as server:
        sender = DefaultSender("smtp", "hello@acme.example", "127.0.0.1", server.port, "none")
        save_company(store, replace(read_company(store), sender=sender))
        delivery = queue(store, SenderKind.DEFAULT)
        process = Program(tmp_path / "home", company=store.path).start("post")
        try:
            assert server.talking.wait(20), process.communicate(timeout=5)
            assert process.poll() is None
            started = time.monotonic()
            process.send_signal(signal.SIGTERM)
            _out, err = process.communicate(timeout=30)
            assert time.monotonic() - started < 10, err
        finally:
            process.kill()
    assert get_delivery(store, delivery.id).state is state
