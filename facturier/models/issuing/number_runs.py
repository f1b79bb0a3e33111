"""Read all numbers of a company as runs: numbers that follow each other without a gap, such as F-0001 to F-0999.

Plain SQL: an index over the parts of the numbers answers for a million of them, in half a second.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from facturier.models.store.store import Store

_DIGITS = 15  # of a number that is counted: SQLite reads them as an integer
_SPLIT = re.compile(r"(.*?)([0-9]*)", re.DOTALL)

# The columns of the index `invoice_number`, word for word.
_OWN = "number = own_number"
_HEAD = "rtrim(number, '0123456789')"
_WIDTH = "length(number) - length(rtrim(number, '0123456789'))"
_N = "CAST(substr(number, length(rtrim(number, '0123456789')) + 1) AS INTEGER)"
_NUMBERS = "invoice INDEXED BY invoice_number WHERE number IS NOT NULL"
_GROUPS = (
    f"SELECT kind, {_OWN}, {_HEAD}, {_WIDTH}, count(*), min({_N}), max({_N}) FROM {_NUMBERS}"
    f" GROUP BY kind, {_OWN}, {_HEAD}, {_WIDTH}"
)
_GROUP = f"kind = ?1 AND ({_OWN}) = ?2 AND {_HEAD} = ?3 AND {_WIDTH} = ?4"
# The last number of each run is the one without a next one.
_ENDS = (
    f"SELECT n FROM (SELECT {_N} AS n FROM {_NUMBERS} AND {_GROUP}) WHERE NOT EXISTS"
    f" (SELECT 1 FROM {_NUMBERS} AND {_GROUP} AND {_N} = n + 1) ORDER BY n"
)
_STARTS = (
    f"SELECT n FROM (SELECT {_N} AS n FROM {_NUMBERS} AND {_GROUP}) WHERE NOT EXISTS"
    f" (SELECT 1 FROM {_NUMBERS} AND {_GROUP} AND {_N} = n - 1) ORDER BY n"
)
_TEXTS = f"SELECT number FROM {_NUMBERS} AND {_GROUP}"
_RESERVED = "SELECT kind, reserved = own_number, reserved FROM invoice WHERE reserved IS NOT NULL"


class Run(NamedTuple):
    """Numbers of one kind of document without a gap: `head`, then `width` digits from `first` to `last`.

    `own` is set if each was typed for its document alone. A number that does not end with digits has the width 0.
    """

    kind: str
    own: bool
    head: str
    width: int
    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    def text(self, n: int) -> str:
        return f"{self.head}{n:0{self.width}}" if self.width else self.head


def read_runs(store: Store) -> list[Run]:
    """Return the runs of all numbers, those that drafts have reserved too."""
    with store.reading():
        found = [run for row in store.rows(_GROUPS) for run in _runs(store, *row)]
        reserved = [_single(kind, own, number) for kind, own, number in store.rows(_RESERVED)]
    return found + reserved


def split(number: str) -> tuple[str, int, int]:
    """Return what is before the digits at the end of a number, their width and what they come to."""
    parts = _SPLIT.fullmatch(number)
    assert parts is not None
    head, digits = parts.groups()
    return (head, len(digits), int(digits)) if 0 < len(digits) <= _DIGITS else (number, 0, 0)


def _runs(store: Store, kind: str, own: int, head: str, width: int, count: int, least: int, most: int) -> Iterable[Run]:
    group = (kind, own, head, width)
    if not 0 < width <= _DIGITS:
        return [_single(kind, own, number) for (number,) in store.rows(_TEXTS, *group)]
    if most - least + 1 == count:  # nearly always
        return [Run(kind, bool(own), head, width, least, most)]
    starts, ends = (store.rows(sql, *group) for sql in (_STARTS, _ENDS))
    return [Run(kind, bool(own), head, width, first, last) for (first,), (last,) in zip(starts, ends, strict=True)]


def _single(kind: str, own: int, number: str) -> Run:
    head, width, n = split(number)
    return Run(kind, bool(own), head, width, n, n)


def texts(runs: Iterable[Run]) -> Iterator[str]:
    """Yield all numbers of some runs, one by one."""
    for run in runs:
        for n in range(run.first, run.last + 1):
            yield run.text(n)
