"""The columns of a list: what each shows, and which of them fit."""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from rich.text import Text

GAP = 2
_WIDEST = 26  # cells to which a column of figures grows: 100 j : 1 234 567,890 KWD


class Row(Protocol):
    """Any object with an id that is unique in its list."""

    @property
    def id(self) -> int: ...


RowT = TypeVar("RowT", bound=Row)
RowT_contra = TypeVar("RowT_contra", bound=Row, contravariant=True)


class Column(NamedTuple, Generic[RowT_contra]):
    """One column. `width` is in cells; a `flex` column has at least that width and shares the spare room. If not all
    columns fit, those with the highest `rank` are dropped first, or replaced by `short`, a narrower column of the same
    thing. `key` names the column for sorting; it is empty if the list cannot be sorted by it. `without` is a key and a
    column that is used instead of this one if the column with that key does not fit. A column with `figures`, as every
    `right` one, grows with them."""

    title: str
    cell: Callable[[RowT_contra], Text]
    width: int
    rank: int = 0
    flex: bool = False
    right: bool = False
    key: str = ""
    short: "Column[RowT_contra] | None" = None
    without: "tuple[str, Column[RowT_contra]] | None" = None
    figures: bool = False

    @property
    def grows(self) -> bool:
        return self.right or self.figures


def grown(columns: Sequence[Column[RowT]], rows: Iterable[RowT]) -> list[Column[RowT]]:
    """Return the columns, those of figures as wide as these rows need: a figure must not be cut."""
    found = list(columns)
    for row in rows:
        found = [_wide_enough(column, row) for column in found]
    return found


def _wide_enough(column: Column[RowT], row: RowT) -> Column[RowT]:
    width = max(column.width, min(column.cell(row).cell_len, _WIDEST)) if column.grows else column.width
    short = column.short and _wide_enough(column.short, row)
    without = column.without and (column.without[0], _wide_enough(column.without[1], row))
    if (width, short, without) == (column.width, column.short, column.without):
        return column
    return column._replace(width=width, short=short, without=without)


def fit(columns: Sequence[Column[RowT]], room: int) -> list[tuple[Column[RowT], int]]:
    """Return the columns that fit into `room` cells, in order, each with its width."""
    kept = list(columns)
    while len(kept) > 1 and _needed(kept) > room:
        least = max(kept, key=lambda column: column.rank)
        place = kept.index(least)
        kept[place : place + 1] = [] if least.short is None else [least.short]
        if least.short is None:
            kept = [one.without[1] if one.without and one.without[0] == least.key else one for one in kept]
    spare = max(room - _needed(kept), 0)
    flexible = [column for column in kept if column.flex]
    widths = []
    for column in kept:
        more = 0
        if column.flex:
            more = spare // len(flexible)
            spare -= more
            flexible.pop()
        widths.append((column, min(column.width + more, room)))
    return widths


def _needed(columns: Sequence[Column[RowT]]) -> int:
    return sum(column.width for column in columns) + GAP * (len(columns) - 1)
