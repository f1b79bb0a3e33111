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
    lambda: _journal.insert(slots(_journal.invoice_id, _journal.at, _journal.user, _journal.kind, _journal.detail))
)


def write_journal(store: Store, kind: str, invoice_id: int | None = None, **detail: str) -> None:
    """Append an entry inside the transaction that does what it tells of."""
    told = {name: text for name, text in detail.items() if text}
    store.run(_append(invoice_id=invoice_id, at=store.clock(), user=store.user, kind=kind, detail=told))


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


def last_entry(store: Store) -> int:
    """The id of the last entry; 0 where there is none."""
    return store.value(_journal.select(fn.MAX(_journal.id))) or 0


_bytes = Prepared(
    lambda: _journal.select(
        fn.HEX(_journal.at.concat(_journal.user).concat(_journal.kind).concat(_journal.detail))
    ).where(_journal.id == slot(_journal.id))
)


def entry_bytes(store: Store, entry: int) -> str:
    """All that an entry says, to the letter and in hexadecimal digits; empty where there is none. People keep digests
    of it outside of the file, so it must not change."""
    return store.value(_bytes(id=entry)) or ""
