"""The picture of a screen, as it is stored."""

import re
from collections.abc import Sequence
from typing import Any

from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color as TextualColor
from textual.filter import LineFilter
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from facturier.mail.workspace import Workspace
from facturier.tui.app import FacturierApp
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


class PicturedApp(FacturierApp):
    """The program, whose picture is smaller than Rich's and shows no text that differs from run to run."""

    def __init__(self, ws: Workspace, shown: Shown, *, sixteen: bool = False) -> None:
        super().__init__(ws)
        self._shown = shown
        self._sixteen = sixteen

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *([SixteenColours()] if self._sixteen else [])]

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
