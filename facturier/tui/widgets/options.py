"""A list of options to choose from, also before it is laid out and where there is no room for it."""

from textual.geometry import Size
from textual.widgets import OptionList

_NARROWEST = 4  # columns: Textual 8.2 cannot wrap what is narrower than its own margins


class Options(OptionList):
    """Textual's own fails on Page Down before it has lines, and in a terminal one column wide."""

    def action_page_up(self) -> None:
        if self._lines:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        if self._lines:
            super().action_page_down()  # type: ignore[no-untyped-call]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return super().get_content_height(container, viewport, max(width, _NARROWEST))

    def _update_lines(self) -> None:
        if self.scrollable_content_region.width >= _NARROWEST:
            super()._update_lines()
