"""The line that says, on every screen, that this is not the real thing."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

from facturier.models.language import _
from facturier.tui.widgets.title import shorten_path

if TYPE_CHECKING:
    from facturier.mail.desk import Desk


class Notice(Widget, can_focus=False):
    """One line in the practice company, or where Google's addresses point at a stand-in; nothing otherwise."""

    DEFAULT_CLASSES: ClassVar[str] = "notice"

    def __init__(self, desk: "Desk") -> None:
        super().__init__()
        self._folder = desk.company().practice
        self._stand_in = desk.endpoints.stand_in
        self.display = bool(self._folder or self._stand_in)

    def render(self) -> RenderResult:
        if not self._folder:
            text = _("Google is played by a stand-in: {address}").format(address=self._stand_in)
            return Text(text, no_wrap=True, overflow="ellipsis")
        text = _("Practice: nothing leaves here. Mail: {folder}")
        room = self.size.width - len(text.format(folder=""))
        return Text(text.format(folder=shorten_path(_homely(self._folder), room)), no_wrap=True, overflow="ellipsis")


def _homely(path: str) -> str:
    try:
        return f"~/{Path(path).relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return path
