"""Themes with colours of their own. Every text has a contrast of 4.5:1 or more (WCAG 2.2, success criterion 1.4.3)."""

from typing import NamedTuple

from rich.terminal_theme import TerminalTheme
from textual.theme import Theme


class _Colours(NamedTuple):
    """Colours as #rrggbb. `chosen` is the row or field that has the focus; `field` is a field without the focus."""

    text: str
    background: str
    raised: str
    field: str
    chosen: str
    chosen_text: str
    accent: str
    rule: str
    error: str
    success: str
    warning: str
    dark: bool


_COLOURS = {
    "dark": _Colours(
        text="#e4e6eb",
        background="#14171c",
        raised="#20252d",
        field="#2b323d",
        chosen="#164a8f",
        chosen_text="#ffffff",
        accent="#5fc9d8",
        rule="#5b6675",
        error="#ff8a80",
        success="#63d297",
        warning="#f0b74f",
        dark=True,
    ),
    "light": _Colours(
        text="#1b1f24",
        background="#ffffff",
        raised="#f3f5f8",
        field="#e6eaf0",
        chosen="#0a4a96",
        chosen_text="#ffffff",
        accent="#005f73",
        rule="#8a94a3",
        error="#b3261e",
        success="#176334",
        warning="#7d4b00",
        dark=False,
    ),
    "contrast": _Colours(
        text="#ffffff",
        background="#000000",
        raised="#1a1a1a",
        field="#303030",
        chosen="#ffff00",
        chosen_text="#000000",
        accent="#00ffff",
        rule="#ffffff",
        error="#ff9e9e",
        success="#7dff7d",
        warning="#ffd75f",
        dark=True,
    ),
}


def theme(name: str) -> Theme:
    """Return one of these themes."""
    colours = _COLOURS[name]
    return Theme(
        name=name,
        dark=colours.dark,
        primary=colours.chosen,
        secondary=colours.accent,
        accent=colours.accent,
        success=colours.success,
        warning=colours.warning,
        error=colours.error,
        foreground=colours.text,
        background=colours.background,
        surface=colours.raised,
        panel=colours.raised,
        boost=colours.raised,
        variables={
            "text": colours.text,
            "text-muted": colours.text,
            "text-disabled": colours.text,
            "foreground-muted": colours.text,
            "border": colours.accent,
            "border-blurred": colours.rule,
            "block-cursor-foreground": colours.chosen_text,
            "block-cursor-background": colours.chosen,
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-foreground": colours.text,
            "block-cursor-blurred-background": colours.raised,
            "block-cursor-blurred-text-style": "bold",
            "block-hover-background": colours.raised,
            "input-cursor-background": colours.text,
            "input-cursor-foreground": colours.background,
            "input-cursor-text-style": "none",
            "input-selection-background": colours.accent,
            "input-selection-foreground": colours.background,
            "field": colours.field,
            "field-text-style": "none",
            "menu": colours.field,
            "menu-foreground": colours.text,
            "menu-cursor": colours.chosen,
            "menu-cursor-foreground": colours.chosen_text,
            "scrollbar": colours.rule,
            "scrollbar-hover": colours.accent,
            "scrollbar-active": colours.accent,
            "scrollbar-background": colours.background,
            "scrollbar-background-hover": colours.background,
            "scrollbar-background-active": colours.background,
            "scrollbar-corner-color": colours.background,
            "link-color": colours.accent,
            "link-background-hover": colours.chosen,
            "link-color-hover": colours.chosen_text,
        },
    )


def palette(name: str) -> TerminalTheme:
    """Return what the sixteen colours of texts become in a theme: see `facturier.tui.themes.theme`."""
    colours = _COLOURS[name]
    # black, red, green, yellow, blue, magenta, cyan, white; then the bright ones
    first, *rest = (
        colours.raised,
        colours.error,
        colours.success,
        colours.warning,
        colours.chosen,
        colours.warning,
        colours.accent,
        colours.text,
    )
    normal, bright = [_rgb(shade) for shade in (first, *rest)], [_rgb(shade) for shade in (colours.text, *rest)]
    return TerminalTheme(_rgb(colours.background), _rgb(colours.text), normal, bright)


def _rgb(shade: str) -> tuple[int, int, int]:
    return int(shade[1:3], 16), int(shade[3:5], 16), int(shade[5:7], 16)
