"""Fixtures for the tests of the screens."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import textual.screen
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from facturier.tui import screen
from facturier.tui.terminal.type_ahead import TypeAhead
from tests.tui.support.quick_textual import save_processor_time
from tests.tui.support.sample import Shop
from tests.tui.support.settling import press_when_ready, wait_for_work
from tests.tui.support.stand_in import google_for


@pytest.fixture(autouse=True)
def quick_fingers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are pressed as fast as the screens accept them, so none of them counts as held."""
    monkeypatch.setattr(screen, "PATIENCE", 0.0)


@pytest.fixture(autouse=True)
def few_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw a screen only when the test pauses until nothing moves, or reads it. Nobody sees the frames in between, and
    they take a tenth of the time of these tests."""
    draw, pause = Compositor.render_update, Pilot.pause

    def skip(compositor: Compositor, full: bool = False, screen_stack: Any = None, **more: bool) -> Any:
        if full:  # a picture
            return draw(compositor, full, screen_stack, **more)
        visible_screen_stack.set(screen_stack or [])
        return None

    async def pause_and_draw(pilot: Pilot[Any], delay: float | None = None) -> None:
        await pause(pilot, delay)
        if delay is None:
            draw(pilot.app.screen._compositor, screen_stack=pilot.app._background_screens)

    monkeypatch.setattr(Compositor, "render_update", skip)
    monkeypatch.setattr(Pilot, "pause", pause_and_draw)
    monkeypatch.setattr(textual.screen, "UPDATE_PERIOD", 0.1)


@pytest.fixture(autouse=True)
def slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the program, however busy the machine is."""
    wait_for_work(monkeypatch)
    press_when_ready(monkeypatch)


@pytest.fixture(autouse=True)
def quick_textual(monkeypatch: pytest.MonkeyPatch) -> None:
    save_processor_time(monkeypatch)


_parsed: dict[frozenset[tuple[str, str]], dict[Any, Any]] = {}


@pytest.fixture(autouse=True)
def styles_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Share parsed styles between programs, because each test starts at least one program."""
    begin, change = Stylesheet.__init__, Stylesheet.set_variables

    def share(styles: Stylesheet) -> None:
        vars(styles)["_parse_cache"] = _parsed.setdefault(frozenset(styles._variables.items()), {})

    def begin_sharing(styles: Stylesheet, *, variables: dict[str, str] | None = None) -> None:
        begin(styles, variables=variables)
        share(styles)

    def change_sharing(styles: Stylesheet, variables: dict[str, str]) -> None:
        vars(styles)["_parse_cache"] = {}  # Textual clears it, but other programs still use it
        change(styles, variables)
        share(styles)

    monkeypatch.setattr(Stylesheet, "__init__", begin_sharing)
    monkeypatch.setattr(Stylesheet, "set_variables", change_sharing)


@pytest.fixture(autouse=True)
def keys_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the pilot wait until the program has processed the keys that it holds back, as a person does."""
    wait = Pilot._wait_for_screen

    async def wait_for_keys(pilot: Pilot[None], timeout: float = 30.0) -> bool:
        if isinstance(pilot.app, TypeAhead):
            await pilot.app.typed_out(timeout)
        return await wait(pilot, timeout)

    monkeypatch.setattr(Pilot, "_wait_for_screen", wait_for_keys)


class Faults(logging.Handler):
    """The unexpected errors that the screens showed in a dialog."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.found.append(error or RuntimeError(record.getMessage()))


@pytest.fixture(autouse=True)
def faults() -> Iterator[Faults]:
    """Fail a test after an unexpected error, unless the test removes the error from here."""
    log, handler = logging.getLogger("facturier.tui.errors.faults"), Faults()
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)
    if handler.found:
        raise handler.found[0]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A company whose file stays open for the test: tests look into it again and again."""
    found = Shop(tmp_path)
    with found.store.reading():
        yield found


@pytest.fixture
def asking_no_dns(shop: Shop) -> Iterator[Shop]:
    """The shop with a Google simulator, so that DNS is not asked about its customers."""
    with google_for(shop):
        yield shop
