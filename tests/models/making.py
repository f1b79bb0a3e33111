"""Test helpers: a company in a real file, a clock that only moves when told to, and deliveries in any state."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pysqlite3 as sqlite3

from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.status import State
from facturier.models.company.connection import set_connection
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.outbox.changes import bounces, claims, outcomes, resolving
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Claim, Delivery, Envelope, SenderKind
from facturier.models.outbox.queue import queue_delivery
from facturier.models.settings.company import Company, DefaultSender
from facturier.models.settings.line import Line
from facturier.models.settings.series import Series
from facturier.models.settings.settings import read_company
from facturier.models.store.home import home
from facturier.models.store.opening import create_company
from facturier.models.store.store import Store, utc_now

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
GMAIL = "billing@acme.example"
DEFAULT = "hello@acme.example"
OWNER = "first"
MESSAGE = b"Message-ID: <1@acme.example>\r\n\r\nHello\r\n"


def spoil_messages(path: Path, where: str = "1") -> None:
    """Overwrite frozen messages, as damage would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("DROP TRIGGER message_stays")
        database.execute(f"UPDATE message SET bytes = x'00' WHERE {where}")
        database.execute(
            "CREATE TRIGGER message_stays BEFORE UPDATE ON message"
            " BEGIN SELECT raise(ABORT, 'a message is frozen'); END"
        )


def watch(store: Store) -> list[str]:
    """The statements that a store runs from now on."""
    statements: list[str] = []
    run = store.database.execute_sql

    def watched(sql: str, *values: object) -> object:
        statements.append(sql)
        return run(sql, *values)  # type: ignore[no-untyped-call]

    store.database.execute_sql = watched  # type: ignore[method-assign]
    return statements


class Clock:
    """A clock that only moves when told to."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go(self, **time: float) -> None:
        self.now += timedelta(**time)


@cache
def _empty_company() -> bytes:
    """Return the bytes of a file made by `create_company`, made once."""
    with tempfile.TemporaryDirectory() as folder:
        return create_company(Path(folder) / "empty.facturier").path.read_bytes()


_open: ContextVar[ExitStack | None] = ContextVar("_open", default=None)


@contextmanager
def files_stay_open() -> Iterator[None]:
    """Keep the files that are made in this block open. Opening and closing them would take half the time of a test,
    because SQLite writes everything back whenever the last connection closes."""
    with ExitStack() as stack:
        before = _open.set(stack)
        try:
            yield
        finally:
            _open.reset(before)


def stay_open(store: Store) -> Store:
    """Keep the file open until the end of the block of `files_stay_open`, if there is one."""
    if (stack := _open.get()) is not None:
        stack.enter_context(store.reading())
    return store


def new_company(path: Path, *, clock: Clock | None = None, user: str = "") -> Store:
    """Same as `create_company`, but faster: copies the schema from a file that it made before."""
    path.write_bytes(_empty_company())
    path.chmod(0o600)
    store = Store(path, clock=clock or utc_now, user=user)
    with store.reading():
        home.settle(store)
    return stay_open(store)


def a_store(folder: Path, clock: Clock | None = None, *, connected: bool = True) -> Store:
    """Create a company with a folder as its default sender and, unless `connected` is False, a connected Gmail
    address."""
    store = new_company(folder / "acme.facturier", clock=clock or Clock(), user="marie")
    sender = DefaultSender("folder", DEFAULT, folder=str(folder / "out"))
    with store.reading():
        save_company(store, replace(read_company(store), name="Acme", email=DEFAULT, sender=sender))
        if connected:
            set_connection(store, GMAIL, "client")
    return store


def a_draft(store: Store, name: str = "Boulangerie Tremblay", rate: str = "100.00") -> Invoice:
    draft = new_draft(store, TODAY, Customer(name=name, email="marie@tremblay.example"))
    return save_draft(store, replace(draft, lines=(Line("Work", rate=rate),)), keep_customer=False)


def next_is(company: Company, n: int, pattern: str = "{n}") -> Company:
    """Return the company with another next invoice number."""
    return company.with_series("invoice", Series(pattern, {"": n}))


def next_number(store: Store) -> str:
    return read_company(store).next_number(TODAY)


def envelope_from(sender: str) -> Envelope:
    return Envelope(sender, ("marie@tremblay.example",), ("boss@tremblay.example",))


def queue(
    store: Store,
    way: SenderKind = SenderKind.GMAIL,
    *,
    invoice: Invoice | None = None,
    sender: str = "",
    later: timedelta = timedelta(0),
    message: bytes = MESSAGE,
) -> Delivery:
    """Queue an invoice. Without `invoice`, create a new one."""
    invoice = invoice or a_draft(store)
    sender = sender or (GMAIL if way is SenderKind.GMAIL else DEFAULT)
    number = invoice.number_with(read_company(store))
    return queue_delivery(
        store, invoice, number, way, envelope_from(sender), f"Invoice {number}", message, store.clock() + later
    )


def claim(store: Store, owner: str = OWNER) -> Claim:
    delivery = claims.claim_next(store, owner)
    assert delivery is not None
    return Claim(delivery.id, delivery.owner, delivery.epoch)


def in_state(
    store: Store, state: State, way: SenderKind = SenderKind.GMAIL, *, invoice: Invoice | None = None
) -> tuple[Delivery, Claim]:
    """Return a delivery brought to `state` by the real steps, and the claim that last held it."""
    delivery = queue(store, way, invoice=invoice)
    held = Claim(delivery.id, OWNER, 0)
    if state is State.CANCELLED:
        resolving.cancel_delivery(store, delivery.id)
    elif state is not State.QUEUED:
        held = claim(store)
        assert held.delivery_id == delivery.id
        if state is State.FAILED:
            outcomes.refused(store, held, "no")
        elif state is not State.CLAIMED:
            outcomes.hand_over(store, held, "session")
            if state is State.IN_DOUBT:
                outcomes.lost(store, held, "lost")
            elif state is State.PARTLY_SENT:
                outcomes.partly_accepted(store, held, "id", {"boss@tremblay.example": "550"})
            elif state in (State.SENT, State.BOUNCED):
                outcomes.accepted(store, held, "id")
            if state is State.BOUNCED:
                bounces.report_bounce(store, delivery.id, {"marie@tremblay.example": "550"})
    found = get_delivery(store, delivery.id)
    assert found.state is state
    return found, held
