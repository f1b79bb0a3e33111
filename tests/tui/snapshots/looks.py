"""A screen in every look as text: what is in its cells, and their styles. A tenth of the size of as many pictures."""

from collections.abc import Iterator
from itertools import groupby

from rich.segment import Segment
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual._compositor import LayoutUpdate
from textual.app import App

from tests.tui.snapshots.picture import Look
from tests.tui.snapshots.still import Shown

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class LooksExtension(SingleFileSnapshotExtension):
    """Stores the text in a file of its own."""

    _file_extension = "txt"
    _write_mode = WriteMode.TEXT


class Looks:
    """The looks of one screen. What is the same as in the look before is not repeated."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._before: list[str] = []
        self._parts: list[str] = []

    def add(self, look: Look, app: App[None]) -> None:
        drawn = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
        assert isinstance(drawn, LayoutUpdate)
        lines = [[segment for strip in line for segment in strip] for line in drawn.strips]
        text = self._shown("\n".join("".join(segment.text for segment in line).rstrip() for line in lines))
        letters: dict[str, str] = {}
        styled = "\n".join(" ".join(_runs(line, letters)) for line in lines)
        legend = "\n".join(f"{letter}: {style}" for style, letter in letters.items())
        found = [text, styled, legend]
        self._parts += [f"=== {look.value}", *(part for part in found if part not in self._before)]
        self._before = found

    def __str__(self) -> str:
        return "\n".join(self._parts)


def _runs(line: list[Segment], letters: dict[str, str]) -> Iterator[str]:
    """Yield the letter of each style in a line and its number of cells. A new style gets the next letter."""
    for style, same in groupby(line, key=lambda segment: str(segment.style)):
        place = len(letters)
        letter = letters.setdefault(style, _LETTERS[place] if place < len(_LETTERS) else f"<{place}>")
        yield f"{letter}{sum(segment.cell_length for segment in same)}"
