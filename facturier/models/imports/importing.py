"""One import, of customers or of items, from the file to the books."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from facturier.models.books.journal import write_journal
from facturier.models.customers.saving import save_customer
from facturier.models.errors import ChangedElsewhere, InputError
from facturier.models.imports.customers import plan_customers, read_customers
from facturier.models.imports.fields import Kind
from facturier.models.imports.items import plan_items
from facturier.models.imports.plan import WRITTEN, Planned, Status
from facturier.models.imports.reading import Source
from facturier.models.items.items import save_item
from facturier.models.store.store import Store
from facturier.models.text.i18n import _, ngettext


@dataclass(frozen=True, slots=True)
class Import:
    """What an import of `source` would do: `rows` has what would become of each row, in the order of the file."""

    source: Source
    found: Sequence[Any]
    rows: tuple[Planned[Any], ...]

    def faulty(self) -> list[Planned[Any]]:
        return [row for row in self.rows if row.status is Status.FAULTY]

    def wanted(self, doubtful: Iterable[int] = (), left_out: Iterable[int] = ()) -> list[Planned[Any]]:
        """Return the rows that would be written.

        `doubtful` has the lines of the doubtful rows to import, and `left_out` those of other rows not to import.
        """
        asked, excluded = set(doubtful), set(left_out)
        return [
            row
            for row in self.rows
            if row.status in WRITTEN
            and row.after is not None
            and (row.line in asked if row.status is Status.DOUBTFUL else row.line not in excluded)
        ]


def plan_import(store: Store, source: Source) -> Import:
    """Compare a file with the company. Nothing is written."""
    found = read_customers(source.rows) if source.kind is Kind.CUSTOMERS else source.rows
    return Import(source, found, _planned(store, source.kind, found))


def _planned(store: Store, kind: Kind, found: Sequence[Any]) -> tuple[Planned[Any], ...]:
    return tuple(plan_customers(store, found) if kind is Kind.CUSTOMERS else plan_items(store, found))


def write_import(
    store: Store,
    plan: Import,
    *,
    doubtful: Iterable[int] = (),
    left_out: Iterable[int] = (),
    skip_faulty: bool = False,
) -> int:
    """Write the rows of a plan in one transaction: all of them, or none. Return how many were written.

    Raises InputError if a row is faulty, unless `skip_faulty` is set, and ChangedElsewhere if the company was changed
    after the plan was made. See `Import.wanted` for the lines.
    """
    faulty = plan.faulty()
    if faulty and not skip_faulty:
        raise InputError(
            ngettext("{count} row has faults.", "{count} rows have faults.", len(faulty)).format(count=len(faulty)),
            kept=_("Nothing was imported."),
        )
    wanted = plan.wanted(doubtful, left_out)
    kind = plan.source.kind
    with store.writing():
        if plan.rows != _planned(store, kind, plan.found):
            raise ChangedElsewhere(
                _("Someone else changed the customers or items after the preview."),
                kept=_("Nothing was imported."),
                todo=_("Review the rows again, then import them."),
            )
        for row in wanted:
            new: Any = row.after
            if kind is Kind.CUSTOMERS:
                save_customer(store, new, imported_from=plan.source.name)
            else:
                save_item(store, new)
        if wanted:
            write_journal(store, f"imported_{kind}", file=plan.source.name, count=str(len(wanted)))
    return len(wanted)
