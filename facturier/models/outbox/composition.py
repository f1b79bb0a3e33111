"""The recipients and the email text of an invoice, as entered in the preview and stored until the invoice is sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from facturier.models.errors import DamagedRow
from facturier.models.outbox.delivery import SenderKind
from facturier.models.settings.company import Company
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.damaged_rows import reading_row, text
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store

_row = tables.Composition


@dataclass(frozen=True, slots=True)
class Filled:
    """The source of a text: a template, and the values that were filled into it, by name.

    With no values, the text is the template itself. Earlier versions stored texts that way.
    """

    template: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Composition:
    """Recipients and text as entered.

    `to`, `cc` and `bcc` are addresses separated by commas. `subject` and `body` are the texts that will be sent; the
    body is in Markdown. `subject_from` and `body_from` are the sources of the two texts, or None for a text that does
    not follow a template.
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
    """Store the composition until it is sent, so that nothing is lost by going back, a crash, an undo or a refusal."""
    with store.writing():
        typed = (composition.to, composition.cc, composition.bcc)
        # Each field is stored with the customer's current addresses, so that `kept_composition` notices a change.
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
    """Return the stored composition, or None if there is none or it is damaged.

    If the invoice's customer or their addresses have changed since, the new addresses replace the entered ones, so that
    nobody receives another customer's invoice. If only the copies that the company sends to itself have changed, what
    was entered stays, with the copies of now.
    """
    kept = _row.select(_row.invoice_id, _row.way, _row.recipients, _row.subject, _row.body)
    try:
        with store.reading():
            row = store.first(kept.where(_row.invoice_id == invoice_id))
            if row is None:
                return None
            company = read_company(store)
            customers = _customers(store, invoice_id)
        _id, way, recipients, subject, body = row
        with reading_row("composition", invoice_id):
            recipients, more = recipients[: len(customers)], recipients[len(customers) :]
            both = zip(recipients, customers, strict=True)
            to, cc, bcc = (text(typed) if then == now else now for (typed, then), now in both)
            typed, then = recipients[2]
            if then != customers[2]:
                bcc = _with_other_copies(company, text(typed), text(then), bcc)
            sources = Filled(subject, {}), Filled(body, {})  # earlier versions stored templates
            if more:
                subject_from, body_from = (_source(more[0].get(name)) for name in ("subject", "body"))
                return Composition(way, to, cc, bcc, subject, body, subject_from, body_from)
            return Composition(way, to, cc, bcc, subject, body, *sources)
    except DamagedRow as error:
        store.note(error)
        return None


def _with_other_copies(company: Company, typed: str, then: str, now: str) -> str:
    """Return the Bcc that was entered when it was usually `then`, with the company's own copies of now. If the
    customer's Bcc changed too, return `now`."""
    before, after = _addresses(then), _addresses(now)
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    if not (gone <= company.removed_copies.keys() and new <= _addresses(company.copies).keys()):
        return now
    kept = {one: address for one, address in _addresses(typed).items() if one not in gone}
    return ", ".join((kept | {one: after[one] for one in after if one in new and one not in kept}).values())


def _addresses(listed: str) -> dict[str, str]:
    """Return the parts of a list that is separated by commas. Their keys are in lower case."""
    return {one.strip().casefold(): one.strip() for one in listed.split(",") if one.strip()}


def _source(kept: object) -> Filled | None:
    """Return the source of a text. Raises one of the errors in DAMAGE if another program has changed it."""
    if kept is None:
        return None
    if not isinstance(kept, dict):
        raise TypeError("no object")
    return Filled(text(kept["template"]), {name: text(value) for name, value in kept["values"].items()})


def _customers(store: Store, invoice_id: int) -> tuple[str, str, str]:
    """Return To, Cc and Bcc of the invoice's customer, with the copies that the company sends to itself."""
    invoice = tables.Invoice
    found: tuple[str, str, str] | None = store.first(
        invoice.select(invoice.email, invoice.cc, invoice.bcc).where(invoice.id == invoice_id)
    )
    to, cc, bcc = found or ("", "", "")
    return to, cc, read_company(store).bcc_with(bcc)


def drop_composition(store: Store, invoice_id: int) -> None:
    """Delete the stored composition, inside the caller's transaction."""
    store.run(_drop(invoice_id=invoice_id))


_drop = Prepared(lambda: _row.delete().where(_row.invoice_id == slot(_row.invoice_id)))
