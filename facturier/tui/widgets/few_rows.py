"""Rows that a screen holds itself, for a `RowList`: a few thousand at the most."""

from collections.abc import Sequence
from typing import Generic

from facturier.tui.widgets.columns import RowT


class FewRows(Generic[RowT]):
    """A source over `rows`, which may be put in place of others at any time. Their ids are each there once."""

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
