"""Drawing: what Textual has drawn is put into a picture, and what has changed in it is written to the terminal."""

import asyncio
from collections.abc import Iterator
from typing import Any

from rich.color import ColorSystem
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.dom import DOMNode
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from facturier.tui.picture import Picture
from facturier.tui.textual_private.compositor import ExactCompositor
from facturier.tui.textual_private.driver import DriverHooks

_AT_ONCE = 500  # characters: longer output is marked, so that the terminal does not show half of it


class DrawingHooks(App[None], inherit_bindings=False):
    """An app that writes only the cells that have changed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._has_notified = False
        self.picture = Picture()

    def on_resize(self, event: Resize) -> None:
        self.picture.forget()  # the terminal may have moved its lines
        if isinstance(self._driver, DriverHooks):
            now = Size(*self._driver.terminal_size())
            # A signal that interrupts the handling of the one before reports its size first.
            if now != event.size:
                self.post_message(Resize(now, now))

    def _check_resize(self) -> None:
        super()._check_resize()
        self.call_later(self._draw_resized)

    def _draw_resized(self) -> None:
        # Textual draws nothing if the window has its earlier size again.
        if self.picture.size == self.size and not self.is_headless:
            self._show_picture()

    def action_redraw(self) -> None:
        """Draw everything again: the terminal may show something else, such as the output of another program."""
        self.picture.forget()
        self._show_picture()

    async def drawn(self, seconds: float) -> None:
        """Wait until the terminal has drawn all that was written to it, for `seconds` at most. Over a slow line, that
        is later. A terminal that does not answer is not waited for, nor one that has stopped answering."""
        driver = self._driver
        if isinstance(driver, DriverHooks) and driver.answers:
            answered = asyncio.Event()
            driver.ask(answered.set)
            try:
                await asyncio.wait_for(answered.wait(), seconds)
            except TimeoutError:
                driver.answers = False  # until it answers again

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

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        """The screens behind the one on top. Textual names one even if nothing of it is visible, and then draws the one
        on top again for each change behind it."""
        hidden = self._screen_stack and self._screen_stack[-1].styles.background.a == 1
        return [] if hidden else super()._background_screens

    def _register_child(self, parent: DOMNode, child: Widget, *place: Any) -> None:
        if isinstance(child, Screen):
            child._compositor = ExactCompositor()
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
