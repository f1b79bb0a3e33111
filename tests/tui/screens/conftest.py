"""Fixtures for the tests of the screens."""

from collections.abc import Iterator

import pytest

from tests.tui.support.garbage import little_garbage_collection


@pytest.fixture
def little_garbage() -> Iterator[None]:
    """Reduce garbage collection in files that start many programs."""
    with little_garbage_collection():
        yield
