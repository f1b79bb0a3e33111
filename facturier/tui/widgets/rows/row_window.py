"""The visible rows and the cursor, read one page at a time from a source that may have millions."""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol

from facturier.tui.widgets.rows.columns import RowT


class RowSource(Protocol[RowT]):
    """Rows in a fixed order. Every call is fast enough for the UI thread, however many rows there are."""

    def first(self, limit: int) -> list[RowT]: ...

    def last(self, limit: int) -> list[RowT]: ...

    def after(self, row_id: int, limit: int, /) -> list[RowT]:
        """Return the rows after `row_id`, which need not be in the list any longer."""

    def before(self, row_id: int, limit: int, /) -> list[RowT]:
        """Return the rows directly before `row_id`, in list order."""

    def rows(self, ids: tuple[int, ...], /) -> list[RowT]:
        """Return the current state of those of these rows that are in the list, in list order."""


class RowWindow(Generic[RowT]):
    """`rows` are the visible rows, `cursor` is an index into them (0 if there are none). This class draws nothing."""

    def __init__(self, source: RowSource[RowT]) -> None:
        self.source = source
        self.rows: list[RowT] = []
        self.cursor = 0
        self.height = 0
        self._at_start = True
        self._held: tuple[int, RowSource[RowT]] | None = None

    @property
    def chosen(self) -> RowT | None:
        """The row under the cursor, or None."""
        return self.rows[self.cursor] if self.rows else None

    def hold(self, among: RowSource[RowT]) -> None:
        """Keep the row under the cursor visible until the cursor moves, even if it is no longer in the source. It is
        then read from `among`. So the next action cannot hit a row that has taken its place."""
        self._held = (self.rows[self.cursor].id, among) if self.rows else None

    def release(self) -> bool:
        """Stop holding a row if the cursor has moved away from it. Return whether it now disappears from the view."""
        if self._held is None or (self.chosen is not None and self.chosen.id == self._held[0]):
            return False
        (row_id, _among), self._held = self._held, None
        return not self.source.rows((row_id,)) and any(row.id == row_id for row in self.rows)

    def _read(self, row_id: int) -> list[RowT]:
        """Return the current state of a row that is in the list or held, as a list of at most one."""
        found = self.source.rows((row_id,))
        if not found and self._held is not None and self._held[0] == row_id:
            return self._held[1].rows((row_id,))
        return found

    def resize(self, height: int) -> None:
        """Show `height` rows, including the row under the cursor."""
        self.height = max(height, 1)
        self.reload()

    def home(self, page: list[RowT] | None = None) -> None:
        """Go to the first row. `page` are the first rows if they have already been read."""
        self.rows = self.source.first(self.height) if page is None else page
        self.cursor = 0
        self._at_start = True

    def end(self) -> None:
        self.rows = self.source.last(self.height)
        self.cursor = max(len(self.rows) - 1, 0)
        self._at_start = len(self.rows) < self.height

    def down(self) -> None:
        """Move down one row. Past the last visible row, scroll by half a page, because every scroll repaints the whole
        list."""
        if self.cursor == len(self.rows) - 1:
            self._scroll_down(max(self.height // 2, 1))
        self.cursor = min(self.cursor + 1, max(len(self.rows) - 1, 0))

    def up(self) -> None:
        if self.cursor == 0:
            self._scroll_up(max(self.height // 2, 1))
        self.cursor = max(self.cursor - 1, 0)

    def page_down(self) -> None:
        self._jump_down(self.height - 1)

    def page_up(self) -> None:
        self._jump_up(self.height - 1)

    def half_down(self) -> None:
        """Scroll half a page. The cursor keeps its line."""
        self._jump_down(max(self.height // 2, 1))

    def half_up(self) -> None:
        self._jump_up(max(self.height // 2, 1))

    def _jump_down(self, lines: int) -> None:
        """Scroll with the cursor. Where there is nothing more to show, the cursor moves to the last row."""
        if not self._scroll_down(lines, keep=True):
            self.cursor = max(len(self.rows) - 1, 0)

    def _jump_up(self, lines: int) -> None:
        if not self._scroll_up(lines, keep=True):
            self.cursor = 0

    def scroll(self, lines: int) -> None:
        """Scroll the view. The cursor stays on its row while that row is visible."""
        if lines > 0:
            self._scroll_down(lines)
        else:
            self._scroll_up(-lines)
        self.cursor = min(max(self.cursor, 0), max(len(self.rows) - 1, 0))

    def go_to(self, row_id: int) -> None:
        """Move the cursor to a row, visible or not. Does nothing if the row is not in the list."""
        for index, row in enumerate(self.rows):
            if row.id == row_id:
                self.cursor = index
                return
        if self.source.rows((row_id,)):
            self._around(row_id, self.height // 2)

    def reload(self) -> None:
        """Read the visible rows again. The cursor stays on its row and line. If the view is at the start of the list,
        it stays there, so that new rows appear. If the row under the cursor is gone, the cursor moves to the next
        one."""
        if not self.rows:
            self.home()
            return
        anchor = self._survivor()
        if anchor is None:
            self.home()
            return
        if self._at_start:
            rows = self.source.first(self.height)
            places = [index for index, row in enumerate(rows) if row.id == anchor]
            if places:
                self.rows, self.cursor = rows, places[0]
                return
        self._around(anchor, min(self.cursor, self.height - 1))

    def _survivor(self) -> int | None:
        """Return the id of the row under the cursor, or of the nearest one still in the list: first below, then
        above."""
        there = {row.id for row in self.source.rows(tuple(row.id for row in self.rows))}
        if self._held is not None and self._read(self._held[0]):
            there.add(self._held[0])
        order = self.rows[self.cursor :] + self.rows[: self.cursor][::-1]
        return next((row.id for row in order if row.id in there), None)

    def _around(self, row_id: int, line: int) -> None:
        above = self.source.before(row_id, line) if line else []
        here = self._read(row_id)
        below = self.source.after(row_id, self.height - len(above) - len(here))
        missing = self.height - len(above) - len(here) - len(below)
        if missing > 0 and len(above) == line:
            first = (above or here)[0].id if above or here else row_id
            above = self.source.before(first, missing) + above
        self.rows = [*above, *here, *below]
        self.cursor = min(len(above), max(len(self.rows) - 1, 0))
        self._at_start = len(above) < line or not self.source.before(self.rows[0].id, 1) if self.rows else True

    def _scroll_down(self, lines: int, *, keep: bool = False) -> bool:
        """Scroll down. With `keep`, the cursor keeps its line. Return False if there are no more rows."""
        if not self.rows:
            return False
        return self._shift(lambda edge: self.source.after(edge, lines), down=True, keep=keep)

    def _scroll_up(self, lines: int, *, keep: bool = False) -> bool:
        if not self.rows:
            return False
        return self._shift(lambda edge: self.source.before(edge, lines), down=False, keep=keep)

    def _shift(self, read: Callable[[int], list[RowT]], *, down: bool, keep: bool) -> bool:
        more = read(self.rows[-1 if down else 0].id)
        if down:
            rows = [*self.rows, *more]
            gone = max(len(rows) - self.height, 0)
            self.rows = rows[gone:]
            self.cursor -= 0 if keep else gone
            self._at_start = self._at_start and gone == 0
        else:
            self.rows = [*more, *self.rows][: self.height]
            self.cursor += 0 if keep else len(more)
            self._at_start = not more or not self.source.before(self.rows[0].id, 1)
        return bool(more)


class FewRows(Generic[RowT]):
    """A source for rows in memory, which `put` can replace at any time. Ids must be unique."""

    def __init__(self, rows: Sequence[RowT] = ()) -> None:
        self._rows: Sequence[RowT] = ()
        self._places: dict[int, int] = {}
        self.put(rows)

    def put(self, rows: Sequence[RowT]) -> None:
        self._rows = rows
        self._places = {row.id: place for place, row in enumerate(rows)}

    def first(self, limit: int) -> list[RowT]:
        return list(self._rows[:limit])

    def last(self, limit: int) -> list[RowT]:
        return list(self._rows[max(len(self._rows) - limit, 0) :])

    def after(self, row_id: int, limit: int) -> list[RowT]:
        place = self._places.get(row_id, len(self._rows))
        return list(self._rows[place + 1 : place + 1 + limit])

    def before(self, row_id: int, limit: int) -> list[RowT]:
        place = self._places.get(row_id, 0)
        return list(self._rows[max(place - limit, 0) : place])

    def rows(self, ids: tuple[int, ...]) -> list[RowT]:
        places = sorted(self._places[row_id] for row_id in ids if row_id in self._places)
        return [self._rows[place] for place in places]
