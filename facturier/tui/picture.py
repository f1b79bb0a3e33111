"""What the terminal shows, cell by cell, so that only the cells that changed are written.

Textual writes every region that it draws again in full, with all blanks and a reset after each piece of text. Over a
slow line, and in tmux, most of that is repeated.
"""

import re
from collections.abc import Iterable

from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

# Characters that have one cell in every terminal. Terminals do not agree on the width of others, such as emoji.
_SURE = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    "\u2190-\u21ff\u2200-\u22ff\u23ce\u2423\u2500-\u25fc\u2600-\u2603\u26a0\u2713-\u2718]*"
)
_HEAD, _REST = "\1", "\0"  # mark the first cell and the other cells of a text whose width is not sure
_NEAR = 5  # cells that did not change are written again if there are fewer: moving the cursor takes as many bytes
_ERASE = "\x1b[K"
_LINK = "\t"  # in a style: an address follows the codes
_UNKNOWN = ""  # a cell of which nothing is known


class _Row:
    """The cells of one line: the character of each, and the codes of its style."""

    __slots__ = ("chars", "styles", "unsure")

    def __init__(self, columns: int, char: str) -> None:
        self.chars = [char] * columns
        self.styles = [""] * columns
        self.unsure = False  # whether there is, or was, text whose width is not sure

    def copy_from(self, other: "_Row") -> None:
        self.chars[:] = other.chars
        self.styles[:] = other.styles


class Picture:
    """What should be on the terminal, and what is on it."""

    def __init__(self) -> None:
        self.size = (0, 0)  # columns and lines
        self._wanted: list[_Row] = []
        self._drawn: list[_Row] = []
        self._changed: set[int] = set()
        self._colours = ColorSystem.TRUECOLOR
        self._codes: dict[Style | None, tuple[str, str]] = {}
        self._blank: dict[str, str] = {}  # the codes that a blank cell needs instead of these

    def use_size(self, columns: int, lines: int) -> None:
        """Set the size of the picture. If it has changed, everything is drawn again."""
        if (columns, lines) != self.size:
            self.size = columns, lines
            self._wanted = [_Row(columns, " ") for _line in range(lines)]
            self._drawn = [_Row(columns, _UNKNOWN) for _line in range(lines)]
            self._changed.clear()

    def use_colours(self, system: ColorSystem) -> None:
        if system is not self._colours:
            self._colours = system
            self._codes.clear()

    def forget(self) -> None:
        """The terminal may show anything: draw everything again."""
        columns, lines = self.size
        self._drawn = [_Row(columns, _UNKNOWN) for _line in range(lines)]
        self._changed.update(range(lines))

    def put(self, x: int, y: int, segments: Iterable[Segment]) -> None:
        """Show text from column `x` of line `y` on."""
        columns, lines = self.size
        if not (0 <= y < lines and 0 <= x < columns):
            return
        self._changed.add(y)
        row = self._wanted[y]
        chars: list[str] = []
        styles: list[str] = []
        for text, style, control in segments:
            if control or not text:
                continue
            codes, blank = self._codes.get(style) or self._codes_of(style)
            sure = _SURE.match(text)
            end = sure.end() if sure else 0
            if end < len(text):
                end = max(end - 1, 0)  # the next character may be an accent on this one
            core = text[:end].rstrip(" ")
            chars += text[:end]
            styles += [codes] * len(core)
            styles += [blank] * (end - len(core))
            if end < len(text):
                row.unsure = True
                cells = _unsure_cells(text[end:])
                if not cells:  # such as an accent in a style of its own
                    _append(chars, text[end:])
                chars += cells
                styles += [codes] * len(cells)
        room = columns - x
        if row.unsure:
            _split(row.chars, x)
            _split(row.chars, x + len(chars))
        row.chars[x : x + len(chars)] = chars[:room]
        row.styles[x : x + len(styles)] = styles[:room]

    def changes(self) -> str:
        """Return what to write so that the terminal shows the picture, and take it as written."""
        pen = _Pen(self._blank)
        for y in sorted(self._changed):
            wanted, drawn = self._wanted[y], self._drawn[y]
            if wanted.chars != drawn.chars or wanted.styles != drawn.styles:
                self._draw(y, wanted, drawn, pen)
                drawn.copy_from(wanted)
        self._changed.clear()
        return pen.finish()

    def _draw(self, y: int, wanted: _Row, drawn: _Row, pen: "_Pen") -> None:
        chars, styles = wanted.chars, wanted.styles
        cells = zip(chars, styles, drawn.chars, drawn.styles, strict=True)
        changed = [x for x, (char, style, was, styled) in enumerate(cells) if char != was or style != styled]
        if wanted.unsure:
            changed = _with_unsure(changed, wanted, drawn)
        end = len(chars)
        while end and chars[end - 1] == " " and not styles[end - 1]:
            end -= 1
        for start, stop in _runs([x for x in changed if x < end]):
            pen.move(start, y)
            pen.write(chars, styles, start, stop)
        if changed and changed[-1] >= end:
            pen.erase(end, y)

    def _codes_of(self, style: Style | None) -> tuple[str, str]:
        """Return the codes of a style, and those that blank cells need: of them, only the background is seen."""
        if style is None:
            return "", ""
        behind = self._colour(style.bgcolor, foreground=False)
        shape = Strip.render_ansi(style.without_color, self._colours)
        codes = ";".join(filter(None, (shape, self._colour(style.color), behind)))
        seen = style.reverse or style.underline or style.underline2 or style.strike or style.overline
        blank = codes if seen else behind
        if style.link:
            codes = blank = f"{codes}{_LINK}{style.link}"
        self._blank[codes] = blank
        self._codes[style] = codes, blank
        return codes, blank

    def _colour(self, colour: Color | None, *, foreground: bool = True) -> str:
        """Return the codes of a colour; none for that of the terminal."""
        if colour is None or colour.is_default:
            return ""
        return ";".join(colour.downgrade(self._colours).get_ansi_codes(foreground))


