"""The only theme: it uses the terminal's sixteen colours, so that a light terminal stays light and a dark one dark."""

from pathlib import Path
from typing import Any

from textual.app import App
from textual.theme import Theme

THEME = Theme(
    name="facturier",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    accent="ansi_cyan",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border": "ansi_cyan",
        "border-blurred": "ansi_bright_black",
        "block-cursor-foreground": "ansi_bright_white",
        "block-cursor-background": "ansi_blue",
        "block-cursor-text-style": "bold",
    },
)


_PACKAGE = Path(__file__).parents[1]
FIRST = _PACKAGE / "first.tcss"  # styles of the first screen; nothing else is read at start
_ALL_OTHERS = str(_PACKAGE / "styles.tcss")


def read_all_styles(app: App[Any]) -> None:
    """Load the remaining styles if they are not loaded yet. Widgets mounted before do not need them."""
    if not app.stylesheet.has_source(_ALL_OTHERS):
        app.stylesheet.read(_ALL_OTHERS)
        app.stylesheet.parse()
