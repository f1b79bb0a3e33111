"""The first line of a screen: what it shows on the left, how it stands on the right."""

from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.app import RenderResult
from textual.reactive import reactive
from textual.widget import Widget


class Title(Widget, can_focus=False):
    """One line. Where both sides do not fit, the left one is cut. Plain text, or rich Text where it has styles."""

    DEFAULT_CLASSES: ClassVar[str] = "title"

    left: reactive[str | Text] = reactive[str | Text]("")
    right: reactive[str | Text] = reactive[str | Text]("")

    def __init__(self, left: str | Text = "", right: str | Text = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(Title.left, left)
        self.set_reactive(Title.right, right)

    def render(self) -> RenderResult:
        width = self.size.width
        right = _text(self.right)
        right.truncate(width, overflow="ellipsis")
        left = _text(self.left)
        room = width - right.cell_len - (2 if right else 0)
        left.truncate(max(room, 0), overflow="ellipsis")
        gap = width - left.cell_len - right.cell_len
        return Text.assemble(left, " " * gap, right, no_wrap=True)


def _text(part: str | Text) -> Text:
    return part.copy() if isinstance(part, Text) else Text(part)


def shorten_path(path: str, width: int) -> str:
    """A path in at most `width` cells: its end is what tells it apart, so its beginning goes."""
    if cell_len(path) <= width:
        return path
    return "…" + set_cell_size(path[::-1], max(width - 1, 0))[::-1]
