"""What the tests of the screens share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from facturier.tui import held_key
from tests.tui.sample import Shop
from tests.tui.stand_in import google_for


@pytest.fixture(autouse=True)
def quick_fingers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are pressed here as fast as the screens take them: none of them is held."""
    monkeypatch.setattr(held_key, "PATIENCE", 0.0)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def asking_no_dns(shop: Shop) -> Iterator[Shop]:
    """The shop with a stand-in for Google: what DNS would say about its customers is not asked then."""
    with google_for(shop):
        yield shop
