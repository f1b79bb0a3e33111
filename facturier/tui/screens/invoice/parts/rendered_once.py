"""Render something only once per width. Textual renders it once to measure its height and again to draw it."""

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment


class RenderedOnce:
    def __init__(self, content: RenderableType) -> None:
        self._content = content
        self._width = -1
        self._segments: list[Segment] = []

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> list[Segment]:
        if options.max_width != self._width:
            self._width = options.max_width
            self._segments = list(console.render(self._content, options.update(height=None)))
        return self._segments
