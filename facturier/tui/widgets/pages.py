"""A text that scrolls with the same keys as a list."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll


class Pages(VerticalScroll):
    """Beside Textual’s arrow and page keys: j, k, g, G, Ctrl+D and Ctrl+U."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", id="pages.down", show=False),
        Binding("k", "scroll_up", id="pages.up", show=False),
        Binding("g", "scroll_home", id="pages.home", show=False),
        Binding("G", "scroll_end", id="pages.end", show=False),
        Binding("ctrl+d", "half(1)", id="pages.half_down", show=False),
        Binding("ctrl+u", "half(-1)", id="pages.half_up", show=False),
    ]

    def action_half(self, direction: int) -> None:
        self.scroll_relative(y=direction * (self.size.height // 2), animate=False)
