"""What the tests of the screens share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.sample import Shop
from tests.tui.stand_in import google_for


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def asking_no_dns(shop: Shop) -> Iterator[Shop]:
    """The shop with a stand-in for Google: what DNS would say about its customers is not asked then."""
    with google_for(shop):
        yield shop
