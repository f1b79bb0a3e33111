"""Marie may send for a company. Mallory can write its file, keeps every old seal, and has the sqlite3 program."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pysqlite3 as sqlite3
import pytest

from facturier.mail.google.client import parse_client
from facturier.mail.google.connection import accept_grant
from facturier.mail.google.consent import Consent
from facturier.mail.google.endpoints import google_endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.mail.vault.identity import load_identity
from facturier.mail.workspace import Workspace
from facturier.models.books.status import State
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.store.opening import open_company
from tests.mail.people import no_keyring
from tests.models.making import GMAIL, Clock, a_draft, a_store, stay_open

Sit = Callable[[str], Workspace]


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Google]:
    with Google((Account(GMAIL),), folder=tmp_path / "google") as running:
        yield running


@pytest.fixture
def sit(tmp_path: Path, google: Google, still: Clock) -> Sit:
    """Return a function that opens the company as a user with their own files."""
    path = a_store(tmp_path, still, connected=False).path
    (tmp_path / "out").mkdir()

    def one(name: str) -> Workspace:
        locations = Locations(tmp_path / name, tmp_path / f"{name}.log")
        identity = load_identity(locations.identity, ask_passphrase=None, keyring_backend=no_keyring())
        endpoints = google_endpoints({"FACTURIER_GOOGLE": google.url})
        store = stay_open(open_company(path, clock=still, user=name))
        return open_workspace(store, locations, endpoints, identity=identity)

    return one


def connect(ws: Workspace, google: Google) -> None:
    consent = Consent(parse_client(google.client_json()), ws.endpoints, 53682)
    accept_grant(ws, consent.accept(google.allow(consent.link)))


def send(ws: Workspace, way: SenderKind = SenderKind.GMAIL, **later: float) -> Delivery:
    invoice = a_draft(ws.store)
    assert invoice.id is not None
    prepared = prepare(ws, invoice.id, replace(compose(ws, invoice.id), sender_kind=way))
    clock = Clock(ws.clock())
    clock.go(**later)
    return queue(ws, prepared, not_before=clock.now)


def state_of(ws: Workspace, delivery: Delivery) -> State:
    return get_delivery(ws.store, delivery.id).state


def problem_of(ws: Workspace, delivery: Delivery) -> str:
    return get_delivery(ws.store, delivery.id).problem


def write(ws: Workspace, *statements: str) -> None:
    """Change the file by hand, as none of our programs does."""
    with closing(sqlite3.connect(ws.store.path, isolation_level=None)) as database:
        for statement in statements:
            database.execute(statement)
