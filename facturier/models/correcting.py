"""Correct an issued invoice: it stays in the books as it was, void, and a draft takes its place."""

from datetime import date

from facturier.models.drafts import copy_invoice
from facturier.models.invoice import Invoice
from facturier.models.payments import void_invoice
from facturier.models.store import Store


def correct_invoice(store: Store, invoice_id: int, reason: str, today: date) -> Invoice:
    """Void it and begin a draft with its customer and lines, both or neither. Raises StoreError where it cannot be
    voided."""
    with store.writing():
        void_invoice(store, invoice_id, reason)
        return copy_invoice(store, invoice_id, today)
