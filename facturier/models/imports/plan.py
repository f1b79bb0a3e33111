"""What an import would do with each row of a file."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from facturier.models.errors import ChangedElsewhere, InputError
from facturier.models.store.store import Store
from facturier.models.text.i18n import _, ngettext


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


def write_plan(
    store: Store,
    shown: list[Planned[RecordT]],
    plan: Callable[[], list[Planned[RecordT]]],
    save: Callable[[RecordT], object],
    *,
    doubtful: Iterable[int] = (),
    left_out: Iterable[int] = (),
    skip_faulty: bool = False,
) -> int:
    """Write what `shown` says, in one transaction. Return how many rows were written.

    `plan` makes the plan again: it must still be what was shown. `doubtful` has the lines of the doubtful rows to
    import, and `left_out` those of other rows not to import. Raises InputError if a row is faulty, unless `skip_faulty`
    is set, and ChangedElsewhere if the plan is another one by now.
    """
    faulty = [one for one in shown if one.status is Status.FAULTY]
    if faulty and not skip_faulty:
        raise InputError(
            ngettext("{count} row has faults.", "{count} rows have faults.", len(faulty)).format(count=len(faulty)),
            kept=_("Nothing was imported."),
            todo=_("Correct the file, or import the other rows only."),
        )
    asked, excluded = set(doubtful), set(left_out)
    written = 0
    with store.writing():
        if shown != plan():
            raise ChangedElsewhere(
                _("Someone else changed the customers or items after the preview."),
                kept=_("Nothing was imported."),
                todo=_("Review the rows again, then import them."),
            )
        for one in shown:
            wanted = one.line in asked if one.status is Status.DOUBTFUL else one.line not in excluded
            if one.status in WRITTEN and wanted and one.after is not None:
                save(one.after)
                written += 1
    return written
