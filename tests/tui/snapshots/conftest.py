"""Fixtures that remove all variation from the pictures."""

from collections.abc import Callable, Iterator

import pytest

from facturier.models.company.user import full_name
from tests.tui.snapshots.companies import companies
from tests.tui.snapshots.still import Shown, Threads, hold_still, time_zone
from tests.tui.support.garbage import little_garbage_collection
from tests.tui.support.sample import Shop

Company = Callable[[str], Shop]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Company, Shown]]:
    with companies(tmp_path_factory.mktemp("companies")) as found:
        yield found


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    hold_still(monkeypatch)
    with time_zone("America/Toronto"), little_garbage_collection():
        yield
    full_name.cache_clear()


@pytest.fixture
def company(still: None, built: tuple[Company, Shown], monkeypatch: pytest.MonkeyPatch) -> Company:
    def in_its_home(name: str) -> Shop:
        shop = built[0](name)
        monkeypatch.setenv("HOME", str(shop.store.path.parent))
        return shop

    return in_its_home


@pytest.fixture
def shown(built: tuple[Company, Shown]) -> Shown:
    return built[1]


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Threads:
    return Threads(monkeypatch)
