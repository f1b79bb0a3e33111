"""What is written for a picture, read by an independent emulator."""

from collections.abc import Sequence

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

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
    """The cells after it did not change, but a terminal that gave it another width has shifted them."""
    shown = Shown()
    shown.put(0, 0, *in_full([("1001 ", None), ("abcd        ", None), ("12.00", None)]))
    shown.write()
    shown.put(0, 0, *in_full([("1001 ", None), ("日本", None), ("        12.00", None)]))
    assert shown.write() == "\x1b[1;6H日本\x1b[1;10H        12.00\x1b[K"
    shown.put(0, 0, *in_full([("1001 ", None), ("efgh        ", None), ("12.00", None)]))
    assert shown.write() == "\x1b[1;6Hefgh        12.00\x1b[K"
    # What is before it is not drawn again, but for what changed.
    shown.put(0, 0, *in_full([("2001 ", None), ("efgh        ", None), ("12.00", None)]))
    assert shown.write() == "\x1b[1H2"
    shown.put(0, 0, *in_full([("3001 ", None), ("efgh     ", None), ("👨‍👩‍👧", None), (" A", None)]))
    assert shown.write() == "\x1b[1H3\x1b[13C👨‍👩‍👧\x1b[1;17H A\x1b[K"


def test_the_cursor_is_placed_again_after_a_text_whose_width_is_not_sure() -> None:
    shown = Shown()
    shown.put(0, 0, *in_full([("日本", None), ("x", Style(bold=True))]))
    shown.put(0, 1, *in_full([("e\u0301", None), ("x", Style(bold=True))]))
    bold = "\x1b[1mx\x1b[m\x1b[K"
    assert shown.write() == f"\x1b[1H日本\x1b[1;5H{bold}\r\ne\u0301\x1b[2;2H{bold}"


def test_blanks_at_the_end_of_a_line_are_erased_whatever_the_style_of_their_text() -> None:
    shown = Shown()
    red = Style(color="red")
    shown.put(0, 0, *in_full([("Sent    ", red)]))
    assert shown.write() == "\x1b[1H\x1b[31mSent\x1b[m\x1b[K"
    shown.put(0, 0, *in_full([("", None)]))
    assert shown.write() == "\x1b[1H\x1b[K"
    # Blanks with a background are cells like others.
    shown.put(0, 0, *in_full([("  ", Style(bgcolor="blue"))]))
    assert shown.write() == "\x1b[1H\x1b[44m  \x1b[m"


def test_blanks_between_two_words_of_one_style_do_not_end_it() -> None:
    shown = Shown()
    red = Style(color="red")
    shown.put(0, 0, *in_full([("3", red), (" ", None), ("late", red)]))
    assert shown.write() == "\x1b[1H\x1b[31m3 late\x1b[m\x1b[K"


def test_cells_that_are_close_are_written_at_once_and_the_next_line_begins_with_a_line_end() -> None:
    shown = Shown()
    shown.write()
    shown.picture.forget()
    shown.put(0, 0, *in_full([("one  two", None)]))
    shown.put(0, 1, *in_full([("three", None)]))
    assert shown.write() == "\x1b[1Hone  two\x1b[K\r\nthree\x1b[K\r\n\x1b[K\r\n\x1b[K"
    shown.put(0, 0, *in_full([("xne  twx", None)]))
    assert shown.write() == "\x1b[1Hx\x1b[6Cx"
    shown.put(0, 0, *in_full([("yne ytwx", None)]))
    assert shown.write() == "\x1b[1Hyne y"


PART = st.tuples(st.integers(0, COLUMNS), st.integers(0, COLUMNS), TEXT, st.booleans())


@settings(max_examples=150, deadline=None)
@given(st.lists(PART, min_size=1, max_size=6))
def test_a_line_that_was_changed_in_parts_looks_like_a_new_one(
    parts: list[tuple[int, int, list[tuple[str, Style | None]], bool]],
) -> None:
    """A part may begin or end within a text whose width is not sure."""
    shown, new = Shown(), Shown()
    line = Strip([Segment(" " * COLUMNS)])
    shown.picture.put(0, 0, line)
    for one, other, words, again in parts:
        start, end = sorted((one, other))
        part = Strip([Segment(text, style) for text, style in in_full(words)]).crop(start, end)
        line = Strip.join([line.crop(0, start), part, line.crop(end, COLUMNS)])
        shown.picture.put(start, 0, part)
        shown.write()
        if again:
            shown.stream.feed("\x1b[2J")
            shown.picture.forget()
            shown.write()
    new.picture.put(0, 0, line)
    new.write()
    assert shown.screen.display[0] == new.screen.display[0]


def test_an_accent_in_a_style_of_its_own_takes_no_cell() -> None:
    """Such as one that the cursor of a field is on."""
    shown = Shown()
    text = f"Andre\u0301 {'-' * (COLUMNS - 7)}│"
    shown.put(0, 0, (text[:5], None), (text[5:6], Style(reverse=True)), (text[6:], None))
    shown.write()
    assert shown.screen.display[0] == f"André {'-' * (COLUMNS - 7)}│"


def test_text_outside_of_the_picture_is_left_out() -> None:
    """The window has become smaller, and what was drawn for the larger one comes late."""
    shown = Shown()
    shown.put(COLUMNS + 2, 0, ("late", None))
    shown.put(COLUMNS - 2, 1, ("late", None))
    shown.put(0, LINES, ("late", None))
    shown.write()
    assert [line.rstrip() for line in shown.screen.display] == ["", f"{'':22}la", "", ""]


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
