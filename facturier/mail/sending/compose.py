"""The composition for one invoice in the preview: sender, recipients, subject and text."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from facturier.mail.document.texts.content import document_language
from facturier.mail.letter.filling import fill, fill_markdown, filled_from, filled_text, follow
from facturier.mail.letter.letter import letter_template, subject_template
from facturier.mail.letter.placeholders import letter_values
from facturier.mail.senders.choices import choices
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.outbox.composition import Composition, Filled, keep_composition, kept_composition
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.settings.company import Company


def compose(ws: Workspace, invoice_id: int) -> Composition:
    """Return the composition that the preview starts with. Raises NoSuchInvoice, StoreError.

    It is the stored one, or else the company's templates, filled in.
    """
    kept = kept_composition(ws.store, invoice_id)
    sender_kinds = [choice.sender_kind for choice in choices(ws)] or [SenderKind.DEFAULT]
    invoice, company = get_invoice(ws.store, invoice_id), ws.company()
    first = first_composition(invoice, company, sender_kinds[0])
    if kept is None:
        return first
    if kept.sender_kind not in sender_kinds:
        kept = replace(kept, sender_kind=sender_kinds[0])
    if not _edited(kept.subject, kept.subject_from):
        kept = replace(kept, subject=first.subject, subject_from=first.subject_from)
    if not _edited(kept.body, kept.body_from, markdown=True):
        kept = replace(kept, body=first.body, body_from=first.body_from)
    return as_of_now(kept, letter_values(invoice, company, invoice.number_with(company)))


def keep(ws: Workspace, invoice_id: int, composition: Composition) -> None:
    """Store the composition until the invoice is sent. Raises StoreError."""
    keep_composition(ws.store, invoice_id, composition)


def first_composition(invoice: Invoice, company: Company, sender_kind: SenderKind) -> Composition:
    """Return a new composition: the customer's addresses and the company's templates in the customer's language."""
    language = document_language(invoice, company)
    customer = invoice.customer
    values = letter_values(invoice, company, invoice.number_with(company))
    subject = subject_template(company, language, invoice.kind)
    body = letter_template(company, language, invoice.kind)
    return Composition(
        sender_kind,
        customer.email,
        customer.cc,
        company.bcc_with(customer.bcc),
        fill(subject, values),
        fill_markdown(body, values),
        filled_from(subject, values),
        filled_from(body, values),
    )


def as_of_now(composition: Composition, values: Mapping[str, str]) -> Composition:
    """Return the composition with current values in its texts, such as a new invoice number."""
    subject, subject_from = composition.subject, composition.subject_from
    body, body_from = composition.body, composition.body_from
    if subject_from is not None:
        subject, subject_from = follow(subject, subject_from, values)
    if body_from is not None:
        body, body_from = follow(body, body_from, values, markdown=True)
    return replace(composition, subject=subject, body=body, subject_from=subject_from, body_from=body_from)


def is_unchanged(composition: Composition, first: Composition) -> bool:
    """Return whether a person has changed nothing that `first_composition` proposed."""
    return (
        not _edited(composition.subject, composition.subject_from)
        and not _edited(composition.body, composition.body_from, markdown=True)
        and (composition.to, composition.cc, composition.bcc) == (first.to, first.cc, first.bcc)
    )


def _edited(text: str, filled: Filled | None, *, markdown: bool = False) -> bool:
    return filled is None or text != filled_text(filled, markdown=markdown)


def for_refused(composition: Composition, delivery: Delivery, refused: Collection[str]) -> Composition:
    """Return the same composition for the refused recipients only. To is never empty."""
    to, cc, bcc = (
        [address for address in addresses if address in refused]
        for addresses in (delivery.envelope.to, delivery.envelope.cc, delivery.envelope.bcc)
    )
    if not to:
        to, cc = cc, []
    if not to:
        to, bcc = bcc[:1], bcc[1:]
    return replace(composition, to=", ".join(to), cc=", ".join(cc), bcc=", ".join(bcc))
