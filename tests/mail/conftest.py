from collections.abc import Iterator
from pathlib import Path

import pytest

from facturier.models.store.store import Store
from tests.models.making import Clock, a_store, files_stay_open


@pytest.fixture(autouse=True)
def open_files(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.path.name == "test_copy_guard.py":  # it copies files
        yield
        return
    with files_stay_open():
        yield


@pytest.fixture
def still() -> Clock:
    """A clock that only moves when told to."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, still: Clock) -> Store:
    """A company with a Gmail address and a default sender."""
    return a_store(tmp_path, still)
