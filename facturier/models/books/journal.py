"""The journal: what happened to an invoice, when and by whom. Only ever appended to."""

from typing import TYPE_CHECKING

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
        slots(*(_journal.invoice_id, _journal.customer_id, _journal.at, _journal.user, _journal.kind, _journal.detail))
    )
)


def write_journal(
    store: Store, kind: str, invoice_id: int | None = None, *, customer_id: int | None = None, **detail: str
) -> None:
    """Append an entry inside the transaction that does what it tells of."""
    told = {name: text for name, text in detail.items() if text}
    about = {"invoice_id": invoice_id, "customer_id": customer_id}
    store.run(_append(**about, at=store.clock(), user=store.user, kind=kind, detail=told))


def read_journal(store: Store, invoice_id: int | None = None) -> "list[Entry]":
    """What happened to an invoice, oldest first; with None, what happened to the company itself. Of more entries than
    work leaves behind (`_MOST`), only the latest."""
    from facturier.models.books.invoice import Entry

    latest = (
        _journal.select(_journal.id, _journal.invoice_id, _journal.at, _journal.user, _journal.kind, _journal.detail)
        .where(_journal.invoice_id == invoice_id)
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
