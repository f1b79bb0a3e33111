"""Invoices, recurring invoices, reminders, receipts, statements and payments from processes that are killed, by a clock
that jumps: nothing is sent or booked twice, and nothing is forgotten."""

import asyncio
import multiprocessing
import random
import socket
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from itertools import cycle, takewhile
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from facturier.models.books.alerts import AlertKind, open_alerts
from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.status import BookStatus, DeliveryKind, PeriodUnit, RecurringAction, State
from facturier.models.company.save_settings import save_company
from facturier.models.customers.figures import read_balance
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.outbox.deliveries import deliveries_of, get_delivery, message_of, notices_of, unfinished
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.outbox.delivery_mark import MARK_HEADER, invoice_of
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.payments.receiving import receive_payment
from facturier.models.receivables.accounts import open_accounts
from facturier.models.receivables.customer_payments import all_payments
from facturier.models.receivables.statements import make_statement
from facturier.models.recurring.changing import create_schedule
from facturier.models.recurring.making import unsent_invoices
from facturier.models.recurring.periods import Rhythm
from facturier.models.recurring.schedule import Schedule, runs_of
from facturier.models.settings.company import AutomaticReminders, DefaultSender
from facturier.models.settings.line import Line
from facturier.models.settings.reminders import Level
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.mail.google.letters import letter
from tests.models.making import TODAY, Clock, a_store, in_state, queue
from tests.whole.trouble.bookkeepers import JumpingClock, Planned, work

LEVELS = (-3, 0, 7, 21, 45)
PROCESSES = 3
DAYS = 80
LETTERS = {
    "invoice.en": "INVOICE {number}",
    "receipt.en": "RECEIPT for {number}",
    "statement.en": "STATEMENT of {customer} on {date}",
}


@dataclass
class Counting:
    """An SMTP server that answers slowly. It counts what it accepted by what the messages say, which is different for
    everything that may be sent only once."""

    accepted: Counter[str] = field(default_factory=Counter)
    levels: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))  # of reminders, by invoice

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        await asyncio.sleep(random.uniform(0, 0.02))
        said = _said(envelope.content)
        self.accepted[said] += 1
        if said.startswith("LEVEL"):
            mark = str(message_from_bytes(envelope.content)[MARK_HEADER])
            self.levels[invoice_of(mark)].append(int(said.split()[1]))
        await asyncio.sleep(random.uniform(0, 0.02))
        return "250 2.0.0 Ok"


def _said(content: bytes) -> str:
    """Return the first line of a message, or its Message-ID if a test wrote it."""
    message = message_from_bytes(content)
    if message[MARK_HEADER] is None:
        return str(message["Message-ID"])
    body = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    return bytes(body.get_payload(decode=True)).decode().strip().splitlines()[0]


@pytest.fixture
def smtp() -> Iterator[tuple[Counting, int]]:
    counting = Counting()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(counting, "127.0.0.1", port)
    controller.start()
    yield counting, port
    controller.stop()


def test_killed_processes_do_everything_once(tmp_path: Path, smtp: tuple[Counting, int]) -> None:
    kill_them(tmp_path, smtp, invoices=3, every=2, seconds=6, kills=5, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 8))
def test_killed_for_longer(tmp_path: Path, smtp: tuple[Counting, int], seed: int) -> None:
    kill_them(tmp_path, smtp, invoices=30, every=1, seconds=60, kills=120, seed=seed)


@dataclass
class Books:
    """What is in the company file at the start: the invoices, those of them that were not sent yet (`queued`), and the
    deliveries that ended before (`old`)."""

    store: Store
    ids: list[int]
    queued: list[int]
    old: set[int]
    schedules: list[Schedule]
    planned: list[Planned]
    full: dict[int, int] = field(default_factory=dict)  # paid invoices, and how many reminders each may have got

    def made(self) -> list[int]:
        """The invoices that schedules created."""
        return [run.invoice_id or 0 for schedule in self.schedules for run in runs_of(self.store, schedule.id)]


