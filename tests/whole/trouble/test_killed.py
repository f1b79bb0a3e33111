"""Postmen in several processes, killed at random instructions, against servers that count accepted messages."""

import asyncio
import multiprocessing
import random
import socket
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from facturier.mail.google.client import parse_client
from facturier.mail.google.consent import Consent
from facturier.mail.google.endpoints import google_endpoints
from facturier.mail.practice.google import Google
from facturier.mail.practice.http_messages import Fault
from facturier.models.books.journal import read_journal
from facturier.models.books.status import State
from facturier.models.outbox.deliveries import get_delivery, in_doubt, unfinished
from facturier.models.outbox.delivery import SenderKind
from facturier.models.store.opening import open_company
from tests.mail.google.letters import letter
from tests.models.making import Clock, a_store, queue
from tests.whole.trouble.postmen import FastClock, work

POSTMEN = 3


class Counting:
    """An SMTP server that counts accepted messages by Message-ID, and answers slowly."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        await asyncio.sleep(random.uniform(0, 0.03))
        self.accepted[str(message_from_bytes(envelope.content)["Message-ID"])] += 1
        await asyncio.sleep(random.uniform(0, 0.03))
        return "250 2.0.0 Ok"


@pytest.fixture
def smtp() -> Iterator[tuple[Counting, int]]:
    counting = Counting()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(counting, "127.0.0.1", port)
    controller.start()
    yield counting, port
    controller.stop()


@pytest.fixture
def google() -> Iterator[Google]:
    with Google() as running:
        running.faults += [Fault("open", accept=True, delay=0.01, times=10**6)]
        yield running


def test_killed_postmen_lose_nothing_and_send_nothing_twice(
    tmp_path: Path, google: Google, smtp: tuple[Counting, int]
) -> None:
    kill_postmen(tmp_path, google, smtp, deliveries=60, kills=25, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 12))
def test_killed_for_longer(tmp_path: Path, google: Google, smtp: tuple[Counting, int], seed: int) -> None:
    kill_postmen(tmp_path, google, smtp, deliveries=600, kills=300, seed=seed)


def kill_postmen(
    folder: Path, google: Google, smtp: tuple[Counting, int], *, deliveries: int, kills: int, seed: int
) -> None:
    """Send a number of messages, half of them through each sender, while postmen are killed. Check every result."""
    chance = random.Random(seed)
    began = datetime.now(UTC)
    clock = FastClock(began)
    client = parse_client(google.client_json())
    endpoints = google_endpoints({"FACTURIER_GOOGLE": google.url})
    consent = Consent(client, endpoints, 53682)
    grant = consent.accept(google.allow(consent.link))
    # The answer to the message is delayed, so that many postmen are killed between the acceptance and its arrival.
    # Sometimes it is dropped.
    for _time in range(deliveries // 10):
        google.faults.append(Fault("put", accept=True, delay=0.03, times=4))
        google.faults.append(Fault("put", accept=chance.random() < 0.5, drop=True))
    store = a_store(folder, Clock(began))
    counting, port = smtp
    queued = {}
    with store.reading():
        for number in range(deliveries):
            way = SenderKind.GMAIL if number % 2 else SenderKind.DEFAULT
            identity = f"<{number}@acme.example>"
            queued[queue(store, way, message=letter(identity)).id] = identity

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.whole.trouble.postmen", "googleapiclient.http", "google.oauth2.credentials"])

    def start() -> multiprocessing.process.BaseProcess:
        process = context.Process(target=work, args=(store.path, google.url, grant, port, clock), daemon=True)
        process.start()
        return process

    mine = open_company(store.path, clock=clock, user="marie")
    processes = [start() for _ in range(POSTMEN)]
    killed = 0
    deadline = time.monotonic() + 20 + kills
    try:
        while unfinished(mine):
            assert time.monotonic() < deadline, f"forgotten: {unfinished(mine)}"
            time.sleep(chance.uniform(0.02, 0.25))
            if killed < kills:
                victim = chance.randrange(POSTMEN)
                processes[victim].kill()
                processes[victim].join()
                processes[victim] = start()
                killed += 1
            assert all(process.exitcode is None for process in processes), "a postman fell by itself"
    finally:
        for process in processes:
            process.kill()
            process.join()

    states: Counter[tuple[SenderKind, State]] = Counter()
    for delivery_id, identity in queued.items():
        delivery = get_delivery(mine, delivery_id)
        states[delivery.sender_kind, delivery.state] += 1
        left = (google.accepted if delivery.sender_kind is SenderKind.GMAIL else counting.accepted)[identity]
        facts = [entry.kind for entry in read_journal(mine, delivery.invoice_id)]
        assert left <= 1, f"{identity} left {left} times: {facts}"
        if delivery.state is State.SENT:
            assert left == 1, f"{identity} is shown as sent: {facts}"
        else:
            # SMTP cannot be asked, so a message that a killed postman was handing over is in doubt, and no other is.
            assert (delivery.sender_kind, delivery.state) == (SenderKind.DEFAULT, State.IN_DOUBT), facts
            # The postman that took it over may also have been killed before it recorded that.
            after = facts[len(facts) - facts[::-1].index("handed_over") :]
            assert after[-1] == "lost", facts
            assert set(after[:-1]) == {"taken_over"}, facts
    print(f"{killed} killed, {states}")  # noqa: T201 - a soak run should print its result
    assert killed > kills // 3
    assert in_doubt(mine) or not states[SenderKind.DEFAULT, State.IN_DOUBT]
