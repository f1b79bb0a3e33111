"""A process that books and sends everything there is until it is killed, by a clock that jumps back and forth."""

import multiprocessing
import os
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.notices.automatic import run_reminders
from facturier.mail.notices.chase import due_today, send_due
from facturier.mail.notices.receipt import send_receipt
from facturier.mail.notices.statement import send_statement, statement_email
from facturier.mail.open_workspace import open_workspace
from facturier.mail.sending.queue import cancel
from facturier.mail.sending.recurring import run_recurring
from facturier.mail.sending.rounds import postman
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.outbox.notices import keys_used
from facturier.models.outbox.reminder_keys import ReminderKey
from facturier.models.outbox.undone import undone
from facturier.models.outbox.unwanted import RECEIPT_KEY
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.payments.receiving import receive_payment
from facturier.models.receivables.accounts import open_accounts
from facturier.models.receivables.customer_payments import all_payments
from facturier.models.store.opening import open_company

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JumpingClock:
    """Real time, moved by whole days in all processes at once.

    Within `seconds` after `start` it goes on by `days` in eight steps, each up to `jump` days too far or too short.
    Then it stays `days` ahead.
    """

    start: datetime
    seconds: float
    days: float
    jump: float

    def __call__(self) -> datetime:
        now = datetime.now(UTC)
        step = int((now - self.start).total_seconds() / self.seconds * 8)
        if step >= 8:
            return now + timedelta(days=self.days)
        return now + timedelta(days=self.days * step / 8 + random.Random(step).uniform(-self.jump, self.jump))


@dataclass(frozen=True, slots=True)
class Planned:
    """A payment of one invoice that arrives `after` seconds. Every process records it, and a script repeats it."""

    after: float
    invoice_id: int
    payment: CustomerPayment


def work(path: Path, home: Path, clock: JumpingClock, planned: Sequence[Planned]) -> None:
    """Do what is due in any order, until killed or until the test has ended."""
    store = open_company(path, clock=clock, user="marie")
    ws = open_workspace(store, Locations(home / "data", home / "log"), Endpoints())
    post = postman(ws)
    jobs: list[Callable[[], object]] = [
        lambda: _chase(ws),
        lambda: _remind(ws),
        lambda: _send_statements(ws),
        lambda: run_recurring(ws, catch_up=None),
        lambda: _pay(ws, clock, planned),
    ]
    parent = multiprocessing.parent_process()
    while parent is not None and parent.is_alive():
        for job in random.sample(jobs, len(jobs)):
            # Another process was faster, was killed while it held the lock, or the clock jumped.
            with suppress(FacturierError):
                job()
            with suppress(FacturierError):
                post.deliver()
        time.sleep(0.02)


def _chase(ws: Workspace) -> None:
    """Send reminders as a person does, and seldom one whose sending was undone."""
    due = {str(ReminderKey(one.id, one.days, one.due)): one for one in due_today(ws)}
    for key in undone(ws.store, due) if random.random() < 0.9 else ():
        del due[key]
    for chased in _some([*due.values()]):
        with suppress(FacturierError):
            send_due(ws, chased)


def _remind(ws: Workspace) -> None:
    """Send the automatic reminders from some place in the world, where it may be another day, and undo some of them."""
    os.environ["TZ"] = random.choice(("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Toronto"))
    time.tzset()
    try:
        ran = run_reminders(ws)
    finally:
        del os.environ["TZ"]
        time.tzset()
    for delivery in ran.queued:
        if random.random() < 0.2:
            with suppress(FacturierError):  # it is being sent
                cancel(ws, delivery)


def _send_statements(ws: Workspace) -> None:
    for account in _some(open_accounts(ws.store, ws.today())):
        with suppress(FacturierError):
            email = statement_email(ws, account.customer_id, account.currency)
            if not email.sent_today:
                send_statement(ws, email)


def _some(found: Sequence[T]) -> list[T]:
    """Return a few in any order: what takes long to go through has changed by then."""
    return random.sample(found, min(5, len(found)))


def _pay(ws: Workspace, clock: JumpingClock, planned: Sequence[Planned]) -> None:
    """Record one of the payments that have arrived, again and again, with its receipt.

    Every other time, it is one that is not booked yet or has no receipt. To meet each of fifty payments by chance alone
    takes hundreds of choices, and each of them makes a PDF.
    """
    passed = (datetime.now(UTC) - clock.start).total_seconds()
    arrived = [(one.payment, one.invoice_id) for one in planned if one.after <= passed]
    used = keys_used(ws.store, RECEIPT_KEY.format(id=""))
    booked = all_payments(ws.store)
    keys = {payment.key for payment in booked}
    unfinished = [one for one in arrived if one[0].key not in keys]
    for payment in booked:
        again = [(replace(payment, id=0, parts=()), invoice_id) for invoice_id in payment.allocation]
        arrived += again
        unfinished += again if RECEIPT_KEY.format(id=payment.id) not in used else []
    if unfinished and random.random() < 0.5:
        arrived = unfinished
    if arrived:
        payment, invoice_id = random.choice(arrived)
        send_receipt(ws, receive_payment(ws.store, payment, among=[invoice_id]))
