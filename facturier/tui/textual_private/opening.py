"""Opening a screen: it is drawn once."""

import asyncio
from typing import TypeVar

from textual.geometry import Size
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.widget import Widget

ResultT = TypeVar("ResultT")

_LAYOUTS = 2  # of a screen, before it is drawn
_TURNS = 2  # of the event loop, after which widgets have handled what was sent to them


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
