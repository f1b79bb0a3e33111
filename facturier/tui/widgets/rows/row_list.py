"""A list that draws only the visible rows, read from a source, and does not depend on their type."""

from collections.abc import Callable, Iterable, Sequence
from textwrap import wrap
from typing import ClassVar, Generic

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from facturier.models.text.i18n import N_
from facturier.tui.widgets.rows.columns import GAP, Column, RowT, fit, grown
from facturier.tui.widgets.rows.row_paint import GUTTER, RowStyles, draw_heading, draw_row
from facturier.tui.widgets.rows.row_window import RowSource, RowWindow

_WHEEL = 3  # lines per notch


class RowList(Widget, Generic[RowT], can_focus=True):
    """A heading, then one line per row. Moving the cursor repaints two lines; `reload` repaints only changed lines.

    `marked` holds the ids of the marked rows, visible or not; `last_marked` is the id of the row whose mark changed
    last. With `sparing`, for a slow line, the cursor is a mark before the row instead of a bar. `sorting` is (key of a
    column, descending) and is shown beside the column's title; the source does the sorting. `empty` is shown if there
    are no rows.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "down", N_("Down"), id="rows.down", show=False),
        Binding("up,k", "up", N_("Up"), id="rows.up", show=False),
        Binding("pagedown", "page_down", N_("Page down"), id="rows.page_down", show=False),
        Binding("pageup", "page_up", N_("Page up"), id="rows.page_up", show=False),
        Binding("ctrl+d", "half_down", N_("Half a page down"), id="rows.half_down", show=False),
        Binding("ctrl+u", "half_up", N_("Half a page up"), id="rows.half_up", show=False),
        Binding("home,g", "home", N_("First row"), id="rows.home", show=False),  # `gg` too: the second changes nothing
        Binding("end,G", "end", N_("Last row"), id="rows.end", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row-list--heading",
        "row-list--cursor",
        "row-list--cursor-blurred",
        "row-list--bar",
        "row-list--mark",
    }

    class Chosen(Message):
        """The cursor moved to another row, or to none."""

        def __init__(self, row_list: "RowList[RowT]", row: RowT | None) -> None:
            super().__init__()
            self.row_list = row_list
            self.row = row

    class Opened(Message):
        """The user double-clicked a row."""

        def __init__(self, row_list: "RowList[RowT]", row: RowT) -> None:
            super().__init__()
            self.row_list = row_list
            self.row = row

    class Headed(Message):
        """The user clicked the heading of a column that can be sorted."""

        def __init__(self, row_list: "RowList[RowT]", key: str) -> None:
            super().__init__()
            self.row_list = row_list
            self.key = key

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        source: RowSource[RowT],
        *,
        sorting: tuple[str, bool] = ("", False),
        empty: str = "",
        sparing: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.marked: set[int] = set()
        self.last_marked: int | None = None
        self.sparing = sparing
        self._columns = columns
        self._measured: Sequence[RowT] = ()  # the rows that the columns are known to be wide enough for
        self._window = RowWindow(source)
        self._sorting = sorting
        self._empty = empty
        self._fitted: list[tuple[Column[RowT], int]] = []
        self._room = Size(0, 0)
        self._said: int | None = None
        self._look: RowStyles | None = None

    @property
    def chosen(self) -> RowT | None:
        """The row under the cursor, or None."""
        return self._window.chosen

    @property
    def page_size(self) -> int:
        """The number of rows that fit."""
        return self._window.height

    @property
    def rows(self) -> tuple[RowT, ...]:
        """The visible rows."""
        return tuple(self._window.rows)

    def show(
        self,
        source: RowSource[RowT],
        *,
        sorting: tuple[str, bool] | None = None,
        empty: str | None = None,
        keep: bool = False,
        page: list[RowT] | None = None,
    ) -> None:
        """Show the rows of another source, from its start, or with `keep` around the row under the cursor. `page` are
        its first `page_size` rows if they have already been read."""
        before, shown = self._window.rows, (self._sorting, self._empty, self._window.cursor)
        self._window.source = source
        self._sorting = self._sorting if sorting is None else sorting
        self._empty = self._empty if empty is None else empty
        chosen = self.chosen
        self._window.home(page)
        if keep and chosen is not None:
            self._window.go_to(chosen.id)
        self._window.release()
        self._measure()
        if shown != (self._sorting, self._empty, self._window.cursor):
            self.refresh()
        else:
            self._refresh_rows(before, self._window.cursor)
        self._say()

    def show_again(self, source: RowSource[RowT]) -> None:
        """Show what became of the rows, as `reload` does: the list keeps its place, even if the selected row is
        gone."""
        self._window.source = source
        self.reload()

    def set_columns(self, columns: Sequence[Column[RowT]]) -> None:
        """Show other columns."""
        self._columns = columns
        self._measured = ()
        self._fitted = fit(columns, self.size.width - GUTTER - 1)
        self._measure()
        self.refresh()

    def reload(self) -> None:
        """Read the visible rows again; the cursor and scroll position stay. Repaints only lines that changed."""
        before, cursor = self._window.rows, self._window.cursor
        self._window.reload()
        self._refresh_rows(before, cursor)
        self._say(again=True)

    def _measure(self) -> None:
        """Make the columns of figures wide enough for the visible rows. They never shrink again while somebody goes up
        and down, and a row is measured once."""
        rows = self._window.rows
        if rows is self._measured or rows == self._measured:
            return
        known = {row.id: row for row in self._measured}
        wider = grown(self._columns, (row for row in rows if known.get(row.id) != row))
        self._measured = tuple(rows)
        if wider != [*self._columns]:
            self._columns = wider
            self._fitted = fit(wider, self.size.width - GUTTER - 1)
            self.refresh()

    def _refresh_rows(self, before: Sequence[RowT], cursor: int) -> None:
        """Repaint the lines that changed."""
        self._measure()
        after = self._window.rows
        if bool(before) != bool(after):
            self.refresh()
            return
        changed = []
        for line in range(max(len(before), len(after))):
            same = line < min(len(before), len(after)) and before[line] == after[line]
            moved = (line == cursor) != (line == self._window.cursor)
            if not same or moved:
                changed.append(self._line(line))
        if changed:
            self.refresh(*changed)

    def go_to(self, row_id: int) -> None:
        """Move the cursor to a row. Does nothing if the row is not in the list."""
        self._move(lambda: self._window.go_to(row_id))

    def hold(self, among: RowSource[RowT]) -> None:
        """Keep the row under the cursor visible until the cursor moves, even if it is no longer in the list. It is then
        read from `among`."""
        self._window.hold(among)

    def mark(self) -> None:
        """Toggle the mark of the row under the cursor, and move to the next row."""
        if self.chosen is not None:
            self.marked ^= {self.chosen.id}
            self.last_marked = self.chosen.id
            self.refresh(self._line(self._window.cursor))
            self.action_down()

    def mark_these(self, ids: Iterable[int]) -> None:
        """Mark all rows with these ids, visible or not."""
        self.marked.update(ids)
        self.refresh()

    def unmark(self) -> None:
        """Remove all marks."""
        if self.marked:
            self.marked.clear()
            self.refresh()

    def action_down(self) -> None:
        self._move(self._window.down)

    def action_up(self) -> None:
        self._move(self._window.up)

    def action_page_down(self) -> None:
        self._move(self._window.page_down)

    def action_page_up(self) -> None:
        self._move(self._window.page_up)

    def action_half_down(self) -> None:
        self._move(self._window.half_down)

    def action_half_up(self) -> None:
        self._move(self._window.half_up)

    def action_home(self) -> None:
        self._move(self._window.home)

    def action_end(self) -> None:
        self._move(self._window.end)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self._move(lambda: self._window.scroll(_WHEEL))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self._move(lambda: self._window.scroll(-_WHEEL))

    def on_click(self, event: Click) -> None:
        if event.y == 0:
            if key := self._column_at(event.x):
                self.post_message(self.Headed(self, key))
            return
        rows = self._window.rows
        if event.y <= len(rows):
            row = rows[event.y - 1]
            self.go_to(row.id)
            if event.chain == 2:
                self.post_message(self.Opened(self, row))

    def on_resize(self) -> None:
        self._fit()
        self._say()

    def render_lines(self, crop: Region) -> list[Strip]:
        # Textual draws once before it sends the size: use the final size now, to avoid drawing twice.
        self._fit()
        self._look = RowStyles(self)
        return super().render_lines(crop)

    def _fit(self) -> None:
        if self.size != self._room:
            self._room = self.size
            self._fitted = fit(self._columns, self.size.width - GUTTER - 1)
            self._window.resize(self.size.height - 1)
            self._measure()
            self.refresh()

    def on_focus(self) -> None:
        self._refresh_cursor(self._window.cursor)

    def on_blur(self) -> None:
        self._refresh_cursor(self._window.cursor)

    def render_line(self, y: int) -> Strip:
        look, width = self._look or RowStyles(self), self.size.width
        if y == 0:
            return draw_heading(self._fitted, width, look, self._sorting)
        index, rows = y - 1, self._window.rows
        if index >= len(rows):
            lines = wrap(self._empty, max(width - GUTTER - 1, 1)) if not rows else []
            text = f"{' ' * GUTTER}{lines[y - 2]}" if 0 <= y - 2 < len(lines) else ""
            return Strip([Segment(text, look.base)]).adjust_cell_length(width, look.base)
        cursor = ""
        if index == self._window.cursor:
            cursor = "cursor" if self.has_focus else "cursor-blurred"
        row = rows[index]
        return draw_row(
            row,
            self._fitted,
            width,
            look,
            cursor=cursor,
            bar=bool(cursor) and not self.sparing,
            marked=row.id in self.marked,
        )

    def _column_at(self, x: int) -> str:
        left = GUTTER
        for column, room in self._fitted:
            if left <= x < left + room:
                return column.key
            left += room + GAP
        return ""

    def _move(self, move: Callable[[], None]) -> None:
        """Move the cursor and repaint as little as possible: two lines, or all if the view scrolled."""
        rows, cursor = self._window.rows, self._window.cursor
        move()
        if self._window.release():
            self._window.reload()
        if self._window.rows is not rows and self._window.rows != rows:
            self._measure()
            self.refresh()
        elif self._window.cursor != cursor:
            self._refresh_cursor(cursor)
            self._refresh_cursor(self._window.cursor)
        self._say()

    def _refresh_cursor(self, index: int) -> None:
        """Repaint the cursor of a line: the whole line, or only the mark before it."""
        self.refresh(Region(0, index + 1, 1 if self.sparing else self.size.width, 1))

    def _line(self, index: int) -> Region:
        return Region(0, index + 1, self.size.width, 1)

    def _say(self, *, again: bool = False) -> None:
        chosen = self.chosen
        now = None if chosen is None else chosen.id
        if again or now != self._said:
            self._said = now
            self.post_message(self.Chosen(self, chosen))