def kill_them(
    folder: Path, smtp: tuple[Counting, int], *, invoices: int, every: int, seconds: float, kills: int, seed: int
) -> None:
    """Start with as many sent and queued `invoices`, and invoice a period `every` so many weeks."""
    chance = random.Random(seed)
    counting, port = smtp
    began = datetime.now(UTC)
    day = began.astimezone().date()
    rhythm = Rhythm(every, PeriodUnit.WEEK, day + timedelta(1))
    books = _begin(folder, port, chance, began, invoices, rhythm, seconds)
    store = books.store
    clock = JumpingClock(datetime.now(UTC), seconds, days=DAYS, jump=12)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.whole.trouble.bookkeepers", "facturier.mail.document.document"])

    def start() -> multiprocessing.process.BaseProcess:
        process = context.Process(target=work, args=(store.path, folder, clock, books.planned), daemon=True)
        process.start()
        return process

    mine = books.store = open_company(store.path, clock=clock, user="marie")
    partly = {one.invoice_id for one in books.planned}
    unpaid = [one for one in books.ids if one not in partly and one not in books.queued]
    processes = [start() for _ in range(PROCESSES)]
    killed = 0
    try:
        while (datetime.now(UTC) - clock.start).total_seconds() < seconds:
            time.sleep(seconds / kills)
            victim = chance.randrange(PROCESSES)
            processes[victim].kill()
            processes[victim].join()
            processes[victim] = start()
            killed += 1
            if len(unpaid) > len(books.full):
                invoice_id = chance.choice([one for one in unpaid if one not in books.full])
                invoice = get_invoice(mine, invoice_id)
                receive_payment(mine, _payment(invoice, day, invoice.balance.minor), among=[invoice_id])
                # One that was handed over just before may still arrive.
                under_way = sum(one.state is State.HANDING_OVER for one in notices_of(mine, invoice_id))
                books.full[invoice_id] = len(counting.levels[invoice_id]) + under_way
            assert all(process.exitcode is None for process in processes), "a process ended on its own"
        # The clock no longer jumps, the due dates are long past, and nobody is killed any more.
        deadline = time.monotonic() + 60 + seconds
        while forgotten := _forgotten(books, today := clock().astimezone().date(), rhythm):
            assert time.monotonic() < deadline, f"forgotten: {forgotten}, in doubt: {_in_doubt(books)}"
            time.sleep(0.1)
        assert all(process.exitcode is None for process in processes), "a process ended on its own"
    finally:
        for process in processes:
            process.kill()
            process.join()

    _check_sent(books, counting)
    _check_reminders(books, counting)
    _check_books(books, today, rhythm)
    kinds = Counter(said.split()[0] if said[0] != "<" else "QUEUED" for said in counting.accepted)
    print(f"{killed} kills, {dict(kinds)}, {len(_in_doubt(books))} in doubt, {len(all_payments(mine))} payments")  # noqa: T201


