"""What the tests of the screens share."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import textual.screen
from textual.css.stylesheet import Stylesheet
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
def few_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame is drawn at each `pause` of the pilot. Nobody sees those between, so there are only ten in a second."""
    monkeypatch.setattr(textual.screen, "UPDATE_PERIOD", 0.1)


_parsed: dict[frozenset[tuple[str, str]], dict[Any, Any]] = {}


@pytest.fixture(autouse=True)
def styles_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs share what they parsed of their styles: each test starts at least one program."""
    begin, change = Stylesheet.__init__, Stylesheet.set_variables

    def share(styles: Stylesheet) -> None:
        vars(styles)["_parse_cache"] = _parsed.setdefault(frozenset(styles._variables.items()), {})

    def begin_sharing(styles: Stylesheet, *, variables: dict[str, str] | None = None) -> None:
        begin(styles, variables=variables)
        share(styles)

    def change_sharing(styles: Stylesheet, variables: dict[str, str]) -> None:
        vars(styles)["_parse_cache"] = {}  # Textual clears it, but others use it
        change(styles, variables)
        share(styles)

    monkeypatch.setattr(Stylesheet, "__init__", begin_sharing)
    monkeypatch.setattr(Stylesheet, "set_variables", change_sharing)


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
