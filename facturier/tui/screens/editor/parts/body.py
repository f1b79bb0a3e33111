"""The parts of the editor, and the line that says where the cursor is."""

from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.layout import ArrangeResult, Layout
from textual.layouts.vertical import VerticalLayout
from textual.widget import Widget

from facturier.tui.screens.editor.lines.line_grid import LineGrid

_LEAST = 8  # the least rows for the lines with their heading; in a lower window, the whole body scrolls


class _FollowingLayout(VerticalLayout):
    """A layout with the totals right below the last line. If there is not enough room, the lines scroll."""

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        placements = super().arrange(parent, children, size, greedy)
        over = max((place.region.bottom for place in placements if not place.overlay), default=0) - size.height
        cut = 0
        arranged = []
        for place in placements:
            region = place.region.translate((0, -cut))
            if isinstance(place.widget, LineGrid):
                cut = max(min(over, region.height - _LEAST), 0)
                region = region.shrink((0, 0, cut, 0))
            arranged.append(place._replace(region=region))
        return arranged


class EditorBody(Vertical):
    """Customer, lines, message and totals."""

    DEFAULT_CLASSES: ClassVar[str] = "editor-body"
    _FOLLOWING = _FollowingLayout()

    @property
    def layout(self) -> Layout:
        return self._FOLLOWING


class EditorStatus(Widget, can_focus=False):
    """The position of the cursor, or what is wrong.

    It always has one line of its own, so that nothing moves when there is something to say. A long sentence takes more.
    """

    DEFAULT_CLASSES: ClassVar[str] = "editor-status"

    def __init__(self) -> None:
        super().__init__()
        self._where = ""
        self._trouble = ""

    def show(self, where: str, note: str, trouble: str) -> None:
        """Show `where` with `note`, which deserves attention, or only `trouble`, which must be corrected."""
        self.set_class(bool(trouble), "-trouble")
        self.set_class(bool(note) and not trouble, "-note")
        where, said = ("", trouble) if trouble else (where, note)
        if (where, said) != (self._where, self._trouble):
            layout = said != self._trouble and max(len(said), len(self._trouble)) > self.size.width - len(where) - 3
            self._where, self._trouble = where, said
            self.refresh(layout=layout)

    def render(self) -> RenderResult:
        parts = [Text(self._where, "dim")] if self._where else []
        parts += [Text(self._trouble, "bold" if self.has_class("-note") else "")] if self._trouble else []
        return Text(" · ").join(parts)
