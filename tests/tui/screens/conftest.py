"""Fixtures for the tests of the screens."""

from collections.abc import Iterator

import pytest

from tests.tui.garbage import little_garbage_collection


@pytest.fixture
def little_garbage() -> Iterator[None]:
    """For files with many programs."""
    with little_garbage_collection():
        yield
