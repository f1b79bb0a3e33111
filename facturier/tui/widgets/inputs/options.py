"""A list of options to choose from, also before it is laid out and where there is no room for it."""

from typing import TYPE_CHECKING, Any

from textual.geometry import Size
from textual.widgets import OptionList

_NARROWEST = 4  # columns: Textual 8.2 cannot wrap what is narrower than its own margins

if TYPE_CHECKING:
    _Listed = OptionList
else:
    _Listed = object  # styles follow the first base that is a widget


class Patient(_Listed):
    """For a list of Textual's, which fails on Page Up and Page Down while the option under the cursor has no lines yet
    (right after the list opens or gets another size), and in a terminal one column wide."""

    def _move_page(self, direction: Any) -> None:
        if (self.highlighted or 0) in self._index_to_line:
            super()._move_page(direction)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return super().get_content_height(container, viewport, max(width, _NARROWEST))

    def _update_lines(self) -> None:
        if self.scrollable_content_region.width >= _NARROWEST:
            super()._update_lines()


class Options(Patient, OptionList):
    """The list that the screens use."""
