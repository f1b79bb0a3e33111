from collections.abc import Iterator
from pathlib import Path

import pytest

from facturier.models.store.store import Store
from tests.models.making import Clock, a_store


@pytest.fixture
def still() -> Clock:
    """A clock that only moves when told to."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, still: Clock) -> Iterator[Store]:
    """A company with a Gmail address and a default sender. Its file stays open, so that tests do not wait for the
    disk."""
    found = a_store(tmp_path, still)
    with found.reading():
        yield found
