"""What a person writes for one invoice in the preview: sender, recipients, subject and text."""

from collections.abc import Collection
from dataclasses import replace

from facturier.mail.document.content import document_language
from facturier.mail.letter.letter import letter_template, subject_template
from facturier.mail.senders.choices import choices
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.outbox.composition import Composition, keep_composition, kept_composition
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.settings.company import Company


def compose(ws: Workspace, invoice_id: int) -> Composition:
    """What the preview starts with: what was kept from the last time, or the company's templates. Raises NoSuchInvoice,
    StoreError."""
    kept = kept_composition(ws.store, invoice_id)
    sender_kinds = [choice.sender_kind for choice in choices(ws)] or [SenderKind.DEFAULT]
    if kept is not None:
        return kept if kept.sender_kind in sender_kinds else replace(kept, sender_kind=sender_kinds[0])
    return first_composition(get_invoice(ws.store, invoice_id), ws.company(), sender_kinds[0])


def keep(ws: Workspace, invoice_id: int, composition: Composition) -> None:
    """Keep what was written in the preview until the invoice is sent. Raises StoreError."""
    keep_composition(ws.store, invoice_id, composition)


def first_composition(invoice: Invoice, company: Company, sender_kind: SenderKind) -> Composition:
    """What the preview proposes: the customer's addresses and the company's templates in the customer's language."""
    language = document_language(invoice, company)
    customer = invoice.customer
    return Composition(
        sender_kind,
        customer.email,
        customer.cc,
        customer.bcc,
        subject_template(company, language),
        letter_template(company, language),
    )


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
