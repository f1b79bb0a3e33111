from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.workspace import Workspace
from facturier.models.store.opening import open_company
from tests.models.making import Clock, a_store


@pytest.fixture
def clock() -> Clock:
    """A clock at noon in Montreal on the day of the tests, which only moves when told to."""
    return Clock(datetime(2026, 11, 24, 17, tzinfo=UTC))


@pytest.fixture
def ws(tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    """A company with a folder as its default sender, which Marie uses."""
    (tmp_path / "out").mkdir()
    path = a_store(tmp_path, clock, connected=False).path
    store = open_company(path, clock=clock, user="marie")
    opened = open_workspace(store, Locations(tmp_path / "data", tmp_path / "log"), Endpoints())
    with opened.store.reading():
        yield opened
