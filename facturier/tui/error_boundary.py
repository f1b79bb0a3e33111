"""An unexpected error costs what was being done, and not the program.

Textual ends the program over any error in an action, a worker or a handler, and prints the values of variables, secrets
among them. It has no public way to change that: this is written against Textual 8.2 (`MessagePump._dispatch_message`,
which every handler runs in, and `App._handle_exception`, which every error reaches).
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from traceback import walk_tb
from typing import Any

from rich.text import Text
from textual import _compositor
from textual._context import active_message_pump
from textual.app import App
from textual.css.query import NoMatches
from textual.dom import DOMNode, NoScreen
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import WorkerFailed, get_current_worker

from facturier.models.errors import FacturierError
from facturier.tui.faults import as_problem

_FEW, _MANY = 3, 10  # errors of one screen that close it, and of all that end the program…
_SECONDS = 5.0  # …within so many seconds


class ErrorBoundary(App[None], inherit_bindings=False):
    """Shows an unexpected error as a dialog, and goes on."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._faults: list[tuple[float, Screen[Any] | None]] = []
        self._can_show = False

    def on_mount(self) -> None:
        self._can_show = True

    async def show_fault(self, problem: FacturierError) -> None:
        """Say what went wrong."""
        raise NotImplementedError

    async def end_over(self, message: str) -> None:
        """Keep what is typed and end: there is no going on."""
        raise NotImplementedError

    def fault(self, error: Exception) -> None:
        """Deal with an error that came from outside the app's own messages."""
        with self._context():
            self._handle_exception(error)

    def _register_child(self, parent: DOMNode, child: Widget, *place: Any) -> None:
        _guard(child, self._handle_exception)
        super()._register_child(parent, child, *place)

    def _start_widget(self, parent: Widget, widget: Widget) -> None:
        _guard(widget, self._handle_exception)
        super()._start_widget(parent, widget)

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            if not self._can_show:  # there is no screen yet that could say so
                raise
            self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        node = get_current_worker().node if isinstance(error, WorkerFailed) else active_message_pump.get(self)
        actual = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(actual, NoMatches) and self._is_leaving(node):
            return  # the fields go before the screen does: nobody looks at it now
        problem = as_problem(actual)
        if not self._can_show:
            self._return_code = 1
            self.panic(Text(f"facturier: {problem}"))
            return
        undrawable = _undrawable(actual)
        screen = _screen_of(undrawable or node)
        now = time.monotonic()
        self._faults = [(at, whose) for at, whose in self._faults if now - at < _SECONDS] + [(now, screen)]
        at_the_bottom = screen is None or any(stack[0] is screen for stack in self._screen_stacks.values() if stack)
        could_not_open = screen is not None and not screen._is_mounted
        if len(self._faults) >= _MANY or (could_not_open and at_the_bottom):
            asyncio.get_running_loop().create_task(self._in_context(self.end_over(f"facturier: {problem}")))
            return
        if screen is not None and not at_the_bottom:
            often = Counter(whose for _at, whose in self._faults)[screen] >= _FEW
            if could_not_open or often or undrawable:  # a dialog above it could not be drawn either
                self.call_later(screen.dismiss, None)
        self.call_later(self.show_fault, problem)

    async def _in_context(self, work: Any) -> None:
        with self._context():
            await work

    def _is_leaving(self, node: object) -> bool:
        """Whether this, a part of a screen or the screen itself, is gone or about to go."""
        if not isinstance(node, DOMNode) or node is self:
            return False
        try:
            screen = node.screen
        except NoScreen:
            return True
        return not screen.display or all(screen not in stack for stack in self._screen_stacks.values())


def _screen_of(node: object) -> Screen[Any] | None:
    try:
        return node.screen if isinstance(node, DOMNode) and not isinstance(node, App) else None
    except NoScreen:
        return None


def _undrawable(error: BaseException) -> Widget | None:
    """The widget that an error kept from being drawn, if it was that."""
    frames = [frame for frame, _line in walk_tb(error.__traceback__)]
    if not any(frame.f_code.co_filename == _compositor.__file__ for frame in frames):
        return None
    return next((self for frame in reversed(frames) if isinstance(self := frame.f_locals.get("self"), Widget)), None)


def _guard(pump: MessagePump, handle: Callable[[Exception], None]) -> None:
    """Let no error out of a handler of this screen or widget: Textual would stop all its messages."""
    if "_dispatch_message" in vars(pump):
        return
    dispatch = pump._dispatch_message

    async def guarded(message: Message) -> None:
        try:
            await dispatch(message)
        except Exception as error:  # noqa: BLE001 - logged there
            handle(error)

    vars(pump)["_dispatch_message"] = guarded
