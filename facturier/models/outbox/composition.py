"""What goes with an invoice when it is sent: who gets it and what the letter says, as typed in the preview."""

from dataclasses import dataclass

from facturier.models.errors import DamagedRow
from facturier.models.outbox.delivery import SenderKind
from facturier.models.store import tables
from facturier.models.store.damaged_rows import reading_row, text
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store

_row = tables.Composition


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
        store.run(
            _row.insert(
                invoice_id=invoice_id,
                way=composition.sender_kind,
                recipients=recipients,
                subject=composition.subject,
                body=composition.body,
            ).on_conflict(
                conflict_target=[_row.invoice_id], preserve=[_row.way, _row.recipients, _row.subject, _row.body]
            )
        )


def kept_composition(store: Store, invoice_id: int) -> Composition | None:
    """What was written, if anything was kept. Where the invoice's customer has got other addresses since, or is another
    one, theirs take the place of what was typed: nobody may get a stranger's invoice."""
    kept = _row.select(_row.invoice_id, _row.way, _row.recipients, _row.subject, _row.body)
    try:
        with store.reading():
            row = store.first(kept.where(_row.invoice_id == invoice_id))
            if row is None:
                return None
            customers = _customers(store, invoice_id)
        _id, way, recipients, subject, body = row
        with reading_row("composition", invoice_id):
            both = zip(recipients, customers, strict=True)
            to, cc, bcc = (text(typed) if then == now else now for (typed, then), now in both)
            return Composition(way, to, cc, bcc, subject, body)
    except DamagedRow as error:
        store.note(error)
        return None


def _customers(store: Store, invoice_id: int) -> tuple[str, str, str]:
    """To, Cc and Bcc as the invoice's customer has them."""
    invoice = tables.Invoice
    found: tuple[str, str, str] | None = store.first(
        invoice.select(invoice.email, invoice.cc, invoice.bcc).where(invoice.id == invoice_id)
    )
    return found or ("", "", "")


def drop_composition(store: Store, invoice_id: int) -> None:
    """Forget it, inside the caller's transaction."""
    store.run(_drop(invoice_id=invoice_id))


_drop = Prepared(lambda: _row.delete().where(_row.invoice_id == slot(_row.invoice_id)))
