"""A company file of version 0.1.0, whose seals did not cover the time or the token, and whose folder deliveries had no
seals."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pysqlite3 as sqlite3
import pytest

from facturier.mail.google.endpoints import google_endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.senders.default import is_saved
from facturier.mail.senders.senders import Senders
from facturier.mail.sending.rounds import postman
from facturier.mail.vault.identity import load_identity
from facturier.mail.workspace import Workspace
from facturier.models.books.status import State
from facturier.models.company.recent import remember_company
from facturier.models.errors import FacturierError
from facturier.models.outbox.changes import resolving
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import SenderKind
from facturier.models.store.opening import open_company
from tests.mail.people import no_keyring
from tests.mail.scripted import ScriptedSender
from tests.models.making import Clock
from tests.models.released import released_company, released_identity

SEALED, UNSEALED = 13, 14
DUE = datetime(2030, 11, 24, 12, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def server() -> Iterator[ScriptedSender]:
    """A scripted mail server; everything else is real."""
    scripted = ScriptedSender()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Senders, "_sender", lambda *_: scripted)
        yield scripted


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return released_company(tmp_path)


def sit(tmp_path: Path, path: Path, clock: Clock) -> Workspace:
    locations = Locations(tmp_path / "data", tmp_path / "log")
    if not locations.data.exists():
        released_identity(locations.data)
        remember_company(locations.data, path)  # where this user opened it with version 0.1.0
    identity = load_identity(locations.identity, ask_passphrase=None, keyring_backend=no_keyring())
    endpoints = google_endpoints({"FACTURIER_GOOGLE": "http://127.0.0.1:1"})
    return open_workspace(open_company(path, clock=clock, user="marie"), locations, endpoints, identity=identity)


def left(server: ScriptedSender) -> int:
    return sum(server.server.accepted.values())


def test_a_valid_old_seal_is_sent_and_a_delivery_without_one_is_not(
    tmp_path: Path, path: Path, clock: Clock, server: ScriptedSender
) -> None:
    ws = sit(tmp_path, path, clock)
    postman(ws).deliver()
    assert get_delivery(ws.store, SEALED).state is State.QUEUED
    assert ws.keys.vault.read().seals == 2
    clock.now = DUE
    postman(ws).deliver()
    assert get_delivery(ws.store, SEALED).state is State.SENT
    refused = get_delivery(ws.store, UNSEALED)
    assert refused.state is State.FAILED
    assert "send it again" in refused.problem
    assert left(server) == 1
    assert is_saved(ws, ws.company())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE seal SET mark = zeroblob(32)",
        "UPDATE delivery SET recipients = json_set(recipients, '$.bcc[0]', 'm@evil.example') WHERE id = 13",
        "UPDATE seal SET delivery_id = 14",
    ],
)
def test_an_update_does_not_repair_an_invalid_seal(
    tmp_path: Path, path: Path, clock: Clock, change: str, server: ScriptedSender
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(change)
    ws = sit(tmp_path, path, clock)
    postman(ws).deliver()
    clock.now = DUE
    postman(ws).deliver()
    assert [get_delivery(ws.store, one).state for one in (SEALED, UNSEALED)] == [State.FAILED] * 2
    assert left(server) == 0


def test_an_old_seal_is_invalid_once_a_member_opened_the_company(
    tmp_path: Path, path: Path, clock: Clock, server: ScriptedSender
) -> None:
    """A cancelled delivery is put back with its old seal."""
    with closing(sqlite3.connect(path)) as database:
        [mark] = database.execute("SELECT quote(mark) FROM seal").fetchone()
    ws = sit(tmp_path, path, clock)
    resolving.cancel_delivery(ws.store, SEALED)
    postman(ws).deliver()
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(f"UPDATE delivery SET state = 'queued' WHERE id = {SEALED}")
        database.execute(f"REPLACE INTO seal (delivery_id, mark) VALUES ({SEALED}, {mark})")
    clock.now = DUE
    postman(ws).deliver()
    assert get_delivery(ws.store, SEALED).state is State.FAILED
    assert left(server) == 0


def test_an_old_sealed_delivery_is_not_sent_early(
    tmp_path: Path, path: Path, clock: Clock, server: ScriptedSender
) -> None:
    ws = sit(tmp_path, path, clock)
    postman(ws).deliver()
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(f"UPDATE delivery SET not_before = '2020-01-01T00:00:00.000+00:00' WHERE id = {SEALED}")
    for _day in range(3):
        postman(ws).deliver()
        clock.go(days=1)
    assert left(server) == 0


def test_the_vault_is_updated_completely_or_not_at_all(
    tmp_path: Path, path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, server: ScriptedSender
) -> None:
    ws = sit(tmp_path, path, clock)

    def fail(*_all: object) -> None:
        raise FacturierError("no room today")

    monkeypatch.setattr("facturier.mail.vault.trust.write_seal", fail)
    clock.now = DUE
    with pytest.raises(FacturierError, match="no room today"):
        Senders(ws).for_delivery(get_delivery(ws.store, SEALED), b"")
    monkeypatch.undo()
    assert ws.keys.vault.read().seals == 1
    postman(ws).deliver()
    assert get_delivery(ws.store, SEALED).sender_kind is SenderKind.GMAIL
    assert left(server) == 1
