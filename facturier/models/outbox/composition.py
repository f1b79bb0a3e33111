"""What goes with an invoice when it is sent: who gets it and what the email says, as typed in the preview."""

from collections.abc import Mapping
from dataclasses import dataclass

from facturier.models.errors import DamagedRow
from facturier.models.outbox.delivery import SenderKind
from facturier.models.store import tables
from facturier.models.store.damaged_rows import reading_row, text
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store

_row = tables.Composition


@dataclass(frozen=True, slots=True)
class Filled:
    """What a text was filled in from: a template, and the values that it uses, by name. Without values the text is the
    template itself, which is how earlier versions stored it."""

    template: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Composition:
    """All as typed: addresses separated by commas; subject and body as they will be sent, the body in Markdown.

    `subject_from` and `body_from` say what the two texts were filled in from. None: they follow nothing.
    """

    sender_kind: SenderKind
    to: str
    cc: str
    bcc: str
    subject: str
    body: str
    subject_from: Filled | None = None
    body_from: Filled | None = None


def keep_composition(store: Store, invoice_id: int, composition: Composition) -> None:
    """Store what was written until it is sent, so that going back, a crash, an undo or a refusal loses nothing."""
    with store.writing():
        typed = (composition.to, composition.cc, composition.bcc)
        # Next to each, what the customer has now: see kept_composition.
        recipients = list(zip(typed, _customers(store, invoice_id), strict=True))
        filled = {
            name: {"template": source.template, "values": dict(source.values)}
            for name, source in (("subject", composition.subject_from), ("body", composition.body_from))
            if source is not None
        }
        store.run(
            _row.insert(
                invoice_id=invoice_id,
                way=composition.sender_kind,
                recipients=[*recipients, filled],
                subject=composition.subject,
                body=composition.body,
            ).on_conflict(
                conflict_target=[_row.invoice_id], preserve=[_row.way, _row.recipients, _row.subject, _row.body]
            )
        )


def kept_composition(store: Store, invoice_id: int) -> Composition | None:
    """Return what was written, if anything was kept. If the invoice's customer or their addresses have changed since,
    the new addresses replace what was typed: nobody may get a stranger's invoice."""
    kept = _row.select(_row.invoice_id, _row.way, _row.recipients, _row.subject, _row.body)
    try:
        with store.reading():
            row = store.first(kept.where(_row.invoice_id == invoice_id))
            if row is None:
                return None
            customers = _customers(store, invoice_id)
        _id, way, recipients, subject, body = row
        with reading_row("composition", invoice_id):
            recipients, more = recipients[: len(customers)], recipients[len(customers) :]
            both = zip(recipients, customers, strict=True)
            to, cc, bcc = (text(typed) if then == now else now for (typed, then), now in both)
            sources = Filled(subject, {}), Filled(body, {})  # earlier versions stored templates
            if more:
                subject_from, body_from = (_source(more[0].get(name)) for name in ("subject", "body"))
                return Composition(way, to, cc, bcc, subject, body, subject_from, body_from)
            return Composition(way, to, cc, bcc, subject, body, *sources)
    except DamagedRow as error:
        store.note(error)
        return None


def _source(kept: object) -> Filled | None:
    """Read what a text was filled in from. Raises an error of DAMAGE if another program has changed it."""
    if kept is None:
        return None
    if not isinstance(kept, dict):
        raise TypeError("no object")
    return Filled(text(kept["template"]), {name: text(value) for name, value in kept["values"].items()})


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
