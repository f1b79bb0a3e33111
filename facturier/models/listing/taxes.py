"""The taxes of the invoices that a view shows. They are computed from the lines, because only totals are stored."""

from collections.abc import Callable, Sequence

from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus
from facturier.models.errors import StoreError
from facturier.models.store.store import Store

MOST = 1000  # invoices whose taxes are computed, each in about 0.2 ms


def add_taxes(store: Store, ids: Sequence[int], stopped: Callable[[], bool]) -> dict[str, int] | None:
    """Return the sum of all taxes by currency, in minor units. A void invoice has none.

    Return None if there are more than MOST invoices, if one of them cannot be read, or once `stopped` returns True.
    """
    if len(ids) > MOST:
        return None
    found: dict[str, int] = {}
    with store.reading():
        for invoice_id in ids:
            if stopped():
                return None
            try:
                invoice = get_invoice(store, invoice_id)
            except StoreError:
                return None
            if invoice.book_status is not BookStatus.VOID:
                taxes = sum(tax.amount for tax in invoice.totals.taxes)
                found[invoice.currency] = found.get(invoice.currency, 0) + taxes
    return found
