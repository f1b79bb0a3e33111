"""Nothing in the demo company leaves the machine, whatever the user configures."""

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facturier.mail.errors import WrongGoogle
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.practice.books import make_books
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.mail.sending.rounds import postman
from facturier.models.books.status import State
from facturier.models.company.recent import recent_companies
from facturier.models.company.save_settings import save_company
from facturier.models.settings.company import DefaultSender
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
STAND_IN = Endpoints(stand_in="http://127.0.0.1:9")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "sent").mkdir()
    make_books(tmp_path / "p.facturier", tmp_path / "sent", NOW.date(), invoices=2, latest=NOW)
    return open_company(tmp_path / "p.facturier", clock=lambda: NOW)


def test_a_configured_mail_server_is_never_called(store: Store, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ws = open_workspace(store, Locations(tmp_path / "own", tmp_path / "log"), STAND_IN)
        smtp = DefaultSender("smtp", "hello@acme.example", "127.0.0.1", server.getsockname()[1], "none")
        save_company(store, replace(ws.company(), sender=smtp))
        row = store.row("SELECT id FROM invoice WHERE standing = 'draft'")
        assert row is not None
        delivery = queue(ws, prepare(ws, row[0], compose(ws, row[0])), not_before=NOW - timedelta(1))
        postman(ws).deliver()
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    found = store.row("SELECT state FROM delivery WHERE id = ?", delivery.id)
    assert found == (State.SENT,)
    assert len(list((tmp_path / "sent").glob("*.eml"))) == 1


def test_the_file_opens_only_with_its_simulator(store: Store, tmp_path: Path) -> None:
    locations = Locations(tmp_path / "own", tmp_path / "log")
    with pytest.raises(WrongGoogle, match="facturier practice"):
        open_workspace(store, locations, Endpoints())
    open_workspace(store, locations, STAND_IN)
    assert recent_companies(locations.data) == []


def test_no_event_in_the_books_is_in_the_future(store: Store) -> None:
    assert store.row("SELECT count(*) FROM journal WHERE at > ?", NOW.isoformat(timespec="milliseconds")) == (0,)
