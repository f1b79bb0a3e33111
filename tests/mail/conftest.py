from collections.abc import Iterator
from pathlib import Path

import pytest

from facturier.models.store.store import Store
from tests.models.making import Clock, a_store


@pytest.fixture
def still() -> Clock:
    """A clock that stands still until it is moved."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, still: Clock) -> Iterator[Store]:
    """A company with a Gmail address and a default sender; its file stays open, so that a test waits for no disk."""
    found = a_store(tmp_path, still)
    with found.reading():
        yield found
