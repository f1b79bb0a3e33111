"""Lists of options."""

from typing import TYPE_CHECKING, Any

from textual.geometry import Size

if TYPE_CHECKING:
    from textual.widgets import OptionList

    _OptionList = OptionList
else:
    _OptionList = object  # avoids loading OptionList; Textual takes styles from the first base class that is a widget

_NARROWEST = 4  # columns: Textual cannot wrap options that are narrower than its own margins


class Patient(_OptionList):
    """A fix for Textual's OptionList, which fails on Page Up and Page Down while the highlighted option has not been
    laid out (right after the list opens or is resized), and in a terminal one column wide."""

    def _move_page(self, direction: Any) -> None:
        if (self.highlighted or 0) in self._index_to_line:
            super()._move_page(direction)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return super().get_content_height(container, viewport, max(width, _NARROWEST))

    def _update_lines(self) -> None:
        if self.scrollable_content_region.width >= _NARROWEST:
            super()._update_lines()
