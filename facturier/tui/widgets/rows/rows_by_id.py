"""A source for rows that are known by their ids, and read a page at a time."""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic

from facturier.tui.widgets.rows.columns import RowT


class RowsById(Generic[RowT]):
    """The rows with these ids, in this order. `read` returns the current state of some of them, in any order."""

    def __init__(self, ids: Sequence[int], read: Callable[[Sequence[int]], Iterable[RowT]]) -> None:
        self.ids = ids
        self._read = read
        self._places = {row_id: place for place, row_id in enumerate(ids)}

    def first(self, limit: int) -> list[RowT]:
        return self._page(self.ids[:limit])

    def last(self, limit: int) -> list[RowT]:
        return self._page(self.ids[max(len(self.ids) - limit, 0) :])

    def after(self, row_id: int, limit: int) -> list[RowT]:
        place = self._places.get(row_id, len(self.ids))
        return self._page(self.ids[place + 1 : place + 1 + limit])

    def before(self, row_id: int, limit: int) -> list[RowT]:
        place = self._places.get(row_id, 0)
        return self._page(self.ids[max(place - limit, 0) : place])

    def rows(self, ids: tuple[int, ...]) -> list[RowT]:
        return self._page([row_id for row_id in ids if row_id in self._places])

    def _page(self, ids: Sequence[int]) -> list[RowT]:
        return sorted(self._read(ids), key=lambda row: self._places[row.id]) if ids else []
