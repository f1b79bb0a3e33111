"""The first line of a screen: its title on the left, its state on the right."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.app import RenderResult
from textual.reactive import reactive
from textual.widget import Widget

from facturier.models.text.i18n import _

if TYPE_CHECKING:
    from facturier.mail.workspace import Workspace


class Title(Widget, can_focus=False):
    """One line with two sides. If they do not fit, the left side is cut. Each side is plain text, or rich Text with
    styles and with an `@click` action."""

    DEFAULT_CLASSES: ClassVar[str] = "title"
    auto_links: reactive[bool] = reactive(False)  # a part that reacts to a click looks like the others

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
    """Shorten a path to at most `width` cells. The beginning is cut, because the end tells paths apart."""
    if cell_len(path) <= width:
        return path
    return "…" + set_cell_size(path[::-1], max(width - 1, 0))[::-1]


class Banner(Widget, can_focus=False):
    """One line in the demo company or with a Google simulator; hidden otherwise."""

    DEFAULT_CLASSES: ClassVar[str] = "notice"

    def __init__(self, ws: "Workspace", hint: str = "") -> None:
        """`hint` is shown at the right in the demo company."""
        super().__init__()
        self._hint = hint
        self._folder = ws.company().practice
        self._stand_in = ws.endpoints.stand_in
        self.display = bool(self._folder or self._stand_in)

    def render(self) -> RenderResult:
        if not self._folder:
            text = _("Using a Google simulator: {address}").format(address=self._stand_in)
            return Text(text, no_wrap=True, overflow="ellipsis")
        text = _("Demo: no email is sent. Saved in {folder}")
        room = self.size.width - len(text.format(folder="")) - (cell_len(self._hint) + 2 if self._hint else 0)
        words = Text(text.format(folder=shorten_path(_homely(self._folder), max(room, 0))))
        words.pad_right(self.size.width - words.cell_len - cell_len(self._hint))
        return words.append(self._hint)


def _homely(path: str) -> str:
    try:
        return f"~/{Path(path).relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return path