def _begin(
    folder: Path, port: int, chance: random.Random, began: datetime, invoices: int, rhythm: Rhythm, seconds: float
) -> Books:
    store = a_store(folder, Clock(began), connected=False)
    sender = DefaultSender("smtp", "hello@acme.example", "127.0.0.1", port, "none")
    levels = tuple(Level(days, {"en": f"LEVEL {days} of {{number}}"}) for days in LEVELS)
    day = began.astimezone().date()
    with store.reading():
        company = replace(read_company(store), sender=sender, undo=0, reminders=levels, letters=LETTERS)
        automatic = AutomaticReminders(on=True, at="00:00", most=500)
        save_company(store, replace(company, automatic_reminders=automatic))
        customers = cycle([_draft(store, Customer(name=name, email="a@b.example")).customer for name in ("Ann", "Bob")])
        sent = []
        for customer in [next(customers) for _ in range(invoices)]:
            delivery, _claim = in_state(store, State.SENT, SenderKind.DEFAULT, invoice=_draft(store, customer))
            sent.append(delivery)
        queued = []
        for number in range(invoices):
            draft, message = _draft(store, next(customers)), letter(f"<{number}@acme.example>")
            queued.append(queue(store, SenderKind.DEFAULT, invoice=draft, message=message).invoice_id)
        ids = [*(one.invoice_id for one in sent), *queued]
        with store.writing():
            store.run(tables.Invoice.update(due=day + timedelta(20)))
        schedules = [
            create_schedule(store, _draft(store, next(customers)).id or 0, rhythm, action=action)
            for action in RecurringAction
        ]
        planned = [
            Planned(chance.uniform(0, seconds), one, _payment(get_invoice(store, one), day, 2500))
            for one in ids[invoices // 2 : invoices + invoices // 2]
        ]
    return Books(store, ids, queued, {one.id for one in sent}, schedules, planned)


def _draft(store: Store, customer: Customer) -> Invoice:
    return save_draft(store, replace(new_draft(store, TODAY, customer), lines=(Line("Work", rate="100.00"),)))


def _payment(invoice: Invoice, day: date, amount: int) -> CustomerPayment:
    return CustomerPayment(
        customer_id=invoice.customer.id, date=day, currency=invoice.currency, amount=amount, key=f"bank-{invoice.id}"
    )


def _in_doubt(books: Books) -> list[Delivery]:
    """The deliveries about which a person must find out: what depends on them waits."""
    return [one for one in _deliveries(books) if one.state is State.IN_DOUBT]


def _deliveries(books: Books) -> list[Delivery]:
    """All deliveries since the start that were not cancelled."""
    found = books.store.all(tables.Delivery.select(tables.Delivery.id, tables.Delivery.state))
    return [get_delivery(books.store, one) for one, state in found if one not in books.old and state != State.CANCELLED]


def _wanted(rhythm: Rhythm, today: date) -> list[date]:
    return list(takewhile(lambda day: day <= today, rhythm.since(rhythm.first)))


def _forgotten(books: Books, today: date, rhythm: Rhythm) -> list[str]:
    """Return what must still be done, except what a person must find out first."""
    store = books.store
    forgotten = [f"delivery {one.id}" for one in unfinished(store)]
    forgotten += [f"invoice {one.invoice_id}" for one in unsent_invoices(store)]
    for schedule in books.schedules:
        if len(runs_of(store, schedule.id)) < len(_wanted(rhythm, today)):
            forgotten.append(f"schedule {schedule.id}")
    if forgotten:
        return forgotten
    done = {one.key for one in _deliveries(books) if one.state is State.SENT}
    doubtful = _in_doubt(books)
    for invoice_id in (*books.ids, *books.made()):
        invoice = get_invoice(store, invoice_id)
        days = [days for days in LEVELS if invoice.due and days <= (today - invoice.due).days]
        if invoice_id not in books.full and invoice.book_status is BookStatus.ISSUED and days:
            key = f"reminder:{invoice_id}:{days[-1]}:{invoice.due}"
            own = [one for one in doubtful if one.invoice_id == invoice_id]
            if key not in done and all(one.kind not in (DeliveryKind.INVOICE, DeliveryKind.REMINDER) for one in own):
                forgotten.append(key)
    payments = {payment.key: payment for payment in all_payments(store)}
    forgotten += [str(one.payment.key) for one in books.planned if one.payment.key not in payments]
    receipts = [f"receipt:{payment.id}" for payment in payments.values()]
    forgotten += [key for key in receipts if key not in done | {one.key for one in doubtful}]
    # A statement in doubt prevents a later one that is filed under the same invoice.
    blocked = {one.invoice_id for one in doubtful if one.kind is DeliveryKind.STATEMENT}
    statements = [make_statement(store, one.customer_id, one.currency, today) for one in open_accounts(store, today)]
    return forgotten + [one.key for one in statements if one.key not in done and one.filed not in blocked]


def _check_sent(books: Books, counting: Counting) -> None:
    """What was accepted was accepted once; what is Sent was accepted; and the rest is in doubt."""
    twice = [said for said, times in counting.accepted.items() if times > 1]
    assert not twice, f"accepted twice: {twice}"
    deliveries = _deliveries(books)
    assert {one.state for one in deliveries} <= {State.SENT, State.IN_DOUBT}
    keys = {one.key or f"invoice:{one.invoice_id}" for one in deliveries}
    sent = {_said(message_of(books.store, one.id)) for one in deliveries if one.state is State.SENT}
    doubtful = {_said(message_of(books.store, one.id)) for one in deliveries if one.state is State.IN_DOUBT}
    assert len(sent | doubtful) == len(keys) == len(deliveries), "two deliveries for one key, or two say the same"
    assert sent <= counting.accepted.keys() <= sent | doubtful


def _check_reminders(books: Books, counting: Counting) -> None:
    for invoice_id, levels in counting.levels.items():
        assert levels == sorted(set(levels)), f"invoice {invoice_id} got {levels}"
        assert all(one.state is State.SENT for one in deliveries_of(books.store, invoice_id)), "perhaps not sent"
    assert not _queued_after_an_undo(books), "queued automatically after a person had undone it"
    for invoice_id, most in books.full.items():
        levels = counting.levels[invoice_id]
        assert len(levels) <= most, f"paid invoice {invoice_id} got {levels}"


def _queued_after_an_undo(books: Books) -> list[str]:
    """Return the keys of reminders that were queued automatically after a person had undone their sending."""
    found = []
    for invoice_id in (*books.ids, *books.made()):
        keys = {str(one.id): one.key for one in notices_of(books.store, invoice_id)}
        undone = set()
        for entry in read_journal(books.store, invoice_id):
            key = keys.get(entry.detail.get("delivery", ""))
            if entry.kind == "cancelled" and "reason" not in entry.detail:
                undone.add(key)
            elif entry.kind == "queued" and "automatic" in entry.detail and key in undone:
                found.append(str(key))
    return found


def _check_books(books: Books, today: date, rhythm: Rhythm) -> None:
    """Each period has its invoice, each payment was booked once, and the balances follow from them."""
    store = books.store
    for schedule in books.schedules:
        runs = runs_of(store, schedule.id)[::-1]
        assert [run.period for run in runs] == _wanted(rhythm, today)
        made = [get_invoice(store, run.invoice_id or 0) for run in runs]
        assert [invoice.date for invoice in made] == [run.period for run in runs]
        sends = schedule.action is RecurringAction.SEND
        assert [len(deliveries_of(store, invoice.id or 0)) for invoice in made] == [int(sends)] * len(made)
    assert not [
        one for one in open_alerts(store) if one.kind in (AlertKind.RECURRING_MISSED, AlertKind.RECURRING_UNSENT)
    ]
    payments = all_payments(store)
    keys = [payment.key for payment in payments]
    paid = {one.invoice_id: one.payment.amount for one in books.planned}
    paid |= {one: get_invoice(store, one).total.minor for one in books.full}
    assert sorted(map(str, keys)) == sorted(f"bank-{one}" for one in paid)
    owed: Counter[int] = Counter()
    for invoice_id in (*books.ids, *books.made()):
        invoice = get_invoice(store, invoice_id)
        assert invoice.balance.minor == invoice.total.minor - paid.get(invoice_id, 0)
        if invoice.book_status is BookStatus.ISSUED:
            owed[invoice.customer.id or 0] += invoice.balance.minor
    for customer_id, minor in owed.items():
        assert read_balance(store, customer_id, read_company(store).currency).owed == minor
