"""Draw the lines of an invoice, and the input over the current cell."""

from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate
from typing import ClassVar

from textual.app import ComposeResult
from textual.events import Resize
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from facturier.models.settings.line import LineKind
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money
from facturier.tui.screens.editor.lines import line_paint
from facturier.tui.screens.editor.lines.cell_input import CellInput
from facturier.tui.screens.editor.lines.line_cells import CELLS, NUMBERS, cell_boxes
from facturier.tui.screens.editor.lines.line_list import LineList


class GridView(Widget, can_focus=False):
    """Draws the lines that fit, and keeps the current cell in view."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line-grid--head",
        "line-grid--quiet",
        "line-grid--current",
        "line-grid--problem",
    }

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="region")
        self.border_title = _("Lines")
        self._list = LineList()
        self._line = 0
        self._cell = CELLS[0]
        self._top = 0  # the first row in view
        self._ends: list[int] = [1]  # the row after each line
        self._current = -1  # the line that is drawn as the current one, -1 for none
        self._scrolled_to = -1  # the row that was last scrolled into view
        self._width = 0  # the width for which `_ends` was computed
        self._look: line_paint.GridStyles | None = None
        self.input = CellInput(self)

    def compose(self) -> ComposeResult:
        yield self.input
        yield self.input.suggestions

    @property
    def active(self) -> bool:
        """Whether the grid has the focus."""
        return self.input.has_focus

    @property
    def in_number(self) -> bool:
        """Whether the current cell is a number."""
        return self._cell in NUMBERS

    # Called by the input

    def type_text(self, text: str) -> None:
        """Write the new text of the cell."""
        raise NotImplementedError

    def take(self, value: object, key: str) -> None:
        """Use the chosen suggestion."""
        raise NotImplementedError

    def press(self, key: str) -> bool:
        """Move as the key says. Return whether it moves."""
        raise NotImplementedError

    def paste(self, text: str) -> bool:
        """Use pasted text. Return False for text that fits into one cell."""
        raise NotImplementedError

    # Drawing

    def on_resize(self, _event: Resize) -> None:
        self._scrolled_to = -1
        self._place()

    def on_descendant_blur(self) -> None:
        self._place()

    def render_lines(self, crop: Region) -> list[Strip]:
        self._look = self._styles_now()  # once, and not for each line
        return super().render_lines(crop)

    def _styles_now(self) -> line_paint.GridStyles:
        return line_paint.GridStyles(
            self.rich_style,
            self.get_component_rich_style("line-grid--head"),
            self.get_component_rich_style("line-grid--quiet"),
            self.get_component_rich_style("line-grid--current"),
            self.get_component_rich_style("line-grid--problem"),
        )

    def render_line(self, y: int) -> Strip:
        width, look = self.size.width, self._look or self._styles_now()
        if width != self._width:  # the new size arrives here before the resize event
            self._measure(width)
        if y == 0:
            return line_paint.head(width, look, self._note())
        at = self._top + y - 1
        number = bisect_right(self._ends, at)
        if number >= len(self._ends):
            return Strip.blank(width, self.rich_style)
        return line_paint.row(
            self._list[number],
            number + 1,
            self._problems(number),
            at - (self._ends[number - 1] if number else 0),
            width,
            look,
            currency=self._list.currency,
            current=number == self._current,
            section=self._section(number),
        )

    def _section(self, number: int) -> str:
        """Return the amount of a subtotal, or an empty text for other lines."""
        if self._list[number].kind is not LineKind.SUBTOTAL:
            return ""
        return Money(self._list.section(number), self._list.currency).text(spoken())

    def _note(self) -> str:
        """Return which lines are in view, or an empty text if all are."""
        count = self._list.last
        if not count or self._ends[-1] <= self.size.height - 1:
            return ""
        first = min(bisect_right(self._ends, self._top) + 1, count)
        last = min(bisect_right(self._ends, self._top + self.size.height - 2) + 1, count)
        return _("{first}–{last} of {count}").format(first=first, last=last, count=count)

    def _problems(self, number: int) -> Mapping[str, str]:
        """Return the problems that are shown below a line.

        A problem of the current cell is shown by the screen instead, because rows that come and go would move the
        others while the person types.
        """
        found = self._list.problems(number)
        if self.active and number == self._line and self._cell in found:
            return {cell: said for cell, said in found.items() if cell != self._cell}
        return found

    def _measure(self, width: int) -> None:
        self._width = width
        self._current = self._line if self.active else -1
        self._ends = list(
            accumulate(
                line_paint.height(line, self._problems(number), width, current=number == self._current)
                for number, line in enumerate(self._list)
            )
        )

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 (Textual's)
        self._measure(width)
        return 1 + self._ends[-1]

    def _place(self) -> None:
        """Scroll the current cell into view, and put the input over it."""
        width, room = self.size.width, self.size.height - 1
        if width < 1 or room < 1:
            return
        rows = self._ends[-1]
        self._measure(width)
        if self._ends[-1] != rows:
            self.refresh(layout=True)
        begin, end = (self._ends[self._line - 1] if self._line else 0), self._ends[self._line]
        if begin < self._top or end > self._top + room:
            # Scroll half a page at a time, because every scroll repaints the whole grid.
            self._top = begin - room // 2
        self._top = max(0, min(self._top, self._ends[-1] - room))
        place = cell_boxes(width)[self._cell]
        # Without the focus, the input is above the grid and out of view. If it were hidden, it could not be focused.
        y = 1 + begin + place.row - self._top if self.active else -1
        self.input.styles.width = place.width + (1 if self.in_number else 0)
        self.input.styles.offset = (place.x, y)
        self.input.suggestions.styles.offset = (place.x, y + 1)
        self.refresh()
        if self.active and y != self._scrolled_to:
            self._scrolled_to = y
            self.call_after_refresh(self._scroll_to_cursor)

    def _scroll_to_cursor(self) -> None:
        """Scroll the screen around the grid too, which is needed in a small window."""
        if self.active and isinstance(self.parent, Widget) and self.parent.max_scroll_y:
            row = Region(0, self.virtual_region.y + 1 + self._scrolled_to, self.size.width, 2)
            self.parent.scroll_to_region(row, animate=False, force=True)
