"""One import, of customers or of items, from the file to the books, and its undo."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from facturier.models.books.customers import get_customer
from facturier.models.books.invoice import Customer, Item
from facturier.models.books.journal import write_journal
from facturier.models.customers import upkeep
from facturier.models.customers.saving import save_customer
from facturier.models.errors import ChangedElsewhere, InputError
from facturier.models.imports.customers import plan_customers, read_customers
from facturier.models.imports.fields import Kind
from facturier.models.imports.items import plan_items
from facturier.models.imports.plan import WRITTEN, Planned, Status
from facturier.models.imports.reading import Source
from facturier.models.items.items import all_items, delete_item, save_item, used_names
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


@dataclass(frozen=True, slots=True)
class Imported:
    """An import that was written. `changes` has each customer or item before and after, by its id or name; before is
    None if it is new."""

    kind: Kind
    file: str
    count: int  # of rows
    changes: dict[Any, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing an import did: how many customers or items were removed, restored and kept."""

    kind: Kind
    removed: int
    restored: int
    kept: int


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
) -> Imported:
    """Write the rows of a plan in one transaction: all of them, or none. `undo_import` undoes it.

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
    changed: dict[Any, Any] = {}
    with store.writing():
        if plan.rows != _planned(store, kind, plan.found):
            raise ChangedElsewhere(
                _("Someone else changed the customers or items after the preview."),
                kept=_("Nothing was imported."),
                todo=_("Review the rows again, then import them."),
            )
        before = _known(store, kind, [row.after for row in wanted])
        for row in wanted:
            new: Any = row.after
            if kind is Kind.CUSTOMERS:
                saved: Any = save_customer(store, new, imported_from=plan.source.name)
                changed[saved.id] = saved
            else:
                changed[new.name] = save_item(store, new)
        if wanted:
            write_journal(store, f"imported_{kind}", file=plan.source.name, count=str(len(wanted)))
    changes = {key: (before.get(key), after) for key, after in changed.items()}
    return Imported(kind, plan.source.name, len(wanted), changes)


def undo_import(store: Store, imported: Imported) -> Undone:
    """Remove what an import created, and restore what it changed, in one transaction.

    What was changed since is kept as it is, and so is a new customer or item that is used.
    """
    removed = restored = 0
    with store.writing():
        present = _known(store, imported.kind, [after for _before, after in imported.changes.values()])
        created = [key for key, (before, _after) in imported.changes.items() if before is None]
        used = _used(store, imported.kind, created)
        for key, (before, after) in imported.changes.items():
            if present.get(key) != after or key in used:
                continue
            if before is None:
                _delete(store, imported.kind, key)
                removed += 1
            else:
                _save(store, before)
                restored += 1
        kept = len(imported.changes) - removed - restored
        write_journal(
            store,
            "import_undone",
            file=imported.file,
            removed=str(removed),
            restored=str(restored),
            kept=str(kept),
        )
    return Undone(imported.kind, removed, restored, kept)


def _known(store: Store, kind: Kind, records: Iterable[Any]) -> dict[Any, Any]:
    """Return those of these customers or items that the company has, as it has them, by id or name."""
    if kind is Kind.ITEMS:
        return {item.name: item for item in all_items(store)}
    ids = {record.id for record in records if record.id is not None}
    return {one: found for one in ids if (found := get_customer(store, one)) is not None}


def _used(store: Store, kind: Kind, keys: Sequence[Any]) -> set[Any]:
    if kind is Kind.ITEMS:
        return used_names(store) if keys else set()
    return {key for key in keys if upkeep.is_used(store, key)}


def _delete(store: Store, kind: Kind, key: Any) -> None:
    if kind is Kind.ITEMS:
        delete_item(store, key)
    else:
        upkeep.delete_customer(store, key)


def _save(store: Store, before: Customer | Item) -> None:
    if isinstance(before, Item):
        save_item(store, before)
    else:
        save_customer(store, before)
