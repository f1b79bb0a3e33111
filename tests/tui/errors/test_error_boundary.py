"""An unexpected error affects only the action that failed: the open screens keep working."""

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

import pytest
from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from facturier.tui.app import FacturierApp
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.dialogs import ProblemScreen
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from tests.tui.conftest import Faults
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, until
from tests.tui.support.typing import keys

SIZE = (80, 24)


@pytest.fixture(autouse=True)
def few_frames() -> None:
    """Draw frames at the normal rate, because an error in a frame must reach the program, not the pilot."""


Fault = Callable[[], Coroutine[Any, Any, None]]


class Told(Message):
    """A message from a widget to its screen."""


class Careless(Dialog[None]):
    """A dialog that fails in the given way."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "fail"), Binding("j", "count"), Binding("escape", "dismiss")]

    def __init__(self, way: str) -> None:
        super().__init__(classes="dialog")
        self.sender_kind = way
        self.counted = 0

    def _fail(self, way: str) -> None:
        if self.sender_kind == way:
            raise KeyError(0)

    def compose(self) -> ComposeResult:
        self._fail("compose")
        yield Static("careless")

    def on_mount(self) -> None:
        self._fail("mount")

    def action_count(self) -> None:
        self.counted += 1

    def action_fail(self) -> None:
        self._fail("action")
        self.post_message(Told())
        self.run_worker(self._work(), group="x")
        self.run_worker(lambda: self._fail("thread"), group="y", thread=True)
        self.set_timer(0.01, lambda: self._fail("timer"))
        self.call_after_refresh(lambda: self._fail("callback"))

    def on_told(self) -> None:
        self._fail("message")

    async def _work(self) -> None:
        self._fail("worker")


async def _press_x(app: FacturierApp, way: str) -> Careless:
    screen = Careless(way)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.push_screen(screen)
        await pilot.pause()
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, ProblemScreen))
        await sees(pilot, "An unexpected error occurred (KeyError).")
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen_stack[-1] is screen
        await pilot.press("j")
        await pilot.press("escape", "n")
        await pilot.pause()
        await sees(pilot, "New invoice")
    return screen


@pytest.mark.parametrize("way", ["action", "message", "worker", "thread", "timer", "callback"])
async def test_an_error_ends_only_the_action(shop: Shop, faults: Faults, way: str) -> None:
    app = FacturierApp(shop.ws)
    screen = await _press_x(app, way)
    assert screen.counted == 1, "the dialog goes on to work"
    assert [type(error) for error in faults.found] == [KeyError]
    faults.found.clear()
    assert not app.return_code


@pytest.mark.parametrize("way", ["compose", "mount"])
async def test_a_screen_that_cannot_open_is_closed(shop: Shop, faults: Faults, way: str) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.push_screen(Careless(way))
        await until(pilot, lambda: isinstance(app.screen, ProblemScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await pilot.press("n")
        await pilot.pause()
        await sees(pilot, "New invoice")
    assert faults.found
    faults.found.clear()


class Undrawable(Widget):
    def render(self) -> RenderResult:
        raise KeyError(2)


async def test_a_screen_that_cannot_be_drawn_is_closed(shop: Shop, faults: Faults) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        screen = Careless("")
        app.push_screen(screen)
        await pilot.pause()
        await screen.mount(Undrawable())
        await until(pilot, lambda: faults.found)
        for _time in range(10):
            await pilot.press("escape")
            await pilot.pause(0.1)
        assert isinstance(app.screen, InvoicesScreen)
        await pilot.press("n")
        await pilot.pause()
        await sees(pilot, "New invoice")
    assert faults.found
    faults.found.clear()


async def test_repeated_errors_end_the_program_and_typed_text_is_saved(shop: Shop, faults: Faults) -> None:
    app = FacturierApp(shop.ws)

    def fail() -> None:
        raise KeyError(1)

    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("n")
        await keys(pilot, "=Zoe")
        for _time in range(20):
            app.call_later(fail)
        await pilot.pause(0.3)
    assert app.return_code == 1
    assert faults.found
    faults.found.clear()
    assert shop.invoice(1).customer.name == "Zoe"
