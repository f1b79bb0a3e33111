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
    """What a terminal of sixteen colours shows."""

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        return [Segment(text, _downgraded(style), control) for text, style, control in segments]


def _downgraded(style: Style | None) -> Style | None:
    if style is None:
        return None
    return style + Style(color=_nearest(style.color), bgcolor=_nearest(style.bgcolor))


def _nearest(colour: Color | None) -> Color | None:
    return colour.downgrade(ColorSystem.STANDARD) if colour is not None else None


class Symbols(LineFilter):
    """What a terminal without symbols shows: the driver replaces them, and a picture is taken before it."""

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        return [Segment(shown(text), style, control) for text, style, control in segments]


class Look(Enum):
    """How a screen is pictured: in the terminal's colours, in other themes, and on terminals that can show less."""

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
    """The program, whose picture is smaller than Rich's and shows no text that differs from run to run."""

    def __init__(self, ws: Workspace, shown: Shown) -> None:
        super().__init__(ws)
        self._shown = shown
        self._look = Look.PLAIN

    def show(self, look: Look) -> None:
        """Look like this from now on."""
        self._look = look
        self.no_color = look is Look.NO_COLOUR
        choose_glyphs("ascii" if look is Look.ASCII else "unicode")
        self.use_theme(look.value if look in _THEMES else "terminal")
        self.stylesheet.update(self.screen)
        self.screen.refresh_bindings()  # names of keys
        for widget in (self.screen, *self.screen.walk_children()):
            widget.refresh()

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *([_FILTERS[self._look]] if self._look in _FILTERS else [])]

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        return self._shown(smaller(super().export_screenshot(title=title, simplify=simplify)))


class Taken(App[str]):
    """Stands for the program where its picture was taken already."""

    def __init__(self, picture: str) -> None:
        super().__init__()
        self._picture = picture

    def run(self, **_more: object) -> str:
        return self._picture


async def stop_blinking(pilot: Pilot[Any]) -> None:
    """The cursor is in the picture whenever it is taken."""
    for screen in pilot.app.screen_stack:
        for field in (*screen.query(Input), *screen.query(TextArea)):
            field.cursor_blink = False
    await pilot.pause()


def smaller(svg: str) -> str:
    """Without what every picture has again: fonts from the network, the frame of a window, and clipping by line."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<clipPath id="[\w-]*-line-\d+">.*?</clipPath>\s*', "", svg, flags=re.DOTALL)
    svg = re.sub(r' clip-path="url\(#[\w-]*-line-\d+\)"', "", svg)
    svg = re.sub(r'<text class="[\w-]*-title".*?</text>\s*<g .*?</g>\s*', "", svg, flags=re.DOTALL)
    # A line of the screen is one line here. Rich ends it with a text of its own.
    svg = re.sub(r"<text [^>]*>\n</text>", "\n", svg)
    return re.sub(r"\n\s*\n+", "\n", svg)
