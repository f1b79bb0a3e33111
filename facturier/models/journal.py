"""The journal: what happened to an invoice, when and by whom. Only ever appended to."""

import json
from datetime import datetime
from typing import TYPE_CHECKING

from facturier.models.clean import from_json
from facturier.models.store import Store

if TYPE_CHECKING:
    from facturier.models.invoice import Entry


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
    """What happened to an invoice, oldest first; with None, what happened to the company itself."""
    from facturier.models.invoice import Entry

    found = store.rows(
        "SELECT id, invoice_id, at, user, kind, detail FROM journal WHERE invoice_id IS ? ORDER BY id", invoice_id
    )
    return [
        Entry(id_, invoice, datetime.fromisoformat(at), user, kind, from_json(detail))
        for id_, invoice, at, user, kind, detail in found
    ]
