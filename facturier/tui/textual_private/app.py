"""The app: every error is handled, and what other code needs of its private parts."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from traceback import walk_tb
from typing import Any

from textual import _compositor
from textual._context import active_message_pump
from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

from facturier.tui.textual_private.drawing import DrawingHooks
from facturier.tui.textual_private.styles import remember_styles
from facturier.tui.textual_private.timers import lose_no_call, lose_no_timer
from facturier.tui.textual_private.wrapping import keep_no_break_spaces


class AppHooks(DrawingHooks, inherit_bindings=False):
    """An app that handles every error of its handlers, actions and workers."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        keep_no_break_spaces()
        lose_no_timer()
        lose_no_call()
        remember_styles(self)

    def can_show_errors(self) -> bool:
        """Return whether a screen is ready to show an error."""
        raise NotImplementedError

    def handle_error(self, error: Exception) -> None:
        """Called with each error raised by a handler, an action or a worker."""
        raise NotImplementedError

    def _register_child(self, parent: DOMNode, child: Widget, *place: Any) -> None:
        _guard(child, self.handle_error)
        super()._register_child(parent, child, *place)

    def _start_widget(self, parent: Widget, widget: Widget) -> None:
        _guard(widget, self.handle_error)
        super()._start_widget(parent, widget)

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            if not self.can_show_errors():
                raise
            self.handle_error(error)

    def _handle_exception(self, error: Exception) -> None:
        self.handle_error(error)


def _guard(pump: MessagePump, handle: Callable[[Exception], None]) -> None:
    """Catch errors in the handlers of this screen or widget. Otherwise Textual would stop its message pump."""
    if "_dispatch_message" in vars(pump):
        return
    dispatch = pump._dispatch_message

    async def guarded(message: Message) -> None:
        try:
            await dispatch(message)
        except Exception as error:  # noqa: BLE001 - `handle` logs it
            handle(error)

    vars(pump)["_dispatch_message"] = guarded


def context_of(app: App[Any]) -> AbstractContextManager[None]:
    """Return a context in which `app` is the active app, for code that Textual did not call."""
    return app._context()


def active_node(app: App[Any]) -> MessagePump:
    """Return the widget, screen or app whose handler is running, or `app` if there is none."""
    return active_message_pump.get(app)


def screen_stacks(app: App[Any]) -> Iterable[list[Screen[Any]]]:
    """Return the screen stack of each mode, lowest screen first."""
    return app._screen_stacks.values()


def set_return_code(app: App[Any], code: int) -> None:
    """Set `App.return_code`, which the public API sets only in `App.exit`."""
    app._return_code = code


def undrawable(error: BaseException) -> Widget | None:
    """Return the widget that could not be drawn because of this error, or None for any other error."""
    frames = [frame for frame, _line in walk_tb(error.__traceback__)]
    if not any(frame.f_code.co_filename == _compositor.__file__ for frame in frames):
        return None
    return next((self for frame in reversed(frames) if isinstance(self := frame.f_locals.get("self"), Widget)), None)


def can_suspend(app: App[Any]) -> bool:
    """Return whether the terminal allows the program to be suspended."""
    return app._driver is not None and app._driver.can_suspend


def write_to_terminal(app: App[Any], sequence: str) -> None:
    """Write a control sequence through the driver, in order with drawn output, as Textual does for the bell."""
    if app._driver is not None:
        app._driver.write(sequence)
