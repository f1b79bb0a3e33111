"""The input that moves from cell to cell."""

from typing import Protocol

from rich.segment import Segment
from textual.events import Paste
from textual.strip import Strip

from facturier.tui.widgets.inputs.lookup import LookupInput, Suggestion


class Cells(Protocol):
    """The methods of the grid that the input calls."""

    @property
    def in_number(self) -> bool: ...

    def type_text(self, text: str) -> None: ...

    def take(self, value: object, key: str) -> None: ...

    def press(self, key: str) -> bool: ...

    def paste(self, text: str) -> bool: ...


class CellInput(LookupInput):
    """The input over the current cell.

    It calls the grid directly instead of posting messages. So if several keys arrive at once (over a slow line, or
    pasted), each goes to its own cell.
    """

    def __init__(self, grid: Cells) -> None:
        super().__init__()
        self._grid = grid

    def typed(self, text: str) -> None:
        super().typed(text)
        self._grid.type_text(text)

    def taken(self, suggestion: Suggestion, key: str) -> None:
        self._grid.take(suggestion.value, key)

    def press(self, key: str) -> bool:
        return super().press(key) or self._grid.press(key)

    def on_paste(self, event: Paste) -> None:
        if self._grid.paste(event.text):
            event.stop()
            event.prevent_default()

    def render_line(self, y: int) -> Strip:
        """Align a number at the right edge, where it is before and after editing. The cursor needs one more column."""
        line = super().render_line(y)
        width = self.size.width
        blank = width - 1 - len(self.value)
        if not self._grid.in_number or y or blank <= 0:
            return line
        return Strip([Segment(" " * blank, self.rich_style), *line.crop(0, width - blank)])
