"""Everything that depends on Textual's private API, written for Textual 8.2. Check this file when you update Textual.

Textual has no public way to keep an error from ending the program, to read the terminal differently, or to change how
an option list draws itself. This file gives public names to the private parts. The only other place is `Picker`
(widgets/inputs/picker.py), whose list is `SelectOverlay` of `textual.widgets._select`: it loads slowly, and the first
screen does not need it.

Overridden here:
- `App._handle_exception`, which every error reaches, `MessagePump._dispatch_message`, which runs every handler, and
  `App._register_child` and `App._start_widget`, which every widget and screen passes through.
- `App._refresh_notifications`.
- `App._display`, which writes what was drawn to the terminal.
- `Screen._refresh_layout` and `Screen._compositor_refresh`, which lay out and draw a screen.
- `LinuxDriver.start_application_mode`, `LinuxDriver.process_message`, `LinuxDriver.write`,
  `LinuxDriver._get_terminal_size` and `LinuxDriver._run_input_thread`.
- `OptionList._move_page` and `OptionList._update_lines`.
- `Stylesheet.apply`, which finds the styles of each widget, and those of each of its parts.
- `RuleSet.__hash__`, because every rule is looked up in a set for every widget that is styled.
- `rich._wrap.re_word` and `textual._wrap.re_chunk`, which find the words of a text that is wrapped.
"""

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import AbstractContextManager
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, TypeVar

import rich._wrap
from rich.color import ColorSystem
from textual import _compositor
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._context import active_message_pump
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.app import App
from textual.css.model import RuleSet, SelectorType
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.drivers.linux_driver import LinuxDriver
from textual.events import CursorPosition, Resize
from textual.geometry import Size
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from facturier.tui.picture import Picture

__all__ = ["BRACKETED_PASTE_END", "BRACKETED_PASTE_START", "XTermParser"]  # and everything defined here

ResultT = TypeVar("ResultT")

if TYPE_CHECKING:
    from textual.widgets import OptionList

    _OptionList = OptionList
else:
    _OptionList = object  # avoids loading OptionList; Textual takes styles from the first base class that is a widget

# Texts break at white space. Rich counts no-break spaces among it, and would end a line with the « of a French quote.
_WORD = re.compile(r"(?:(?![\u00a0\u202f])\s)*(?:\S|[\u00a0\u202f])+(?:(?![\u00a0\u202f])\s)*")
# The same for Textual, whose words have no spaces before them.
_CHUNK = re.compile(r"(?:\S|[\u00a0\u202f])+(?:(?![\u00a0\u202f])\s)*|\s+")

_LAYOUTS = 2  # of a screen, before it is drawn
_TURNS = 2  # of the event loop, after which widgets have handled what was sent to them
_AT_ONCE = 500  # characters: longer output is marked, so that the terminal does not show half of it
_WHERE = "\x1b[6n"  # asks for the position of the cursor; every terminal answers, from the VT100 on
_NARROWEST = 4  # columns: Textual cannot wrap options that are narrower than its own margins


def keep_no_break_spaces() -> None:
    """Make a TextArea wrap its lines at other spaces only. Loads the module that wraps them."""
    import textual._wrap

    textual._wrap.re_chunk = _CHUNK


class _RememberedStyles(Stylesheet):
    """Finds the rules for a widget once. Textual finds them again for every widget, and for each part of it such as the
    cursor of an input. They are the same if the widget and all that it is in have the same class, id, style classes and
    state."""

    _applied: dict[Any, tuple[Any, ...]]
    _ids: frozenset[str]  # those that any rule names, for the widget or for what it is in
    _found_in: Any = None  # the rules that the remembered ones are among

    def apply(self, node: DOMNode, *, animate: bool = False, cache: Any = None) -> None:  # noqa: ARG002 (ours is larger)
        if self.rules_map is not self._found_in:
            self._found_in, self._applied = self.rules_map, {}
            selectors = (each for rule in self.rules for one in rule.selector_set for each in one.selectors)
            self._ids = frozenset(each.name for each in selectors if each.type is SelectorType.ID)
        key = _place_of(node, self._ids)
        if (known := self._applied.get(key)) is not None:
            rules, *states = known
            node._has_hover_style, node._has_focus_within, node._has_order_style, node._has_odd_or_even = states
            self.replace_rules(node, rules, animate=animate)
            self._process_component_classes(node)
            return
        found: dict[Any, Any] = {}  # stays empty if the rules depend on anything else, such as the order of widgets
        super().apply(node, animate=animate, cache=found)
        for rules in found.values():
            states = [node._has_hover_style, node._has_focus_within, node._has_order_style, node._has_odd_or_even]
            self._applied[key] = (rules, *states)


