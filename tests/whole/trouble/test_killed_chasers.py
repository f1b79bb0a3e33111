"""Invoices and their reminders from processes that are killed, by a clock that jumps: no invoice and no level twice,
none forgotten."""

import asyncio
import multiprocessing
import random
import socket
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import State
from facturier.models.company.save_settings import save_company
from facturier.models.outbox.deliveries import deliveries_of, notices_of, unfinished
from facturier.models.outbox.delivery import SenderKind
from facturier.models.outbox.delivery_mark import MARK_HEADER, invoice_of
from facturier.models.outbox.reminder_keys import read_key
from facturier.models.payments.payments import record_payment
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.reminders import Level
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.store import open_company
from tests.mail.google.letters import letter
from tests.models.making import Clock, a_store, in_state, queue
from tests.whole.trouble.chasers import JumpingClock, chase

LEVELS = (-3, 0, 7, 21, 45)
CHASERS = 3


class Counting:
    """An SMTP server that answers slowly. It counts what it accepted: the levels by invoice, and the invoices."""

    def __init__(self) -> None:
        self.accepted: dict[int, list[int]] = defaultdict(list)
        self.invoices: list[str] = []  # by Message-ID

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        await asyncio.sleep(random.uniform(0, 0.02))
        message = message_from_bytes(envelope.content)
        if message[MARK_HEADER] is None:
            self.invoices.append(str(message["Message-ID"]))
            await asyncio.sleep(random.uniform(0, 0.02))
            return "250 2.0.0 Ok"
        body = next(part for part in message.walk() if part.get_content_type() == "text/plain")
        text = bytes(body.get_payload(decode=True)).decode()
        self.accepted[invoice_of(str(message[MARK_HEADER]))].append(int(text.split("LEVEL")[1].split()[0]))
        await asyncio.sleep(random.uniform(0, 0.02))
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


def test_killed_chasers_send_no_level_twice_and_forget_none(tmp_path: Path, smtp: tuple[Counting, int]) -> None:
    kill_chasers(tmp_path, smtp, invoices=4, seconds=6, kills=5, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 8))
def test_killed_chasers_for_longer(tmp_path: Path, smtp: tuple[Counting, int], seed: int) -> None:
    kill_chasers(tmp_path, smtp, invoices=30, seconds=60, kills=120, seed=seed)


def kill_chasers(
    folder: Path, smtp: tuple[Counting, int], *, invoices: int, seconds: float, kills: int, seed: int
) -> None:
    chance = random.Random(seed)
    counting, port = smtp
    began = datetime.now(UTC)
    store = a_store(folder, Clock(began), connected=False)
    sender = DefaultSender("smtp", "hello@acme.example", "127.0.0.1", port, "none")
    levels = tuple(Level(days, {"en": f"LEVEL {days} of {{number}}"}) for days in LEVELS)
    due = began.date() + timedelta(20)
    ids = []
    queued: dict[int, str] = {}  # invoices that are not sent yet, with their Message-IDs
    with store.reading():
        save_company(store, replace(read_company(store), sender=sender, undo=0, reminders=levels))
        for _invoice in range(invoices):
            delivery, _claim = in_state(store, State.SENT, SenderKind.DEFAULT)
            ids.append(delivery.invoice_id)
        for number in range(invoices):
            delivery = queue(store, SenderKind.DEFAULT, message=letter(f"<{number}@acme.example>"))
            queued[delivery.invoice_id] = f"<{number}@acme.example>"
            ids.append(delivery.invoice_id)
        with store.writing():
            store.run(tables.Invoice.update(due=due))
    clock = JumpingClock(began, seconds, days=80, jump=12)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.whole.trouble.chasers"])

    def start() -> multiprocessing.process.BaseProcess:
        process = context.Process(target=chase, args=(store.path, folder, clock), daemon=True)
        process.start()
        return process

    mine = open_company(store.path, clock=clock, user="marie")
    processes = [start() for _ in range(CHASERS)]
    paid: dict[int, int] = {}  # how many reminders a paid invoice had got at most
    try:
        while (datetime.now(UTC) - began).total_seconds() < seconds:
            time.sleep(seconds / kills)
            victim = chance.randrange(CHASERS)
            processes[victim].kill()
            processes[victim].join()
            processes[victim] = start()
            if len(paid) < invoices // 3:
                invoice_id = chance.choice([one for one in ids if one not in paid and one not in queued])
                record_payment(mine, invoice_id, began.date(), get_invoice(mine, invoice_id).balance.minor)
                # One that was handed over just before may still arrive.
                under_way = sum(one.state is State.HANDING_OVER for one in notices_of(mine, invoice_id))
                paid[invoice_id] = len(counting.accepted[invoice_id]) + under_way
        # The clock no longer jumps, the due dates are long past, and nobody is killed any more.
        assert all(process.exitcode is None for process in processes), "a chaser fell by itself"
        deadline = time.monotonic() + 60
        while unfinished(mine) or not all(_has_last(mine, one) for one in ids if one not in paid):
            assert time.monotonic() < deadline, f"forgotten: {unfinished(mine)}"
            time.sleep(0.1)
    finally:
        for process in processes:
            process.kill()
            process.join()

    for invoice_id in ids:
        accepted = counting.accepted[invoice_id]
        assert accepted == sorted(set(accepted)), f"invoice {invoice_id} got {accepted}"
        if invoice_id in paid:
            assert len(accepted) <= paid[invoice_id], f"paid invoice {invoice_id} got {accepted}"
        if invoice_id in queued:
            (sent,) = deliveries_of(mine, invoice_id)
            left = counting.invoices.count(queued[invoice_id])
            assert left <= 1
            assert (sent.state, left) == (State.SENT, 1) or sent.state is State.IN_DOUBT
            assert not accepted or sent.state is State.SENT, "reminded of an invoice that was perhaps not sent"
        for notice in notices_of(mine, invoice_id):
            key = read_key(notice.key)
            assert key is not None
            if notice.state is State.SENT:
                assert key.days in accepted
    print(f"{sum(map(len, counting.accepted.values()))} reminders, {len(paid)} paid")  # noqa: T201


def _has_last(store: Any, invoice_id: int) -> bool:
    """Whether the last level was sent, or a person must first find out about an earlier one or the invoice itself."""
    return any(
        one.state is State.IN_DOUBT or (one.state is State.SENT and f":{LEVELS[-1]}:" in (one.key or ""))
        for one in (*deliveries_of(store, invoice_id), *notices_of(store, invoice_id))
    )
