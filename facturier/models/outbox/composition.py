"""What goes with an invoice when it is sent: who gets it and what the letter says, as typed in the preview."""

import json
from dataclasses import dataclass

from facturier.models.errors import DamagedRow
from facturier.models.outbox.delivery import SenderKind
from facturier.models.store.damaged_rows import reading_row, text
from facturier.models.store.store import Store
from facturier.models.text.clean import from_json


@dataclass(frozen=True, slots=True)
class Composition:
    """All as typed: addresses separated by commas; subject and body with their placeholders, the body in Markdown."""

    sender_kind: SenderKind
    to: str
    cc: str
    bcc: str
    subject: str
    body: str


def keep_composition(store: Store, invoice_id: int, composition: Composition) -> None:
    """Keep what was written until it was sent: going back, a crash, taking it back or a refusal lose nothing."""
    with store.writing():
        typed = (composition.to, composition.cc, composition.bcc)
        # Next to each, what the customer has now: see kept_composition.
        recipients = list(zip(typed, _customers(store, invoice_id), strict=True))
        store.write(
            "INSERT INTO composition (invoice_id, way, recipients, subject, body) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (invoice_id) DO UPDATE SET way = excluded.way, recipients = excluded.recipients,"
            " subject = excluded.subject, body = excluded.body",
            invoice_id,
            composition.sender_kind,
            json.dumps(recipients, ensure_ascii=False),
            composition.subject,
            composition.body,
        )


def kept_composition(store: Store, invoice_id: int) -> Composition | None:
    """What was written, if anything was kept. Where the invoice's customer has got other addresses since, or is another
    one, theirs take the place of what was typed: nobody may get a stranger's invoice."""
    with store.reading():
        row = store.row("SELECT way, recipients, subject, body FROM composition WHERE invoice_id = ?", invoice_id)
        if row is None:
            return None
        customers = _customers(store, invoice_id)
    try:
        with reading_row("composition", invoice_id):
            kept = zip(from_json(row[1]), customers, strict=True)
            to, cc, bcc = (text(typed) if then == now else now for (typed, then), now in kept)
            return Composition(SenderKind(row[0]), to, cc, bcc, text(row[2]), text(row[3]))
    except DamagedRow as error:
        store.note(error)
        return None


def _customers(store: Store, invoice_id: int) -> tuple[str, str, str]:
    """To, Cc and Bcc as the invoice's customer has them."""
    row = store.row("SELECT email, cc, bcc FROM invoice WHERE id = ?", invoice_id)
    return tuple(row) if row else ("", "", "")


def drop_composition(store: Store, invoice_id: int) -> None:
    """Forget it, inside the caller's transaction."""
    store.write("DELETE FROM composition WHERE invoice_id = ?", invoice_id)
