"""The journal: what happened to an invoice, when and by whom. Only ever appended to."""

import json
from typing import TYPE_CHECKING, Any

from facturier.models.store.damaged_rows import each, instant_of, text, texts
from facturier.models.store.store import Store

if TYPE_CHECKING:
    from facturier.models.books.invoice import Entry

_MOST = 5_000  # so many are read within a third of a second


def write_journal(store: Store, kind: str, invoice_id: int | None = None, **detail: str) -> None:
    """Append an entry inside the transaction that does what it tells of."""
    store.insert(
        "INSERT INTO journal (invoice_id, at, user, kind, detail) VALUES (?, ?, ?, ?, ?)",
        invoice_id,
        store.now(),
        store.user,
        kind,
        json.dumps({name: text for name, text in detail.items() if text}, ensure_ascii=False),
    )


def read_journal(store: Store, invoice_id: int | None = None) -> "list[Entry]":
    """What happened to an invoice, oldest first; with None, what happened to the company itself. Of more entries than
    work leaves behind (`_MOST`), only the latest."""
    from facturier.models.books.invoice import Entry

    found = store.rows(
        "SELECT id, invoice_id, at, user, kind, detail FROM journal WHERE invoice_id IS ? ORDER BY id DESC LIMIT ?",
        invoice_id,
        _MOST,
    )

    def made(row: tuple[Any, ...]) -> Entry:
        id_, invoice, at, user, kind, detail = row
        return Entry(id_, invoice, instant_of(at), text(user), text(kind), texts(detail))

    return each(store, "journal", reversed(found), made)