def _place_of(node: DOMNode, ids: Container[str]) -> tuple[Any, ...]:
    """Return all that decides which rules apply to a node."""
    place: list[Any] = []
    above: Any = node
    while isinstance(above, DOMNode):
        name = above._id if above._id in ids else None
        state: Any = None
        if isinstance(above, Widget):
            state = (above.has_focus, above.mouse_hover, above.disabled, above.can_focus)
        elif isinstance(above, App):
            state = frozenset(above.get_pseudo_classes())
        place += (type(above), name, above.classes, state)
        above = above._parent
    return tuple(place)


class AppHooks(App[None], inherit_bindings=False):
    """An app that handles every error of its handlers, actions and workers."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._has_notified = False
        rich._wrap.re_word = _WORD
        self.picture = Picture()
        self.stylesheet = _RememberedStyles(variables=self.stylesheet._variables)
        RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]

    def on_resize(self, event: Resize) -> None:  # noqa: ARG002 (the subclasses need it)
        self.picture.forget()  # the terminal may have moved its lines

    def redraw(self) -> None:
        """Draw everything again: the terminal may show something else, such as the output of another program."""
        self.picture.forget()
        self._show_picture()

    async def drawn(self, seconds: float) -> None:
        """Wait until the terminal has drawn all that was written to it, for `seconds` at most. Over a slow line, that
        is later. A terminal that does not answer is not waited for."""
        if isinstance(self._driver, DriverHooks) and self._driver.answers:
            answered = asyncio.Event()
            self._driver.ask(answered.set)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(answered.wait(), seconds)

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        pieces = None
        if self._running and not self._closed and not self.is_headless and not self._batch_count:
            pieces = _pieces(renderable)
        if pieces is None:
            super()._display(screen, renderable)
            return
        if isinstance(renderable, LayoutUpdate):
            self.picture.use_size(*renderable.region.size)
        try:
            for x, y, strip in pieces:
                self.picture.put(x, y, strip)
            self._show_picture()
        except Exception as error:  # noqa: BLE001 - as Textual does
            self._handle_exception(error)
        finally:
            self.post_display_hook()

    def _show_picture(self) -> None:
        """Write what has changed to the terminal, at once."""
        self.picture.use_colours(self.console._color_system or ColorSystem.TRUECOLOR)
        driver = self._driver
        if driver is None or (isinstance(driver, DriverHooks) and driver.wait_to_write(self._show_picture)):
            return
        if not (changes := self.picture.changes()):
            return
        x, y = self.screen.outer_size.clamp_offset(self.cursor_position)
        changes += f"\x1b[{y + 1};{x + 1}H"
        if self._sync_available and len(changes) > _AT_ONCE:
            changes = f"{SYNC_START}{changes}{SYNC_END}"
        driver.write(changes)
        driver.flush()

    def can_show_errors(self) -> bool:
        """Return whether a screen is ready to show an error."""
        raise NotImplementedError

    def handle_error(self, error: Exception) -> None:
        """Called with each error raised by a handler, an action or a worker."""
        raise NotImplementedError

    def _register_child(self, parent: DOMNode, child: Widget, *place: Any) -> None:
        _guard(child, self.handle_error)
        if isinstance(child, Screen):
            self._set_breakpoints(child)
        super()._register_child(parent, child, *place)

    def _set_breakpoints(self, screen: Screen[Any]) -> None:
        """Set the classes that the first resize would set: it would style the whole screen once more for them."""
        for breakpoints, of_app, size in (
            (screen.HORIZONTAL_BREAKPOINTS, self.HORIZONTAL_BREAKPOINTS, self.size.width),
            (screen.VERTICAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS, self.size.height),
        ):
            found = screen._get_breakpoint_classes(size, (of_app if breakpoints is None else breakpoints) or [])
            screen.add_class(*found, update=False)

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

    def _refresh_notifications(self) -> None:
        # Textual hides the empty notification rack on every screen change and redraws the whole screen for it.
        self._has_notified = self._has_notified or bool(self._notifications)
        if self._has_notified:
            super()._refresh_notifications()


def _pieces(update: object) -> Iterator[tuple[int, int, Strip]] | None:
    """Return the column, the line and the text of each piece of an update of the screen, or None for anything else."""
    if isinstance(update, LayoutUpdate):
        return _all_pieces(update)
    return _changed_pieces(update) if isinstance(update, ChopsUpdate) else None


def _all_pieces(update: LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    for y, strips in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in strips:
            yield x, y, strip
            x += strip.cell_length


def _changed_pieces(update: ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    for y, first, end in update.spans:
        for strip_end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x <= end and strip_end > first:
                inside = first <= x < end and strip_end <= end
                yield x, y, strip if inside else strip.crop(0, min(strip_end, end) - x)


class ScreenHooks(Screen[ResultT]):
    """A screen that is drawn once when it opens. Textual draws it before its widgets know their size, again after they
    do, and once more because it was resumed: each takes a third of the time."""

    _undrawn = False  # laid out, but not drawn yet
    _drawn_at_once = False

    def open_at_once(self) -> None:
        """Call it before Textual handles the first `ScreenResume`."""
        if not self._drawn_at_once:
            self._undrawn = self._drawn_at_once = True
            self.call_later(self._wait_for_widgets)

    async def mount_rest(self, parent: Widget, *widgets: Widget) -> None:
        """Mount what follows the first picture, and draw it once."""
        self._undrawn = True
        try:
            await parent.mount(*widgets)
        finally:
            self.call_later(self._wait_for_widgets)

    async def _wait_for_widgets(self, layouts: int = _LAYOUTS) -> None:
        # All widgets handle what they were sent, and what they answer is in the queue before the call below.
        for _turn in range(_TURNS):
            await asyncio.sleep(0)
        self.call_later(self._draw_when_settled, layouts)

    def _draw_when_settled(self, layouts: int) -> None:
        if self._layout_required and layouts:
            self._refresh_layout()
            self._layout_required = False
            self.call_later(self._wait_for_widgets, layouts - 1)
            return
        self._undrawn = False
        self._repaint_required = True
        self._on_timer_update()

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        if not self._undrawn:
            super()._refresh_layout(size, scroll)
            return
        # A widget that gets its first size asks for a layout with this size, which is what it just got. Only scrollbars
        # take room from the others.
        widgets = [each for each in self.walk_children(Widget, with_self=True) if not each._layout_required]
        super()._refresh_layout(size, scroll)
        for widget in widgets:
            if not isinstance(widget, ScrollView) and not any(widget.scrollbars_enabled):
                widget._layout_required = False

    def _compositor_refresh(self) -> None:
        if not self._undrawn:
            super()._compositor_refresh()


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


class DriverHooks(LinuxDriver):
    """A driver that lets a subclass read the keys and the size of the terminal."""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self._size = self._size or self.terminal_size()
        self._forget_picture: Callable[[], None] = app.picture.forget
        self._is_writing = False
        self._caught_up: Callable[[], None] | None = None  # what to do when all is written
        self.answers = False  # whether the terminal has answered a question
        self._asked: deque[Callable[[], object]] = deque()

    def start_application_mode(self) -> None:
        # At the start, and after the program was suspended.
        self._forget_picture()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.ask(lambda: None)

    def write(self, data: str) -> None:
        self._is_writing = True
        super().write(data)

    def wait_to_write(self, caught_up: Callable[[], None]) -> bool:
        """If earlier output is not written yet, because the line is slow, call `caught_up` when it is, and return True.
        What changes several times until then is written once."""
        self._caught_up = caught_up
        if self._is_writing:  # asked last: the other thread may just have finished
            return True
        self._caught_up = None
        return False

    def written(self) -> None:
        """All output was written. Called by the thread that writes."""
        self._is_writing = False
        if (caught_up := self._caught_up) is not None:
            self._caught_up = None
            with contextlib.suppress(RuntimeError):  # the program has already ended
                self.loop.call_soon_threadsafe(caught_up)

    def ask(self, answered: Callable[[], object]) -> None:
        """Ask the terminal where its cursor is, and call `answered` when it tells: it answers in the order of what was
        written."""
        self._asked.append(answered)
        self.write(_WHERE)

    def process_message(self, message: Message) -> None:
        if not isinstance(message, CursorPosition):
            super().process_message(message)
            return
        self.answers = True
        if self._asked:
            with contextlib.suppress(RuntimeError):  # the program has already ended
                self.loop.call_soon_threadsafe(self._asked.popleft())

    def terminal_size(self) -> tuple[int, int]:
        """Return the number of columns and lines."""
        raise NotImplementedError

    def read_keys(self) -> None:
        """Read keys in the input thread until `exit_event` is set."""
        raise NotImplementedError

    def wrap_output(self, wrap: Callable[[Any], Any]) -> None:
        """Replace the output stream by `wrap(stream)`."""
        self._file = wrap(self._file)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The app's event loop."""
        return self._loop

    @property
    def debug(self) -> bool:
        return self._debug

    def _get_terminal_size(self) -> tuple[int, int]:
        return self.terminal_size()

    def _run_input_thread(self) -> None:
        self.read_keys()


class Patient(_OptionList):
    """A fix for Textual's OptionList, which fails on Page Up and Page Down while the highlighted option has not been
    laid out (right after the list opens or is resized), and in a terminal one column wide."""

    def _move_page(self, direction: Any) -> None:
        if (self.highlighted or 0) in self._index_to_line:
            super()._move_page(direction)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return super().get_content_height(container, viewport, max(width, _NARROWEST))

    def _update_lines(self) -> None:
        if self.scrollable_content_region.width >= _NARROWEST:
            super()._update_lines()
