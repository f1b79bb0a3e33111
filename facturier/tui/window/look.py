"""The look of an app: theme, symbols, and classes for the size of the window."""

from typing import TYPE_CHECKING

from textual.app import App
from textual.events import Resize

from facturier.models.company.user import Preferences
from facturier.tui.terminal.driver import too_small
from facturier.tui.terminal.glyphs import choose_glyphs
from facturier.tui.themes.theme import FIRST, TERMINAL, chosen_theme

if TYPE_CHECKING:
    from rich.terminal_theme import TerminalTheme


class Look(App[None], inherit_bindings=False):
    """Create it with `ansi_color=True`. Otherwise, Textual prepares NO_COLOR for a theme of 24-bit colours."""

    CSS_PATH = FIRST  # an absolute path, because subclasses are in other folders
    TITLE = "Facturier"
    # These apply to all screens, but a screen can define its own. `-tiny` has one column.
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (120, "-wide")]  # noqa: RUF012 (Textual's)
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012 (Textual's)
    ENABLE_COMMAND_PALETTE = False  # our own palette uses the same bindings as the help, and is translated
    _palette: "TerminalTheme | None" = None

    def use_theme(self, name: str) -> None:
        """Use the theme `name` from now on, one of `facturier.tui.themes.theme.NAMES`."""
        if name == TERMINAL.name:
            self.register_theme(TERMINAL)
        else:
            from facturier.tui.themes import true_colour

            self._palette = true_colour.palette(name)
            self.register_theme(true_colour.theme(name))
        self.ansi_color = name == TERMINAL.name
        self.theme = name

    def use_preferred_theme(self, preferences: Preferences) -> None:
        """Use the theme of the environment or of these preferences."""
        self.use_theme(chosen_theme(preferences.theme))

    def use_symbols(self, preferences: Preferences) -> None:
        """Use the symbols that the terminal, the environment or these preferences ask for."""
        if not self.is_headless:
            choose_glyphs(preferences.glyphs)

    @property
    def ansi_theme(self) -> "TerminalTheme":
        """The colours for the sixteen terminal colours, in a theme with 24-bit colours."""
        return self._palette or super().ansi_theme

    def on_resize(self, event: Resize) -> None:
        if not too_small(*event.size) or not self.screen_stack:
            return
        from facturier.tui.screens.dialogs.too_small import TooSmallScreen

        if not isinstance(self.screen, TooSmallScreen):
            self.push_screen(TooSmallScreen())
