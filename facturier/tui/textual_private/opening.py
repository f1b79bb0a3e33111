"""Opening a screen: it is drawn once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from rich.segment import Segment
from textual.css.styles import RulesMap
from textual.geometry import Size
from textual.messages import Layout
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widget import Widget

ResultT = TypeVar("ResultT")

_LAYOUTS = 2  # of a screen, before it is drawn
_TURNS = 2  # of the event loop, after which widgets have handled what was sent to them


class ScreenHooks(Screen[ResultT]):
    """A screen that is drawn once when it opens. Textual draws it before its widgets know their size, again after they
    do, and once more because it was resumed: each takes a third of the time."""

    _undrawn = False  # laid out, but not drawn yet
    _drawn_at_once = False
    _redrawn = False  # it was drawn before

    def open_at_once(self) -> None:
        """Call it before Textual handles the first `ScreenResume`."""
        if not self._drawn_at_once:
            self._undrawn = self._drawn_at_once = True
            self.call_later(self._wait_for_widgets)

    async def mount_rest(self, parent: Widget, *widgets: Widget) -> None:
        """Mount what follows the first picture, and draw it once."""
        with self.drawn_once():
            await parent.mount(*widgets)

    @contextmanager
    def drawn_once(self) -> Iterator[None]:
        """Lay out and draw once what changes in many widgets."""
        self._undrawn, self._redrawn = True, self._redrawn or not self._undrawn
        try:
            yield
        finally:
            self.call_later(self._wait_for_widgets)

    async def _wait_for_widgets(self, layouts: int = _LAYOUTS) -> None:
        # All widgets handle what they were sent, and what they answer is in the queue before the call below.
        for _turn in range(_TURNS):
            await asyncio.sleep(0)
        self.call_later(self._draw_when_settled, layouts)

    def _draw_when_settled(self, layouts: int) -> None:
        batch = self.app._batch_count > 0  # what is drawn now is lost
        if self._layout_required and layouts and not batch:
            self._refresh_layout()
            self._layout_required = False
            self.call_later(self._wait_for_widgets, layouts - 1)
            return
        self._undrawn = False
        if not self._redrawn or batch:
            self._repaint_required = True
        elif self.is_current and not self._layout_required:  # there is a picture, in which some widgets have changed
            self._compositor.update_widgets(self._dirty_widgets)
            self._compositor_refresh()
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

    async def _on_layout(self, message: Layout) -> None:
        # A new scrollbar asks for another layout, but its place is what the last one gave it. One that goes away needs
        # the layout: its place must be drawn.
        if isinstance(message.widget, ScrollBar) and message.widget.display:
            message.stop()
            message.prevent_default()

    def _compositor_refresh(self) -> None:
        if not self._undrawn:
            super()._compositor_refresh()

    def render(self) -> Any:
        shown = super().render()
        if isinstance(shown, BackgroundScreen) and not shown.color.a:
            return _Behind(shown.screen)
        return shown


class _Behind(Visual):
    """The screen below a dialog, without its links. Textual makes one long text of it, only to cut it into lines."""

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:  # noqa: ARG002
        strips = self._screen._compositor.render_strips()[:height]
        return [_without_links(strip).crop(0, width) for strip in strips]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:  # noqa: ARG002
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:  # noqa: ARG002
        return self._screen.size.height


def _without_links(strip: Strip) -> Strip:
    segments = [Segment(text, style.clear_meta_and_links() if style else style) for text, style, _control in strip]
    return Strip(segments, strip.cell_length)
