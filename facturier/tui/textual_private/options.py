"""Lists of options."""

from typing import TYPE_CHECKING, Any

from textual.geometry import Region, Size
from textual.strip import Strip

if TYPE_CHECKING:
    from textual.widgets import OptionList

    _OptionList = OptionList
else:
    _OptionList = object  # avoids loading OptionList; Textual takes styles from the first base class that is a widget

_NARROWEST = 4  # columns: Textual cannot wrap options that are narrower than its own margins


class Patient(_OptionList):
    """A fix for Textual's OptionList, which fails on Page Up and Page Down while the highlighted option has not been
    laid out (right after the list opens or is resized), and in a terminal one column wide."""

    _drawing = False

    def _move_page(self, direction: Any) -> None:
        if (self.highlighted or 0) in self._index_to_line:
            super()._move_page(direction)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return super().get_content_height(container, viewport, max(width, _NARROWEST))

    def render_lines(self, crop: Region) -> list[Strip]:
        self._update_lines()
        self._drawing = True
        try:
            return super().render_lines(crop)
        finally:
            self._drawing = False

    def _update_lines(self) -> None:
        # Nothing changes while it draws, but Textual asks again for each line.
        if not self._drawing and self.scrollable_content_region.width >= _NARROWEST:
            super()._update_lines()
