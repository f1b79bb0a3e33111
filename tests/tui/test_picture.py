"""What is written for a picture, read by an independent emulator."""

from collections.abc import Sequence

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from facturier.tui.picture import Picture

COLUMNS, LINES = 24, 4
STYLES = [
    None,
    Style(bold=True),
    Style(color="red"),
    Style(bgcolor="blue"),
    Style(reverse=True),
    Style(color="default"),
]
WORDS = ["a", "Sent", "   ", "  x ", "Événement", "─", "✓ ", "日本", "é", "🙂", "\u0e19\u0e33"]
TEXT = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(STYLES)), max_size=6)
PIECES = st.lists(st.tuples(st.integers(0, COLUMNS - 1), st.integers(0, LINES - 1), TEXT), max_size=6)


class Shown:
    """A picture, and the terminal that shows it."""

    def __init__(self) -> None:
        self.picture = Picture()
        self.picture.use_size(COLUMNS, LINES)
        self.screen = pyte.Screen(COLUMNS, LINES)
        self.stream = pyte.Stream(self.screen)

    def put(self, x: int, y: int, *words: tuple[str, Style | None]) -> None:
        self.picture.put(x, y, [Segment(text, style) for text, style in words])

    def write(self) -> str:
        changes = self.picture.changes()
        self.stream.feed(changes)
        return changes

    def cells(self) -> list[list[tuple[object, ...]]]:
        """Each cell with what can be seen of its style."""
        return [[_seen(self.screen.buffer[y][x]) for x in range(COLUMNS)] for y in range(LINES)]


def _seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    shape = (cell.bg, cell.reverse)
    return (cell.data, *shape) if cell.data == " " and not cell.reverse else (cell.data, *shape, cell.fg, cell.bold)


def in_full(words: Sequence[tuple[str, Style | None]]) -> list[tuple[str, Style | None]]:
    """A text that fills a line, as Textual draws one."""
    found: list[tuple[str, Style | None]] = []
    room = COLUMNS
    for text, style in words:
        if (width := Segment(text).cell_length) <= room:
            found.append((text, style))
            room -= width
    return [*found, (" " * room, None)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(TEXT, min_size=LINES, max_size=LINES), min_size=1, max_size=4))
def test_a_changed_picture_looks_like_a_new_one(pictures: list[list[list[tuple[str, Style | None]]]]) -> None:
    shown = Shown()
    for lines in pictures:
        new = Shown()
        for y, words in enumerate(lines):
            shown.put(0, y, *in_full(words))
            new.put(0, y, *in_full(words))
        shown.write()
        new.write()
        assert shown.cells() == new.cells()
        assert not shown.write()  # nothing has changed


def test_only_what_changed_is_written() -> None:
    shown = Shown()
    shown.put(0, 1, *in_full([("1001  Tremblay  Queued", None)]))
    shown.write()
    shown.put(0, 1, *in_full([("1001  Tremblay  Sent", None)]))
    assert shown.write() == "\x1b[2;17HSent\x1b[K"
    shown.put(6, 1, ("Harbour", Style(bold=True)))
    assert shown.write() == "\x1b[2;7H\x1b[1mHarbour\x1b[m"
    assert shown.screen.display[1].rstrip() == "1001  Harboury  Sent"


def test_what_changes_back_before_it_is_written_costs_nothing() -> None:
    shown = Shown()
    shown.put(0, 0, *in_full([("Queued", None)]))
    shown.write()
    shown.put(0, 0, *in_full([("Sending", None)]))
    shown.put(0, 0, *in_full([("Queued", None)]))
    assert not shown.write()


def test_a_line_is_drawn_again_after_a_text_whose_width_terminals_do_not_agree_on() -> None:
    shown = Shown()
    shown.put(0, 0, *in_full([("👨‍👩‍👧 Family", None), ("12.00", None)]))
    shown.write()
    shown.put(0, 0, *in_full([("Other  ", None), ("12.00", None)]))
    assert shown.write().endswith("Other  12.00\x1b[K")


def test_everything_is_drawn_again_once_it_is_forgotten() -> None:
    shown = Shown()
    shown.put(0, 0, *in_full([("Sent", None)]))
    shown.write()
    shown.stream.feed("\x1b[1;1HWALL: the system goes down\r\nnow")
    shown.picture.forget()
    shown.write()
    assert [line.rstrip() for line in shown.screen.display] == ["Sent", "", "", ""]


def test_links_and_colours() -> None:
    shown = Shown()
    shown.put(0, 0, ("page", Style(link="https://example.com", color="red")), (" x", None))
    red = "\x1b[31m\x1b]8;id=f;https://example.com\x1b\\"
    assert shown.write().startswith(f"\x1b[1H{red}page\x1b[m\x1b]8;;\x1b\\ x")
    shown.picture.use_colours(ColorSystem.STANDARD)
    shown.put(0, 1, ("a", Style(color="#ff0000")))
    assert shown.write().startswith("\x1b[2H\x1b[31ma")
