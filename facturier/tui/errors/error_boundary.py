"""Keep an unexpected error from ending the program.

By default Textual ends the program when an action, a worker or a handler raises an error, and prints the values of
variables, which can include secrets.
"""

import asyncio
import time
from collections import Counter
from typing import Any

from rich.text import Text
from textual.app import App
from textual.css.query import NoMatches
from textual.dom import DOMNode, NoScreen
from textual.screen import Screen
from textual.worker import WorkerFailed, get_current_worker

from facturier.models.errors import FacturierError
from facturier.tui.errors.faults import as_problem
from facturier.tui.textual_private.app import (
    AppHooks,
    active_node,
    context_of,
    screen_stacks,
    set_return_code,
    undrawable,
)

# Within _SECONDS, _FEW errors of one screen close that screen, and _MANY errors in all end the program.
_FEW, _MANY = 3, 10
_SECONDS = 5.0


class ErrorBoundary(AppHooks, inherit_bindings=False):
    """An app that shows an unexpected error in a dialog and keeps running."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._faults: list[tuple[float, Screen[Any] | None]] = []
        self._can_show = False

    def on_mount(self) -> None:
        self._can_show = True

    async def show_fault(self, problem: FacturierError) -> None:
        """Show the error to the user."""
        raise NotImplementedError

    async def end_over(self, message: str) -> None:
        """Save what was typed and end the program with `message`, because it cannot continue."""
        raise NotImplementedError

    def fault(self, error: Exception) -> None:
        """Handle an error that did not come from one of the app's own messages."""
        with context_of(self):
            self.handle_error(error)

    def can_show_errors(self) -> bool:
        return self._can_show

    def handle_error(self, error: Exception) -> None:
        node = get_current_worker().node if isinstance(error, WorkerFailed) else active_node(self)
        actual = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(actual, NoMatches) and self._is_leaving(node):
            return  # a closing screen removes its fields first, and the user no longer sees it
        problem = as_problem(actual)
        if not self._can_show:
            set_return_code(self, 1)
            self.panic(Text(f"facturier: {problem}"))
            return
        not_drawn = undrawable(actual)
        screen = _screen_of(not_drawn or node)
        now = time.monotonic()
        self._faults = [(at, whose) for at, whose in self._faults if now - at < _SECONDS] + [(now, screen)]
        at_the_bottom = screen is None or any(stack[0] is screen for stack in screen_stacks(self) if stack)
        could_not_open = screen is not None and not screen.is_mounted
        if len(self._faults) >= _MANY or (could_not_open and at_the_bottom):
            asyncio.get_running_loop().create_task(self._in_context(self.end_over(f"facturier: {problem}")))
            return
        if screen is not None and not at_the_bottom:
            often = Counter(whose for _at, whose in self._faults)[screen] >= _FEW
            # Textual draws the screen below a dialog too, so a broken screen must close first
            if could_not_open or often or not_drawn:
                self.call_later(screen.dismiss, None)
        self.call_later(self.show_fault, problem)

    async def _in_context(self, work: Any) -> None:
        with context_of(self):
            await work

    def _is_leaving(self, node: object) -> bool:
        """Return whether the node's screen is closed or closing."""
        if not isinstance(node, DOMNode) or node is self:
            return False
        try:
            screen = node.screen
        except NoScreen:
            return True
        return not screen.display or all(screen not in stack for stack in screen_stacks(self))


def _screen_of(node: object) -> Screen[Any] | None:
    try:
        return node.screen if isinstance(node, DOMNode) and not isinstance(node, App) else None
    except NoScreen:
        return None
