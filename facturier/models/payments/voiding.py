"""Void an invoice."""

from facturier.models.books.alerts import settle_voided
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import OPEN, BookStatus, InvoiceKind, PaymentKind, State
from facturier.models.errors import StoreError
from facturier.models.payments.payments import take_from_source
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.limits import TEXT, check_length


def void_invoice(store: Store, invoice_id: int, reason: str) -> None:
    """Void an issued invoice, or a draft that has a number reserved. The number is not used again.

    Raises StoreError for any other draft, for an invoice that the customer has or that has a payment or a credit note,
    for an estimate that was billed, and while it is in the outbox.
    """
    check_length(reason, TEXT)
    with store.writing():
        invoice = get_invoice(store, invoice_id)
        if invoice.is_estimate:
            _check_unbilled(store, invoice)
        elif was_received(invoice) or store.value(_credited(source=invoice_id)) is not None:
            raise StoreError(
                _("The customer has {number}. It cannot be voided.").format(number=invoice.number),
                kept=_("Nothing was changed."),
                todo=_("Bill the amount again instead.") if invoice.is_credit else _("Correct it with a credit note."),
            )
        issued = invoice.book_status is BookStatus.ISSUED
        if issued and invoice.is_credit:
            take_from_source(store, invoice)
            invoice = get_invoice(store, invoice_id)
        kept = invoice.paid or store.value(_written_off(id=invoice_id)) is not None
        if not (issued or invoice.reserved) or kept or invoice.delivery in OPEN:
            raise StoreError(
                _("This invoice cannot be voided now."),
                kept=_("Nothing was changed."),
                todo=_("You can void an issued invoice only if it has no payments and is not in the outbox."),
            )
        invoices = tables.Invoice
        changed = invoices.update(
            number=invoice.known_number, reserved=None, book_status=BookStatus.VOID, version=invoices.version + 1
        )
        store.run(changed.where(invoices.id == invoice_id))
        settle_voided(store, invoice_id)
        write_journal(store, "voided", invoice_id, reason=reason)


def _check_unbilled(store: Store, estimate: Invoice) -> None:
    if store.value(_billed(source=estimate.id)) is not None:
        raise StoreError(
            _("Invoices were created from estimate {number}. It cannot be voided.").format(number=estimate.number),
            kept=_("Nothing was changed."),
            todo=_("Void or delete these invoices first."),
        )


def was_received(invoice: Invoice) -> bool:
    """Whether the customer has the invoice, as far as is known: by email that did not bounce, or without email."""
    return invoice.delivery in (State.SENT, State.PARTLY_SENT) or bool(invoice.handed_over)


_billed = Prepared(
    lambda: (
        tables.Invoice.select(tables.Invoice.id)
        .where(
            tables.Invoice.source_id == slot(tables.Invoice.source_id, "source"),
            tables.Invoice.book_status != BookStatus.VOID,
        )
        .limit(1)
    )
)
_credited = Prepared(
    lambda: (
        tables.Invoice.select(tables.Invoice.id)
        .where(
            tables.Invoice.source_id == slot(tables.Invoice.source_id, "source"),
            tables.Invoice.kind == InvoiceKind.CREDIT_NOTE,
            tables.Invoice.book_status == BookStatus.ISSUED,
        )
        .limit(1)
    )
)
# What was written off may hide that the payments do not cancel out.
_written_off = Prepared(
    lambda: (
        tables.Payment.select(tables.Payment.id)
        .where(
            tables.Payment.invoice_id == slot(tables.Payment.invoice_id, "id"),
            tables.Payment.kind.in_((PaymentKind.WRITE_OFF, PaymentKind.CREDIT)),
        )
        .limit(1)
    )
)
