"""The journal: what happened to an invoice, when and by whom. Only ever appended to."""

from typing import TYPE_CHECKING, Any

from peewee import fn

from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot, slots
from facturier.models.store.store import Store

if TYPE_CHECKING:
    from facturier.models.books.invoice import Entry

_CREATED = ("customer_created", "customer_imported")
_MOST = 5_000  # so many are read within a third of a second

_journal = tables.Journal
_append = Prepared(
    lambda: _journal.insert(
        slots(_journal.invoice_id, _journal.at, _journal.user, _journal.kind, _journal.detail, _journal.customer_id)
    )
)


def write_journal(store: Store, kind: str, invoice_id: int | None = None, **detail: str) -> None:
    """Append an entry inside the transaction that does what it tells of."""
    write_booking(store, kind, None, invoice_id, **detail)


def write_booking(store: Store, kind: str, customer_id: int | None, invoice_id: int | None, **detail: str) -> None:
    """Append an entry about money, which is also in the history of the customer."""
    told = {name: text for name, text in detail.items() if text}
    at, user = store.clock(), store.user
    store.run(_append(invoice_id=invoice_id, at=at, user=user, kind=kind, detail=told, customer_id=customer_id))


def read_journal(store: Store, invoice_id: int | None = None) -> "list[Entry]":
    """Return what happened to an invoice, oldest first; with None, what happened to the company itself. Of more than
    `_MOST` entries, return only the latest."""
    whose = _journal.invoice_id == invoice_id
    if invoice_id is None:
        whose &= _journal.customer_id.is_null()
    return _read(store, whose)


def read_customer_journal(store: Store, customer_id: int) -> "list[Entry]":
    """Return what happened to a customer and what was booked for them, oldest first, limited as in `read_journal`.

    What happened to customers who were merged into this one is included.
    """
    with store.reading():
        return _read(store, _of_customer(store, customer_id))


def count_customer_entries(store: Store, customer_id: int) -> int:
    """Return how many entries `read_customer_journal` finds."""
    with store.reading():
        whose = _of_customer(store, customer_id)
        return min(int(store.value(_journal.select(fn.COUNT(_journal.id)).where(whose))), _MOST)


def _of_customer(store: Store, customer_id: int, before: int | None = None) -> Any:
    """Return the condition for the entries of a customer, up to the entry `before` that merged it into another one."""
    mine = _journal.customer_id == customer_id
    if before is not None:
        mine &= _journal.id < before
    # The id of a customer who was deleted is given again: the history begins when this one was created.
    began = store.value(_journal.select(fn.MAX(_journal.id)).where(mine, _journal.kind << _CREATED))
    mine &= _journal.id >= (began or 0)
    merges = _journal.select(_journal.id, _journal.detail).where(mine, _journal.kind == "customer_merged")
    for merged_by, detail in store.all(merges):
        if (merged := detail.get("merged", "")).isdecimal():
            mine |= _of_customer(store, int(merged), merged_by)
    return mine


def _read(store: Store, whose: Any) -> "list[Entry]":
    from facturier.models.books.invoice import Entry

    latest = (
        _journal.select(_journal.id, _journal.invoice_id, _journal.at, _journal.user, _journal.kind, _journal.detail)
        .where(whose)
        .order_by(_journal.id.desc())
        .limit(_MOST)
    )
    return store.all(latest.objects(Entry))[::-1]


_count_of = Prepared(
    lambda: _journal.select(fn.COUNT(_journal.id)).where(_journal.invoice_id == slot(_journal.invoice_id))
)


def count_entries(store: Store, invoice_id: int) -> int:
    """Return how many entries `read_journal` finds for an invoice."""
    return min(int(store.value(_count_of(invoice_id=invoice_id))), _MOST)
