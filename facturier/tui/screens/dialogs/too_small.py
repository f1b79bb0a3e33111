"""What a window shows that is too small for any screen."""

from textual.app import ComposeResult
from textual.events import Resize
from textual.widgets import Static

from facturier.models.text.i18n import _
from facturier.tui.screen import ResultScreen
from facturier.tui.terminal.driver import SMALLEST, too_small


class TooSmallScreen(ResultScreen[None]):
    """Covers everything until the window is large enough. What is below keeps its state."""

    def compose(self) -> ComposeResult:
        words = _("This window is too small. Facturier needs {columns} columns and {lines} lines.")
        yield Static(words.format(columns=SMALLEST[0], lines=SMALLEST[1]), markup=False)

    def on_resize(self, event: Resize) -> None:
        if not too_small(*event.size):
            self.dismiss(None)

    def on_screen_resume(self) -> None:
        # The window may have grown while another screen, such as the help, was above this one.
        if not too_small(*self.app.size):
            self.dismiss(None)
