"""The journal: what happened to an invoice, when and by whom. Only ever appended to."""

from typing import TYPE_CHECKING, Any

from peewee import fn

from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot, slots
from facturier.models.store.store import Store

if TYPE_CHECKING:
    from facturier.models.books.invoice import Entry

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
    return _read(store, _journal.customer_id << _with_merged(store, customer_id))


def count_customer_entries(store: Store, customer_id: int) -> int:
    """Return how many entries `read_customer_journal` finds."""
    whose = _journal.customer_id << _with_merged(store, customer_id)
    return min(int(store.value(_journal.select(fn.COUNT(_journal.id)).where(whose))), _MOST)


def _with_merged(store: Store, customer_id: int) -> list[int]:
    """Return the id of a customer, and of those who were merged into this one."""
    with store.reading():
        ids, new = {customer_id}, {customer_id}
        while new:
            new = {found for one in new for found in _merged_into(store, one)} - ids
            ids |= new
        return sorted(ids)


def _merged_into(store: Store, customer_id: int) -> list[int]:
    merges = _journal.select(_journal.id, _journal.detail).where(
        _journal.customer_id == customer_id, _journal.kind == "customer_merged"
    )
    return [int(detail["merged"]) for _id, detail in store.all(merges) if detail.get("merged", "").isdecimal()]


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
