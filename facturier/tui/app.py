"""The program on the screen: one company, its list of invoices at the bottom of a stack of screens."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App
from textual.theme import Theme

if TYPE_CHECKING:
    from facturier.mail.desk import Desk

# The terminal's own sixteen colours, so that a light terminal stays light and a dark one dark.
_THEME = Theme(
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


class FacturierApp(App[None]):
    """The screens of one company. `desk` is all that they know of it."""

    CSS_PATH = Path(__file__).with_name("styles.tcss")  # absolute: a subclass may live elsewhere
    TITLE = "Facturier"

    def __init__(self, desk: "Desk") -> None:
        super().__init__()
        self.desk = desk
        self.register_theme(_THEME)
        self.theme = _THEME.name
