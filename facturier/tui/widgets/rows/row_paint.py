"""Draw the lines of a list: cells in columns, cursor, marks and heading."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from facturier.tui.widgets.rows.columns import GAP, Column, RowT

GUTTER = 3  # cells for the cursor, the mark and a space
_BLANK = " " * GAP


class RowStyles:
    """The styles of a list during one drawing pass, looked up once each."""

    def __init__(self, widget: Widget) -> None:
        self.base = widget.rich_style
        self.console = widget.app.console
        self._widget = widget
        self._parts: dict[str, Style] = {}
        self._styles: dict[str | Style, Style] = {"": self.base}

    def part(self, name: str) -> Style:
        """Return the style of a part of the list: `cursor`, `cursor-blurred`, `bar`, `mark` or `heading`."""
        if (found := self._parts.get(name)) is None:
            found = self._parts[name] = self.base + self._widget.get_component_rich_style(f"row-list--{name}")
        return found

    def of(self, style: str | Style) -> Style:
        """Return a cell's style on top of the list's own."""
        if (found := self._styles.get(style)) is None:
            found = self._styles[style] = self.base + self.console.get_style(style)
        return found


class _Line:
    """Builds one line. Adjacent texts with the same style are merged, because each style change costs about a dozen
    bytes on the wire."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        self._text = ""
        self._style: Style | None = None

    def add(self, text: str, style: Style) -> None:
        if not text:
            return
        if style is self._style or style == self._style:
            self._text += text
            return
        if self._text:
            self._segments.append(Segment(self._text, self._style))
        self._text, self._style = text, style

    def strip(self, width: int) -> Strip:
        return Strip([*self._segments, Segment(self._text, self._style)], width)


def draw_row(
    row: RowT,
    columns: Sequence[tuple[Column[RowT], int]],
    width: int,
    look: RowStyles,
    *,
    cursor: str = "",
    bar: bool = False,
    marked: bool = False,
) -> Strip:
    """Draw a row in `width` cells. `columns` pairs each column with its width. `cursor` names the style of the cursor's
    row, which fills the whole line if `bar` is set; it is empty for other rows."""
    style = look.part(cursor) if bar else look.base
    line = _Line()
    line.add("▌" if cursor else " ", look.part("bar") if cursor else look.base)
    line.add("◆" if marked else " ", look.part("mark") if marked else look.base)
    blank = " "
    for column, room in columns:
        line.add(blank, style)
        blank = _BLANK
        cell = column.cell(row)
        if not cell.spans:
            # On the cursor's bar only the bar's own colour is sure to be legible.
            line.add(_sized(cell.plain, room, column.right), style if bar else look.of(cell.style))
        else:
            cell.truncate(room, overflow="ellipsis")
            cell.align("right" if column.right else "left", room)
            drawn = Segment.apply_style(cell.render(look.console), look.console.get_style(cell.style))
            for text, own, _control in drawn:
                line.add(text, style if bar else look.of(own or ""))
    used = GUTTER + sum(room for _column, room in columns) + GAP * (len(columns) - 1)
    line.add(" " * (width - used), style)
    return line.strip(width)


def draw_heading(
    columns: Sequence[tuple[Column[RowT], int]], width: int, look: RowStyles, sorting: tuple[str, bool]
) -> Strip:
    """Draw the column titles, with an arrow for the sort direction."""
    text = " " * GUTTER
    for position, (column, room) in enumerate(columns):
        title = column.title
        if column.key and column.key == sorting[0]:
            arrow = "▼" if sorting[1] else "▲"
            title = f"{arrow} {title}" if column.right else f"{title} {arrow}"
        text += (_BLANK if position else "") + _sized(title, room, column.right)
    return Strip([Segment(text, look.part("heading"))]).adjust_cell_length(width, look.base)


def _sized(text: str, room: int, right: bool) -> str:
    """Return the text in exactly `room` cells. Longer text is cut and ends in an ellipsis."""
    width = cell_len(text)
    if width > room:
        text, width = set_cell_size(text, room - 1) + "…", room
    blank = " " * (room - width)
    return blank + text if right else text + blank
