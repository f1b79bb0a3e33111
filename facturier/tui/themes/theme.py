"""The themes of the screens, and the styles that mean something in each of them.

`terminal` uses the terminal's own sixteen colours, so that a light terminal stays light and a dark one dark. The others
bring their own colours, in `true_colour.py`.

Styles use variables (`$accent`, `$field`), and texts use the styles below, never the name of a colour.
"""

import os
from pathlib import Path
from typing import Any

from rich.style import Style
from textual.app import App
from textual.theme import Theme

# What a text means. The names of colours stand for a slot of sixteen: a terminal's own, or those of a theme's palette.
# Yellow and the bright colours are not used for words: nobody can read them on white.
BOLD = Style(bold=True)
QUIET = Style(dim=True)
SUCCESS = Style(color="green")
WARNING = Style(color="magenta")
ERROR = Style(color="red")
ACTIVE = Style(color="cyan")  # under way, chosen, or a key
DOUBT = Style(color="magenta", bold=True)

TERMINAL = Theme(
    name="terminal",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    accent="ansi_cyan",
    success="ansi_green",
    warning="ansi_magenta",
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
        # The row or field that has the focus.
        "block-cursor-foreground": "ansi_bright_white",
        "block-cursor-background": "ansi_blue",
        "block-cursor-text-style": "bold",
        "input-cursor-background": "ansi_bright_white",
        "input-cursor-foreground": "ansi_black",
        "input-cursor-text-style": "none",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
        # Our own: a field without the focus, and a list that covers what is below it.
        "field": "ansi_default",
        "field-text-style": "underline",
        "menu": "ansi_black",
        "menu-foreground": "ansi_white",
        "menu-cursor": "ansi_cyan",
        "menu-cursor-foreground": "ansi_black",
        # Scrollbars are quieter than anything that is read.
        "scrollbar": "ansi_bright_black",
        "scrollbar-hover": "ansi_cyan",
        "scrollbar-active": "ansi_cyan",
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
    },
)

NAMES = ("terminal", "dark", "light", "contrast")


def chosen_theme(preferred: str) -> str:
    """Return the theme to use: FACTURIER_THEME, else the person's preference, else the terminal's own colours. NO_COLOR
    (no-color.org) and terminals of at most sixteen colours always get the terminal's own."""
    named = os.environ.get("FACTURIER_THEME", "")
    name = named if named in NAMES else preferred
    if name not in NAMES or os.environ.get("NO_COLOR") is not None or _few_colours():
        return TERMINAL.name
    return name


def unknown_theme() -> str:
    """Return the name in FACTURIER_THEME if there is no such theme, or an empty text."""
    name = os.environ.get("FACTURIER_THEME", "")
    return "" if name in NAMES else name


def _few_colours() -> bool:
    term = os.environ.get("TERM", "")
    return "COLORTERM" not in os.environ and not any(many in term for many in ("256", "direct", "kitty", "truecolor"))


_PACKAGE = Path(__file__).parents[2]
FIRST = _PACKAGE / "first.tcss"  # styles of the first screen; nothing else is read at start
_ALL_OTHERS = str(_PACKAGE / "styles.tcss")


def read_all_styles(app: App[Any]) -> None:
    """Load the remaining styles if they are not loaded yet. Widgets mounted before do not need them."""
    if not app.stylesheet.has_source(_ALL_OTHERS):
        app.stylesheet.read(_ALL_OTHERS)
        app.stylesheet.parse()
