"""What the tests of the screens share."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from facturier.tui import screen
from facturier.tui.terminal.type_ahead import TypeAhead
from tests.tui.sample import Shop
from tests.tui.stand_in import google_for


@pytest.fixture(autouse=True)
def quick_fingers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are pressed here as fast as the screens take them: none of them is held."""
    monkeypatch.setattr(screen, "PATIENCE", 0.0)


@pytest.fixture(autouse=True)
def keys_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pilot waits until the keys that the program still holds back have arrived, as a person does who looks first."""
    wait = Pilot._wait_for_screen

    async def wait_for_keys(pilot: Pilot[None], timeout: float = 30.0) -> bool:
        if isinstance(pilot.app, TypeAhead):
            await pilot.app.typed_out(timeout)
        return await wait(pilot, timeout)

    monkeypatch.setattr(Pilot, "_wait_for_screen", wait_for_keys)


class Faults(logging.Handler):
    """The unexpected errors that the screens showed in a dialog, as their users get them."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.found.append(error or RuntimeError(record.getMessage()))


@pytest.fixture(autouse=True)
def faults() -> Iterator[Faults]:
    """A test fails over an unexpected error that it did not take out of here."""
    log, handler = logging.getLogger("facturier.tui.faults"), Faults()
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)
    if handler.found:
        raise handler.found[0]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def asking_no_dns(shop: Shop) -> Iterator[Shop]:
    """The shop with a stand-in for Google: what DNS would say about its customers is not asked then."""
    with google_for(shop):
        yield shop
