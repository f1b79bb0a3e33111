"""The input that goes from cell to cell."""

from typing import Protocol

from rich.segment import Segment
from textual.binding import Binding
from textual.events import Paste
from textual.strip import Strip

from facturier.tui.widgets.inputs.lookup import LookupInput, Suggestion


class Cells(Protocol):
    """What the input needs of the grid around it."""

    @property
    def in_number(self) -> bool: ...

    def type_text(self, text: str) -> None: ...

    def take(self, value: object, key: str) -> None: ...

    def press(self, key: str) -> bool: ...

    def paste(self, text: str) -> bool: ...


class CellInput(LookupInput, inherit_bindings=False):
    """The input over the cells. It calls the grid instead of posting messages, so that of keys that come all at once
    (typed ahead over a slow line, or pasted) each lands in its own cell."""

    # Ctrl+K deletes a line here. Shift+End, then Delete, deletes the rest of a cell.
    BINDINGS = [  # noqa: RUF012 - so declared by Textual
        binding
        for binding in LookupInput.BINDINGS
        if isinstance(binding, Binding) and binding.action != "delete_right_all"
    ]

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
        """A number stays at the right edge, where it was before and will be after. The cursor has a column more."""
        line = super().render_line(y)
        width = self.size.width
        blank = width - 1 - len(self.value)
        if not self._grid.in_number or y or blank <= 0:
            return line
        return Strip([Segment(" " * blank, self.rich_style), *line.crop(0, width - blank)])
