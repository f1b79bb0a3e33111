"""A list that draws only the rows in view, straight from a source, and knows nothing of what they are."""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Generic

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from facturier.models.text.i18n import N_
from facturier.tui.widgets.rows.columns import GAP, Column, RowT, fit
from facturier.tui.widgets.rows.row_paint import GUTTER, RowStyles, draw_heading, draw_row
from facturier.tui.widgets.rows.row_window import RowSource, RowWindow

_WHEEL = 3  # lines a notch


class RowList(Widget, Generic[RowT], can_focus=True):
    """One heading, then a line a row. A cursor move repaints two lines; a `reload` only those that changed.

    `marked` holds the ids of the marked rows, in view or not; `last_marked` the one whose mark was changed last. With
    `sparing` the cursor is a mark before its row and no bar, for a slow line. `sorting` is (key of a column,
    descending), drawn beside its title; sorting itself is the source's. `empty` is said where there are no rows.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "down", N_("Down"), id="rows.down", show=False),
        Binding("up,k", "up", N_("Up"), id="rows.up", show=False),
        Binding("pagedown", "page_down", N_("Page down"), id="rows.page_down", show=False),
        Binding("pageup", "page_up", N_("Page up"), id="rows.page_up", show=False),
        Binding("home,g", "home", N_("First row"), id="rows.home", show=False),
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
        """The cursor stands on another row, or on none."""

        def __init__(self, row_list: "RowList[RowT]", row: RowT | None) -> None:
            super().__init__()
            self.row_list = row_list
            self.row = row

    class Opened(Message):
        """A row was clicked a second time."""

        def __init__(self, row_list: "RowList[RowT]", row: RowT) -> None:
            super().__init__()
            self.row_list = row_list
            self.row = row

    class Headed(Message):
        """The heading of a column that can be sorted was clicked."""

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
        self._window = RowWindow(source)
        self._sorting = sorting
        self._empty = empty
        self._fitted: list[tuple[Column[RowT], int]] = []
        self._room = Size(0, 0)
        self._said: int | None = None
        self._look: RowStyles | None = None

    @property
    def chosen(self) -> RowT | None:
        """The row under the cursor."""
        return self._window.chosen

    @property
    def page_size(self) -> int:
        """How many rows there is room for."""
        return self._window.height

    @property
    def rows(self) -> tuple[RowT, ...]:
        """The rows in view."""
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
        """Take the rows from another source: from its start, or with `keep` around the row that the cursor is on.
        `page` are its first `page_size` rows, where they have been read already."""
        before, shown = self._window.rows, (self._sorting, self._empty, self._window.cursor)
        self._window.source = source
        self._sorting = self._sorting if sorting is None else sorting
        self._empty = self._empty if empty is None else empty
        chosen = self.chosen
        self._window.home(page)
        if keep and chosen is not None:
            self._window.go_to(chosen.id)
        self._window.release()
        if shown != (self._sorting, self._empty, self._window.cursor):
            self.refresh()
        else:
            self._refresh_rows(before, self._window.cursor)
        self._say()

    def reload(self) -> None:
        """Read the rows in view again; cursor and scroll position stay. Repaints the lines that changed."""
        before, cursor = self._window.rows, self._window.cursor
        self._window.reload()
        self._refresh_rows(before, cursor)
        self._say(again=True)

    def _refresh_rows(self, before: Sequence[RowT], cursor: int) -> None:
        """Repaint the lines that are not what they were."""
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
        """Put the cursor on a row; where it is not in the list, stay."""
        self._move(lambda: self._window.go_to(row_id))

    def hold(self, among: RowSource[RowT]) -> None:
        """Keep the row under the cursor in view until the cursor leaves it, read from `among` where the list has it no
        longer."""
        self._window.hold(among)

    def mark(self) -> None:
        """Mark the row under the cursor, or take its mark away, and go on to the next one."""
        if self.chosen is not None:
            self.marked ^= {self.chosen.id}
            self.last_marked = self.chosen.id
            self.refresh(self._line(self._window.cursor))
            self.action_down()

    def mark_these(self, ids: Iterable[int]) -> None:
        """Mark all of these, in view or not."""
        self.marked.update(ids)
        self.refresh()

    def unmark(self) -> None:
        """Take all marks away."""
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
        # Textual draws once before it tells a widget its size: with rows already, or they would be drawn a second time.
        self._fit()
        self._look = RowStyles(self)
        return super().render_lines(crop)

    def _fit(self) -> None:
        if self.size != self._room:
            self._room = self.size
            self._fitted = fit(self._columns, self.size.width - GUTTER - 1)
            self._window.resize(self.size.height - 1)
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
            text = f"{' ' * GUTTER}{self._empty}" if not rows and y == 2 else ""
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
        """Move the cursor and repaint as little as that needs: two lines, or all where the view moved."""
        rows, cursor = self._window.rows, self._window.cursor
        move()
        if self._window.release():
            self._window.reload()
        if self._window.rows is not rows and self._window.rows != rows:
            self.refresh()
        elif self._window.cursor != cursor:
            self._refresh_cursor(cursor)
            self._refresh_cursor(self._window.cursor)
        self._say()

    def _refresh_cursor(self, index: int) -> None:
        """Repaint what shows whether the cursor is on a row: all of it, or only the mark before it."""
        self.refresh(Region(0, index + 1, 1 if self.sparing else self.size.width, 1))

    def _line(self, index: int) -> Region:
        return Region(0, index + 1, self.size.width, 1)

    def _say(self, *, again: bool = False) -> None:
        chosen = self.chosen
        now = None if chosen is None else chosen.id
        if again or now != self._said:
            self._said = now
            self.post_message(self.Chosen(self, chosen))
