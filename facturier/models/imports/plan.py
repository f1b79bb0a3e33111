"""What an import would do with each row of a file."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar


class Status(StrEnum):
    """What would become of a row. Doubtful rows are imported only if a person says so."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DOUBTFUL = "doubtful"
    DUPLICATE = "duplicate"
    FAULTY = "faulty"


WRITTEN = (Status.NEW, Status.CHANGED, Status.DOUBTFUL)
RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True)
class Planned(Generic[RecordT]):
    """One row of a file. `after` is the customer or item as it would be saved. `changes` has the text before and after
    by the name of the field. `reasons` are sentences: every fault, or why the row is doubtful or a duplicate."""

    line: int
    status: Status
    name: str
    email: str = ""
    after: RecordT | None = None
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


def counts(planned: Iterable[Planned[RecordT]]) -> dict[Status, int]:
    """Return how many rows have each status, 0 included."""
    found = Counter(one.status for one in planned)
    return {status: found[status] for status in Status}
