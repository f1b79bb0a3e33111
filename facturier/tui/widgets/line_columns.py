"""Where the cells of a line stand, for a width: in one row where there is room, else the description below the item."""

from dataclasses import dataclass
from functools import cache

WIDE = 100  # from here on the description has a column of its own

_FIXED = {"quantity": 9, "rate": 11, "tax": 10, "amount": 13}
_GAP = 1
_ITEM = 24


@dataclass(frozen=True, slots=True)
class Place:
    """Of a cell inside its line, in terminal cells: column, width, and row (1 is below the first)."""

    x: int
    width: int
    row: int = 0

    @property
    def end(self) -> int:
        return self.x + self.width


@cache
def places(width: int) -> dict[str, Place]:
    """The place of each cell and of the line's number."""
    found = {"number": Place(0, 3)}
    end = width - 1
    for name in reversed(_FIXED):
        found[name] = Place(end - _FIXED[name] + _GAP, _FIXED[name] - _GAP)
        end -= _FIXED[name]
    end -= 1
    if width >= WIDE:
        found["item"] = Place(4, _ITEM)
        found["description"] = Place(4 + _ITEM + _GAP, end - 4 - _ITEM - _GAP)
    else:
        found["item"] = Place(4, max(end - 4, 1))
        found["description"] = Place(4, max(found["rate"].end - 4, 1), 1)
    return found