def _unsure_cells(text: str) -> list[str]:
    """Return the cells of a text whose width is not sure; none if it has no width."""
    width = cell_len(text)
    return [_HEAD + text, *(f"{_REST}{cell}{text}" for cell in range(1, width))] if width else []


def _append(chars: list[str], text: str) -> None:
    """Add a text without a width to the last cell."""
    last = len(chars) - 1
    while last >= 0 and chars[last][0] == _REST:
        last -= 1
    if last >= 0:
        chars[last:] = _unsure_cells(chars[last].removeprefix(_HEAD) + text)


def _split(chars: list[str], x: int) -> None:
    """Make a text whose width is not sure into two if it goes across column `x`: one of them is replaced."""
    if not 0 < x < len(chars) or chars[x][:1] != _REST:
        return
    first = last = x
    while chars[first][0] == _REST:
        first -= 1
    while last < len(chars) and chars[last][0] == _REST:
        last += 1
    before, after = Strip([Segment(chars[first][1:])]).divide([x - first, last - first])
    chars[first:last] = [*_unsure_cells(before.text), *_unsure_cells(after.text)]


def _runs(changed: list[int]) -> Iterable[tuple[int, int]]:
    """Return the start and end of each run of changed cells; those that are close together are one."""
    start = stop = -_NEAR
    for x in changed:
        if x >= stop + _NEAR:
            if stop > start:
                yield start, stop
            start = x
        stop = x + 1
    if stop > start:
        yield start, stop


def _with_unsure(changed: list[int], wanted: _Row, drawn: _Row) -> list[int]:
    """Return the cells to draw. If the width of a text is not sure, it may have shifted the cells after it: they are
    drawn again. The first cell of such a text changes whenever another one of it does."""
    for place, x in enumerate(changed):
        if _HEAD in (wanted.chars[x][:1], drawn.chars[x][:1]):
            return [*changed[:place], *range(x, len(wanted.chars))]
    return changed


class _Pen:
    """Collects what to write, and knows where the cursor is and which style is set."""

    def __init__(self, blank: dict[str, str]) -> None:
        self._blank = blank
        self._parts: list[str] = []
        self._at: tuple[int, int] | None = None
        self._style = ""

    def move(self, x: int, y: int) -> None:
        if self._at == (x, y):
            return
        before, line = self._at or (0, -1)
        if line == y and before < x:
            self._parts.append(f"\x1b[{x - before}C")
        elif x == 0 and line >= 0 and y == line + 1:
            self._parts.append("\r\n")
        else:
            self._parts.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H")
        self._at = x, y

    def write(self, chars: list[str], styles: list[str], start: int, stop: int) -> None:
        """Write these cells of a line where the cursor is."""
        assert self._at
        line = self._at[1]
        for x in range(start, stop):
            char = chars[x]
            if char[0] == _REST:
                self._at = None
                continue
            if not self._at:
                self.move(x, line)
            if char != " " or self._blank.get(self._style, self._style) != styles[x]:
                self._use(styles[x])
            if char[0] == _HEAD:
                self._parts.append(char[1:])
                self._at = None
            else:
                self._parts.append(char)
        if self._at:
            self._at = stop, line

    def erase(self, x: int, y: int) -> None:
        """Erase the rest of the line."""
        self._use("")
        self.move(x, y)
        self._parts.append(_ERASE)

    def finish(self) -> str:
        self._use("")
        return "".join(self._parts)

    def _use(self, style: str) -> None:
        if style == self._style:
            return
        codes, _tab, link = style.partition(_LINK)
        before, _tab, linked = self._style.partition(_LINK)
        if codes != before:
            self._parts.append(f"\x1b[{'0;' if before and codes else ''}{codes}m")
        if link != linked:
            # Terminals join the lines of an address by its `id`.
            self._parts.append(f"\x1b]8;{'id=f' if link else ''};{link}\x1b\\")
        self._style = style
