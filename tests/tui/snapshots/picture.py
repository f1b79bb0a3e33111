"""The picture of a screen, as it is stored."""

import re
from collections.abc import Sequence
from enum import Enum
from typing import Any

from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color as TextualColor
from textual.filter import LineFilter, NoColor
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from facturier.mail.workspace import Workspace
from facturier.tui.app import FacturierApp
from facturier.tui.terminal.glyphs import choose_glyphs, shown
from tests.tui.snapshots.still import Shown


class SixteenColours(LineFilter):
    """Shows what a terminal with sixteen colours shows."""

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        return [Segment(text, _downgraded(style), control) for text, style, control in segments]


def _downgraded(style: Style | None) -> Style | None:
    if style is None:
        return None
    return style + Style(color=_nearest(style.color), bgcolor=_nearest(style.bgcolor))


def _nearest(colour: Color | None) -> Color | None:
    return colour.downgrade(ColorSystem.STANDARD) if colour is not None else None


class Symbols(LineFilter):
    """Shows what a terminal without symbols shows. The driver replaces them, but a picture is taken before that."""

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        return [Segment(shown(text), style, control) for text, style, control in segments]


class Look(Enum):
    """The look of a picture: the terminal's colours, other themes, and terminals that can show less."""

    PLAIN = "terminal"
    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"
    SIXTEEN = "sixteen"
    NO_COLOUR = "no-colour"
    ASCII = "ascii"


_THEMES = {Look.DARK, Look.LIGHT, Look.CONTRAST}
_FILTERS: dict[Look, LineFilter] = {
    Look.SIXTEEN: SixteenColours(),
    Look.NO_COLOUR: NoColor(),
    Look.ASCII: Symbols(),
}


class PicturedApp(FacturierApp):
    """The program with pictures that are smaller than Rich's and have no text that varies between runs."""

    def __init__(self, ws: Workspace, shown: Shown) -> None:
        super().__init__(ws)
        self._shown = shown
        self._look = Look.PLAIN

    def show(self, look: Look) -> None:
        """Use this look from now on."""
        self._look = look
        self.no_color = look is Look.NO_COLOUR
        choose_glyphs("ascii" if look is Look.ASCII else "unicode")
        self.use_theme(look.value if look in _THEMES else "terminal")
        self.stylesheet.update(self.screen)
        self.screen.refresh_bindings()  # because the names of keys differ
        for screen in self.screen_stack:  # those below a dialog are seen, too
            for widget in (screen, *screen.walk_children()):
                widget.refresh()

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *([_FILTERS[self._look]] if self._look in _FILTERS else [])]

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        return self._shown(smaller(super().export_screenshot(title=title, simplify=simplify)))


class Taken(App[str]):
    """Replaces the program if its picture was already taken."""

    def __init__(self, picture: str) -> None:
        super().__init__()
        self._picture = picture

    def run(self, **_more: object) -> str:
        return self._picture


async def stop_blinking(pilot: Pilot[Any]) -> None:
    """Stop the cursor from blinking, so that every picture shows it."""
    for screen in pilot.app.screen_stack:
        for field in (*screen.query(Input), *screen.query(TextArea)):
            field.cursor_blink = False
    await pilot.pause()


def smaller(svg: str) -> str:
    """Remove what all pictures have in common: fonts from the network, the window frame, and clipping of lines."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<clipPath id="[\w-]*-line-\d+">.*?</clipPath>\s*', "", svg, flags=re.DOTALL)
    svg = re.sub(r' clip-path="url\(#[\w-]*-line-\d+\)"', "", svg)
    svg = re.sub(r'<text class="[\w-]*-title".*?</text>\s*<g .*?</g>\s*', "", svg, flags=re.DOTALL)
    # Make each line of the screen one line here. Rich ends it with a text element of its own.
    svg = re.sub(r"<text [^>]*>\n</text>", "\n", svg)
    return re.sub(r"\n\s*\n+", "\n", svg)
